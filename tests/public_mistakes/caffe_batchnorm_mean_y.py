"""Nothing is wrong: the term mean(dE/dY . Y) . mean(Y) that the reporter asks for is zero, as the mean of Y is. `backward` is the proposal. Source: GitHub issue
BVLC/caffe #4110, "BatchNormLayer backward"."""

import numpy as np

rng = np.random.RandomState(4110)
data, wanted, eps = rng.randn(6, 3), rng.randn(6, 2), 1e-5
at = {"w": rng.randn(3, 2), "v": rng.randn(2, 2)}


def batch_norm(x):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    return (x - mean) / np.sqrt(var + eps), np.sqrt(var + eps)


def loss(w, v):
    Y, _ = batch_norm(data @ w)
    return np.sum((np.tanh(Y) @ v - wanted) ** 2)


def _backward(w, v, extra):
    Y, std = batch_norm(data @ w)
    h = np.tanh(Y)
    dout = 2 * (h @ v - wanted)
    dY = dout @ v.T * (1 - h**2)
    dX = dY - dY.mean(axis=0) - (dY * Y).mean(axis=0) * Y
    if extra:
        dX = dX + (dY * Y).mean(axis=0) * Y.mean(axis=0)
    dX = dX / std
    return {"w": data.T @ dX, "v": h.T @ dout}


def backward(w, v):
    return _backward(w, v, True)


def right_backward(w, v):
    return _backward(w, v, False)


EXPECTED = set()
