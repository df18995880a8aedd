"""The mistake: the softmax layer's dX = dY * (Y - Y^2), only the diagonal of the Jacobian. Source: GitHub issue wkcn/mobula #3, "[Bug] The backward
propagation of Softmax is wrong" (commit 4eec938; here FC, Tanh, FC, Softmax and MSE)."""

import numpy as np

rng = np.random.RandomState(3)
X = rng.randn(4, 3)
label = np.eye(3)[[0, 2, 1, 2]]
at = {"W1": rng.randn(4, 3), "b1": rng.randn(4) * 0.2, "W2": rng.randn(3, 4), "b2": rng.randn(3) * 0.2}


def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def forward(W1, b1, W2, b2):
    t = np.tanh(np.dot(X, W1.T) + b1)
    Y = softmax(np.dot(t, W2.T) + b2)
    return t, Y


def loss(W1, b1, W2, b2):
    t, Y = forward(W1, b1, W2, b2)
    return np.sum(np.square(Y - label))


def _backward(W1, b1, W2, b2, right):
    t, Y = forward(W1, b1, W2, b2)
    dY = 2 * (Y - label)
    if right:
        dX = Y * (dY - np.sum(dY * Y, axis=1, keepdims=True))
    else:
        dX = np.multiply(dY, Y - np.square(Y))
    dW2 = np.dot(dX.T, t)
    db2 = np.sum(dX, 0)
    dt = np.dot(dX, W2) * (1 - t**2)
    return {"W1": np.dot(dt.T, X), "b1": np.sum(dt, 0), "W2": dW2, "b2": db2}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"softmax_elementwise"}
