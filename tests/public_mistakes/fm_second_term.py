"""The mistake: the gradient of the factors V has the term of the square of the sum only; that of the sum of the squares
(minus V times x^2) is missing.
Source: GitHub pull request apache/systemds #696, "[SYSTEMML-1437] Factorization Machines" (the line of g_V, "not correct!")."""

import numpy as np

rng = np.random.RandomState(1437)
n, d, k = 6, 4, 2
X, y = rng.randn(n, d), rng.randn(n, 1)
at = {"w0": rng.randn(1, 1) * 0.1, "W": rng.randn(d, 1) * 0.5, "V": rng.randn(d, k) * 0.6}


def fm_forward(X, w0, W, V):
    xv = X @ V
    pairs = 0.5 * np.sum(xv**2 - (X**2) @ (V**2), axis=1, keepdims=True)
    return w0 + X @ W + pairs, xv


def loss(w0, W, V):
    out, _ = fm_forward(X, w0, W, V)
    return np.sum((out - y) ** 2) / (2 * n)


def fm_backward(dout, X, V, xv, complete):
    dw0 = np.sum(dout).reshape(1, 1)
    dW = X.T @ dout
    dV = X.T @ (dout * xv)
    if complete:
        dV = dV - V * ((X**2).T @ dout)
    return {"w0": dw0, "W": dW, "V": dV}


def _backward(w0, W, V, complete):
    out, xv = fm_forward(X, w0, W, V)
    return fm_backward((out - y) / n, X, V, xv, complete)


def backward(**at):
    return _backward(**at, complete=False)


def right_backward(**at):
    return _backward(**at, complete=True)


EXPECTED = {"path_missing", "shared_use_missing"}
