"""The mistake: the gradient's penalty is c(0, tail(w, -1)), the cost's is lambda2 * sum(tail(w, -1)^2) / 2: lambda2 is left out. Source: GitHub issue
wush978/KDD2015wpp #11, "lambda2 is missing in gradient of censored_regression2" (R, here NumPy; all bids won, so no censored part)."""

import numpy as np

rng = np.random.RandomState(11)
m = np.vstack([np.ones(6), rng.randn(3, 6)])
y = rng.randn(6) * 2
sigma, lambda2 = 1.3, 3.0
at = {"w": rng.randn(4)}


def loss(w):
    z = (w @ m - y) / sigma
    return -np.sum(-0.5 * np.log(2 * np.pi) - 0.5 * z**2) + lambda2 * np.sum(w[1:] ** 2) / 2


def backward(w):
    z = (w @ m - y) / sigma
    return {"w": (m @ z) / sigma + np.concatenate([[0], w[1:]])}


def right_backward(w):
    z = (w @ m - y) / sigma
    return {"w": (m @ z) / sigma + lambda2 * np.concatenate([[0], w[1:]])}


EXPECTED = {"factor_missing", "regularization_missing"}
