"""The mistake: the backward pass of the Tanh layer is dX = 4 / c^2, its own slope only; the dY that comes in is not multiplied in. Source: GitHub repository
wkcn/mobula, commit 92b6fb3, "fix Tanh Layer and rename in PReLU" (FC, Tanh, FC, MSE)."""

import numpy as np

rng = np.random.RandomState(92)
X = rng.randn(5, 3)
label = rng.randn(5, 2)
at = {
    "W1": rng.randn(4, 3) * 0.6,
    "b1": rng.randn(4) * 0.2,
    "W2": rng.randn(2, 4),
    "b2": rng.randn(2) * 0.2,
}


def loss(W1, b1, W2, b2):
    x = np.dot(X, W1.T) + b1
    a, b = np.exp(x), np.exp(-x)
    Y = (a - b) / (a + b)
    out = np.dot(Y, W2.T) + b2
    return np.sum(np.square(out - label))


def _backward(W1, b1, W2, b2, right):
    x = np.dot(X, W1.T) + b1
    a, b = np.exp(x), np.exp(-x)
    c = a + b
    Y = (a - b) / c
    d = np.dot(Y, W2.T) + b2 - label
    dOut = 2 * d
    dW2 = np.dot(dOut.T, Y)
    db2 = np.sum(dOut, 0)
    dY = np.dot(dOut, W2)
    dX = 4.0 / np.multiply(c, c)
    if right:
        dX = np.multiply(dY, dX)
    return {"W1": np.dot(dX.T, X), "b1": np.sum(dX, 0), "W2": dW2, "b2": db2}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"?", "other_loss"}
