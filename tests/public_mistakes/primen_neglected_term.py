"""The mistake: the activation's derivative is not multiplied in, in neither layer. Source: blog.primen.dk, "Numerical gradient checking" ("The neglected term ... my
personal pitfall", Java; here NumPy)."""

import numpy as np

rng = np.random.RandomState(77)
x = rng.randn(4, 3)
t = rng.rand(4, 2)
at = {"w1": rng.randn(3, 4), "b1": rng.randn(4) * 0.2, "w2": rng.randn(4, 2), "b2": rng.randn(2) * 0.2}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w1, b1, w2, b2):
    return 0.5 * np.sum((sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2) - t) ** 2)


def _backward(w1, b1, w2, b2, prime):
    h = sigmoid(x @ w1 + b1)
    o = sigmoid(h @ w2 + b2)
    d2 = (o - t) * prime(o)
    d1 = d2 @ w2.T * prime(h)
    return {"w1": x.T @ d1, "b1": d1.sum(0), "w2": h.T @ d2, "b2": d2.sum(0)}


def backward(**at):
    return _backward(**at, prime=lambda a: 1)


def right_backward(**at):
    return _backward(**at, prime=lambda a: a * (1 - a))


EXPECTED = {"derivative_missing"}
