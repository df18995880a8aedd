"""The mistake: d_swish(x, beta) is beta * (sigmoid(x) + x sigmoid'(x)), with x where beta * x belongs and
beta before both terms; right is sigmoid(beta x) + beta x sigmoid'(beta x). Source: GitHub pull request
NACLab/ngc-learn #159, "Fix d_swish() function" (model_utils.py)."""

import numpy as np

rng = np.random.RandomState(159)
beta = 1.5
X, Y = rng.randn(5, 3), rng.randn(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(1, 4) * 0.3, "W2": rng.randn(4, 2)}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def swish(x, beta):
    return x * sigmoid(x * beta)


def d_swish(x, beta):
    exp_neg_x = np.exp(-x)
    _x = (1.0 / (exp_neg_x + 1.0)) + (exp_neg_x * x) / np.square(exp_neg_x + 1)
    return _x * beta


def right_d_swish(x, beta):
    s = sigmoid(x * beta)
    return s + beta * x * s * (1 - s)


def loss(W1, b1, W2):
    return 0.5 * np.sum((swish(X @ W1 + b1, beta) @ W2 - Y) ** 2)


def _backward(W1, b1, W2, prime):
    z = X @ W1 + b1
    h = swish(z, beta)
    e = h @ W2 - Y
    dz = (e @ W2.T) * prime(z, beta)
    return {"W1": X.T @ dz, "b1": np.sum(dz, axis=0, keepdims=True), "W2": h.T @ e}


def backward(**p):
    return _backward(**p, prime=d_swish)


def right_backward(**p):
    return _backward(**p, prime=right_d_swish)


EXPECTED = {"derivative_of_other", "derivative_argument"}
