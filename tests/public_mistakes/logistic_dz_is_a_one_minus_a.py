"""The mistake: dz = a * (1 - a), where dz = a - y belongs: the derivative of the activation alone, the derivative of the loss is left out, and y
does not occur. Source: GitHub issue fengdu78/deeplearning_ai_books #74 (notes of 2.12, vectorized logistic regression)."""

import numpy as np

rng = np.random.RandomState(7)
X, Y = rng.randn(3, 6), np.array([[0.0, 1.0, 1.0, 0.0, 1.0, 1.0]])
m = 6
at = {"w": rng.randn(3, 1), "b": rng.randn(1)}


def loss(w, b):
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m


def _backward(w, b, dZ_of):
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    dZ = dZ_of(A)
    dw = 1 / m * np.dot(X, dZ.T)
    db = 1 / m * np.sum(dZ)
    return {"w": dw, "b": np.array([db])}


def backward(w, b):
    return _backward(w, b, lambda A: A * (1 - A))


def right_backward(w, b):
    return _backward(w, b, lambda A: A - Y)


EXPECTED = {"factor_missing", "other_loss"}
