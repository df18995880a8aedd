"""The mistake: the derivative of the bent identity sqrt(x^2 + 1) - 1 + x is written (2 x + 1) / (2 sqrt(x^2 + x) + 1). (For -1 < x < 0 that is not a number; here all
x are positive.) Source: GitHub repository RECHE23/NumPy-Neural-Network, commit ce69d00, "Activation functions tests and corrections"."""

import numpy as np

rng = np.random.RandomState(23)
x = rng.rand(5, 3) + 0.2
y = rng.randn(5, 2)
at = {"W1": rng.rand(3, 4) + 0.1, "b1": rng.rand(4), "W2": rng.randn(4, 2), "b2": rng.randn(2)}


def bent_identity(x, prime=False):
    if prime:
        return (2 * x + 1) / (2 * np.sqrt(x**2 + x) + 1)
    return (np.sqrt(x**2 + 1) - 1) + x


def loss(W1, b1, W2, b2):
    return np.sum((bent_identity(x @ W1 + b1) @ W2 + b2 - y) ** 2)


def _backward(W1, b1, W2, b2, prime):
    z = x @ W1 + b1
    a = bent_identity(z)
    d = 2 * (a @ W2 + b2 - y)
    dz = d @ W2.T * prime(z)
    return {"W1": x.T @ dz, "b1": dz.sum(0), "W2": a.T @ d, "b2": d.sum(0)}


def backward(**at):
    return _backward(**at, prime=lambda z: bent_identity(z, prime=True))


def right_backward(**at):
    return _backward(**at, prime=lambda z: z / np.sqrt(z**2 + 1) + 1)


EXPECTED = {"derivative_of_other", "?"}
