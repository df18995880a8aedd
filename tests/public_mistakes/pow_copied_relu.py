"""The mistake: the gradient of the pointwise power is that of the ReLU, copied: the gradient where the value is positive. Source: GitHub issue ahrefs/ocannl #73,
"Major bug: pointpow (exponentiation) gradient op is missing" (OCaml; here NumPy)."""

import numpy as np

rng = np.random.RandomState(73)
xs, ys = rng.randn(5, 2), rng.randn(5, 1)
at = {"w1": rng.randn(2, 3), "b1": rng.randn(3), "w2": rng.randn(3, 1)}


def pointpow(p, a):
    return a**p


def pointpow_grad(p, a, v, gv, right=False):
    if right:
        return gv * p * a ** (p - 1)
    return np.where(v > 0, gv, 0)


def forward(w1, b1, w2):
    a = xs @ w1 + b1
    v = pointpow(2, a)
    return a, v, v @ w2


def loss(**p):
    return np.mean((forward(**p)[-1] - ys) ** 2)


def _backward(w1, b1, w2, right):
    a, v, out = forward(w1, b1, w2)
    gout = 2 * (out - ys) / ys.size
    ga = pointpow_grad(2, a, v, gout @ w2.T, right)
    return {"w1": xs.T @ ga, "b1": ga.sum(axis=0), "w2": v.T @ gout}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_of_other", "derivative_missing"}
