"""The mistake: the derivative of atanh(u) is 1 / (1 - u^2), without the factor u' of the argument (invisible where u' = 1). Source: GitHub issue
autodiff/autodiff #396, "atanh(Real<N,T>) returns wrong derivative ... (missing chain-rule factor)" (C++, forward mode; here by hand)."""

import numpy as np

rng = np.random.RandomState(20)
w = rng.randn(5)
at = {"x": rng.uniform(-1.1, 1.1, 5)}


def loss(x):
    u = 0.5 * x**2
    return np.sum(w * np.arctanh(u))


def backward(x):
    u = 0.5 * x**2
    return {"x": w / (1 - u**2)}


def right_backward(x):
    u = 0.5 * x**2
    return {"x": w / (1 - u**2) * x}


EXPECTED = {"factor_missing", "derivative_missing"}
