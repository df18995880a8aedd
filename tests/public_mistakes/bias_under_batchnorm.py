"""Nothing is wrong: a bias before batch normalization has the gradient zero, and the hand-written pass gives 1e-17."""

import numpy as np

rng = np.random.RandomState(31)
X, T = rng.randn(6, 3), rng.randn(6, 2)
at = {
    "W1": rng.randn(3, 4),
    "b1": rng.randn(4),
    "gamma": 1 + rng.rand(4),
    "beta": rng.randn(4) * 0.1,
    "W2": rng.randn(4, 2),
    "b2": rng.randn(2),
}


def forward(W1, b1, gamma, beta, W2, b2):
    z = X @ W1 + b1
    mu = z.mean(axis=0)
    var = z.var(axis=0)
    xhat = (z - mu) / np.sqrt(var + 1e-5)
    n = gamma * xhat + beta
    a = np.maximum(0, n)
    return var, xhat, n, a, a @ W2 + b2


def loss(**p):
    return np.mean((forward(**p)[-1] - T) ** 2)


def backward(**p):
    var, xhat, n, a, out = forward(**p)
    d = 2 * (out - T) / T.size
    dn = (d @ p["W2"].T) * (n > 0)
    dx = dn * p["gamma"]
    dz = (dx - dx.mean(axis=0) - xhat * (dx * xhat).mean(axis=0)) / np.sqrt(var + 1e-5)
    return {
        "W1": X.T @ dz,
        "b1": dz.sum(axis=0),
        "gamma": (dn * xhat).sum(0),
        "beta": dn.sum(0),
        "W2": a.T @ d,
        "b2": d.sum(0),
    }


def right_backward(**p):
    return backward(**p) | {"b1": np.zeros(4)}


EXPECTED = set()  # nothing is wrong
