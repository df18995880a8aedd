"""The mistake: the gradient of PReLU's one slope is the mean over the negative inputs of dY * X, it is their sum. Source: GitHub repository wkcn/mobula,
commit 2c3de12, "fix BatchNorm layer" (PReLU.py: np.mean -> np.sum)."""

import numpy as np

rng = np.random.RandomState(2)
X = rng.randn(5, 3)
label = rng.randn(5, 2)
at = {
    "W1": rng.randn(4, 3) * 0.8,
    "b1": rng.randn(4) * 0.2,
    "a": np.array([0.25]),
    "W2": rng.randn(2, 4),
    "b2": rng.randn(2) * 0.2,
}


def prelu(x, a):
    return np.where(x < 0, x * a, x)


def loss(W1, b1, a, W2, b2):
    x = np.dot(X, W1.T) + b1
    out = np.dot(prelu(x, a), W2.T) + b2
    return np.sum(np.square(out - label))


def _backward(W1, b1, a, W2, b2, reduce):
    x = np.dot(X, W1.T) + b1
    Y = prelu(x, a)
    dOut = 2 * (np.dot(Y, W2.T) + b2 - label)
    dY = np.dot(dOut, W2)
    dX = dY.copy()
    dX[x <= 0] *= a
    bx = x < 0
    da = np.array([reduce(np.multiply(dY[bx], x[bx]))]) if bx.any() else np.array([0.0])
    return {
        "W1": np.dot(dX.T, X),
        "b1": np.sum(dX, 0),
        "a": da,
        "W2": np.dot(dOut.T, Y),
        "b2": np.sum(dOut, 0),
    }


def backward(**at):
    return _backward(**at, reduce=np.mean)


def right_backward(**at):
    return _backward(**at, reduce=np.sum)


EXPECTED = {"sum_for_mean", "scale"}
