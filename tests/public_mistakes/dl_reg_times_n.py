"""The mistake: the derivative of lambda / (2 m) * sum_j w_j^2 is taken to be n * lambda / m * w_j, the sum over the n features done once more. Source:
community.deeplearning.ai thread 736960, "Derivative of regularized logistic cost function -- does it need the DIMENSION of the w vector?"."""

import numpy as np

rng = np.random.RandomState(736960)
m, n, lambda_ = 6, 4, 0.7
X = rng.randn(m, n)
y = (rng.rand(m) > 0.5).astype(float)
at = {"w": rng.randn(n), "b": rng.randn(1)}


def loss(w, b):
    f = 1 / (1 + np.exp(-(X @ w + b)))
    cost = -np.sum(y * np.log(f) + (1 - y) * np.log(1 - f)) / m
    return cost + lambda_ / (2 * m) * np.sum(w**2)


def _backward(w, b, times):
    f = 1 / (1 + np.exp(-(X @ w + b)))
    dj_dw = X.T @ (f - y) / m + times * lambda_ / m * w
    dj_db = np.array([np.sum(f - y) / m])
    return {"w": dj_dw, "b": dj_db}


def backward(w, b):
    return _backward(w, b, n)


def right_backward(w, b):
    return _backward(w, b, 1)


EXPECTED = {"scale", "?"}
