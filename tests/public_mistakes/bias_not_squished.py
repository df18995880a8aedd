"""The mistake: the bias (4,) is broadcast over the samples in the forward pass, its gradient is left with the shape (4, 4) of the sum: never
added up over the samples. Source: GitHub issue jimfleming/differentiation #1, "Biases are being broadcasted"."""

import numpy as np

rng = np.random.RandomState(30)
x, y = rng.randn(4, 3), rng.randn(4, 4)
at = {
    "weights": rng.randn(3, 4),
    "biases": rng.randn(4),
    "weights2": rng.randn(4, 4),
    "biases2": rng.randn(4),
}


def forward(p):
    s1 = np.dot(x, p["weights"]) + p["biases"]
    h = 1 / (1 + np.exp(-s1))
    return h, np.dot(h, p["weights2"]) + p["biases2"]


def loss(**p):
    return np.sum((forward(p)[1] - y) ** 2)


def _backward(p, right):
    h, out = forward(p)
    g_out = 2 * (out - y)
    g_s1 = np.dot(g_out, p["weights2"].T) * h * (1 - h)
    g = {"weights": np.dot(x.T, g_s1), "biases": g_s1, "weights2": np.dot(h.T, g_out), "biases2": g_out}
    if right:
        g["biases"], g["biases2"] = np.sum(g_s1, 0), np.sum(g_out, 0)
    return g


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"bias_reduction"}
