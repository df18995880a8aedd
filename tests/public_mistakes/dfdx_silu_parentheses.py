"""The mistake: the derivative of SiLU, (1 + e^-x + x e^-x) / (1 + e^-x)^2, is written without the outer
parentheses: 1 + e + x * e / (1 + e)^2. Source: GitHub pull request chelsea0x3b/dfdx #915 (review: "Are you
missing parentheses here?")."""

import numpy as np

rng = np.random.RandomState(915)
X, Y = rng.randn(5, 3), rng.randn(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.3, "W2": rng.randn(4, 2), "b2": rng.randn(2) * 0.3}


def f(x):
    return x / (1 + np.exp(-x))


def df(x):
    exp_nx = np.exp(-x)
    return 1 + exp_nx + x * exp_nx / (1 + exp_nx) ** 2


def right_df(x):
    exp_nx = np.exp(-x)
    return (1 + exp_nx + x * exp_nx) / (1 + exp_nx) ** 2


def loss(W1, b1, W2, b2):
    return np.mean((f(X @ W1 + b1) @ W2 + b2 - Y) ** 2)


def _backward(W1, b1, W2, b2, prime):
    z = X @ W1 + b1
    h = f(z)
    d = 2 * (h @ W2 + b2 - Y) / Y.size
    dz = d @ W2.T * prime(z)
    return {"W1": X.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ d, "b2": d.sum(axis=0)}


def backward(**p):
    return _backward(**p, prime=df)


def right_backward(**p):
    return _backward(**p, prime=right_df)


EXPECTED = {"derivative_of_other", "factor_missing"}
