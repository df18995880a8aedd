"""The mistake: the layer normalizes with moments given from outside (constants), the backward pass is that of moments which are
computed from the batch.
Source: GitHub issue vlfeat/matconvnet #1174, "bug in vl_nnbnorm.cu when using moments from outside"."""

import numpy as np

rng = np.random.RandomState(1174)
x = rng.randn(6, 4)
dzdy_target = rng.randn(6, 2)
moments = np.array([[0.3, 1.4], [-0.2, 0.8], [0.1, 1.1]])  # mean and deviation for each channel
at = {
    "filters": rng.randn(4, 3),
    "g": 1 + 0.4 * rng.rand(3),
    "b": rng.randn(3) * 0.2,
    "out": rng.randn(3, 2),
}


def vl_nnbnorm(x, g, b, moments, dzdy=None, constant=True):
    mean, sigma = moments[:, 0], moments[:, 1]
    xhat = (x - mean) / sigma
    if dzdy is None:
        return g * xhat + b
    dzdg = np.sum(dzdy * xhat, axis=0)
    dzdb = np.sum(dzdy, axis=0)
    if constant:
        dzdx = dzdy * g / sigma
    else:
        m = x.shape[0]
        dzdx = g / sigma * (dzdy - dzdb / m - xhat * dzdg / m)
    return dzdx, dzdg, dzdb


def loss(filters, g, b, out):
    y = vl_nnbnorm(x @ filters, g, b, moments)
    z = np.tanh(y) @ out
    return np.sum((z - dzdy_target) ** 2)


def _backward(filters, g, b, out, constant):
    c = x @ filters
    t = np.tanh(vl_nnbnorm(c, g, b, moments))
    dz = 2 * (t @ out - dzdy_target)
    dy = dz @ out.T * (1 - t**2)
    dc, dg, db = vl_nnbnorm(c, g, b, moments, dy, constant)
    return {"filters": x.T @ dc, "g": dg, "b": db, "out": t.T @ dz}


def backward(**at):
    return _backward(**at, constant=False)


def right_backward(**at):
    return _backward(**at, constant=True)


EXPECTED = {"?"}
