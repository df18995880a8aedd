"""The mistake: differentiate() of the pseudo Huber loss alpha^2 (sqrt(1 + (e/alpha)^2) - 1) gives e / sqrt(e^2 + alpha^2): the factor alpha
of the numerator is missing (invisible at alpha = 1). Source: GitHub pull request RubixML/ML #446, "Fix Huber Loss Numpower Version"."""

import numpy as np

rng = np.random.RandomState(4)
X, Y = rng.randn(6, 3), rng.randn(6, 2)
alpha = 0.9
at = {"W": rng.randn(3, 2), "b": rng.randn(2)}


def loss(W, b):
    e = X @ W + b - Y
    return np.mean(alpha**2 * (np.sqrt(1 + (e / alpha) ** 2) - 1))


def _backward(W, b, factor):
    e = X @ W + b - Y
    dOut = factor * e / np.sqrt(e**2 + alpha**2) / e.size
    return {"W": X.T @ dOut, "b": dOut.sum(axis=0)}


def backward(W, b):
    return _backward(W, b, 1.0)


def right_backward(W, b):
    return _backward(W, b, alpha)


EXPECTED = {"scale", "factor_missing"}
