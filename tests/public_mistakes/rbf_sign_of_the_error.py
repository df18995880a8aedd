"""The mistake: the gradient of (y - F)^2 / 2 + lambda / 2 sum w^2 is written (y - F) phi + lambda w: the error has the wrong sign,
the penalty the right one.
Source: notebook "ML-RBF network-function approximation-SGD" (introvoyz041/machine-learning, Hugging Face), the formulas of the SGD."""

import numpy as np

np.random.seed(10)
K, lam = 4, 0.3
x = np.random.uniform(-2, 2, (7, 1))
y = np.sin(2 * x[:, 0]) + 0.5
c = np.linspace(-2, 2, K).reshape(-1, 1)
sigma = 0.8
at = {"w": np.random.randn(K), "bias": np.random.randn(1)}


def phi(xi):
    return np.array([np.exp(-np.sum((xi - ck) ** 2) / (2 * sigma**2)) for ck in c])


def F(xi, w, bias):
    return np.dot(w, phi(xi)) + bias[0]


def loss(w, bias):
    L = 0
    for xi, yi in zip(x, y):
        L += 1 / 2 * (yi - F(xi, w, bias)) ** 2 + 1 / 2 * lam * np.sum(w**2)
    return L / len(x)


def _backward(w, bias, s):
    gw, gbias = np.zeros(K), np.zeros(1)
    for xi, yi in zip(x, y):
        err = yi - F(xi, w, bias)
        gw += s * err * phi(xi) + lam * w
        gbias += s * err
    return {"w": gw / len(x), "bias": gbias / len(x)}


def backward(w, bias):
    return _backward(w, bias, 1)


def right_backward(w, bias):
    return _backward(w, bias, -1)


EXPECTED = {"sign", "term_factor"}
