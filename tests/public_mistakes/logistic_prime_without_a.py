"""The mistake: the derivative of the activation is written a' = (1 - a), where a (1 - a) belongs, and used in the chain rule of the log loss.
Source: GitHub issue schneider128k/machine_learning_course #1, "Incorrect derivative of activation function in logistic_regression.pdf"."""

import numpy as np

rng = np.random.RandomState(6)
X, y = rng.randn(6, 3), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
at = {"w": rng.randn(3), "b": rng.randn(1)}


def loss(w, b):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def _backward(w, b, prime):
    a = 1 / (1 + np.exp(-(X @ w + b)))
    da = -(y / a - (1 - y) / (1 - a)) / len(y)
    dz = da * prime(a)
    return {"w": X.T @ dz, "b": np.array([dz.sum()])}


def backward(w, b):
    return _backward(w, b, lambda a: 1 - a)


def right_backward(w, b):
    return _backward(w, b, lambda a: a * (1 - a))


EXPECTED = {"derivative_of_other", "factor_missing"}
