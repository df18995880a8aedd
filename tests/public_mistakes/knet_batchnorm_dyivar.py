"""The mistake: dy is multiplied by g only after dyivar = dy .* ivar was made, and dx is computed of dyivar: the factor g is missing in dx.
Source: GitHub issue denizyuret/Knet.jl #288, "Batchnorm backward on cpu doesn't seem to take care about scales" (Julia; NumPy here)."""

import numpy as np

rng = np.random.RandomState(9)
data, target, eps = rng.randn(6, 3), rng.randn(6, 2), 1e-5
at = {"w": rng.randn(3, 2), "g": rng.randn(2) + 1.5, "b": rng.randn(2)}


def forward(w, g, b):
    x = data @ w
    mu = x.mean(axis=0)
    x_mu = x - mu
    ivar = 1 / np.sqrt((x_mu**2).mean(axis=0) + eps)
    return x_mu, ivar, g * x_mu * ivar + b


def loss(w, g, b):
    x_mu, ivar, y = forward(w, g, b)
    return 0.5 * np.sum((y - target) ** 2)


def _backward(w, g, b, right):
    x_mu, ivar, y = forward(w, g, b)
    dy = y - target
    dyivar = dy * ivar
    dg = np.sum(x_mu * dyivar, axis=0)
    db = np.sum(dy, axis=0)
    dy = g * dy
    if right:
        dyivar = dy * ivar
    m = len(data)
    dsigma2 = -0.5 * np.sum(dyivar * x_mu * ivar**2, axis=0)
    dmu = -np.sum(dyivar, axis=0) - 2 * dsigma2 * np.sum(x_mu, axis=0) / m
    dx = dyivar + dsigma2 * 2 * x_mu / m + dmu / m
    return {"w": data.T @ dx, "g": dg, "b": db}


def backward(w, g, b):
    return _backward(w, g, b, False)


def right_backward(w, g, b):
    return _backward(w, g, b, True)


EXPECTED = {"factor_missing"}
