"""The mistake: the ReLU's g(g, y) writes 1 or 0 into the gradient of the layer above, g[i] = y[i] > 0 ? 1
: 0, where *= belongs. Source: GitHub issue haifengl/smile #528, "Gradient backpropagation in ReLU" ("A *
is missing before ="; Java, here NumPy)."""

import numpy as np

rng = np.random.RandomState(528)
X, Y = rng.randn(5, 3), rng.randn(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.3, "W2": rng.randn(4, 2), "b2": rng.randn(2) * 0.3}


def f(x):
    return np.maximum(0, x)


def g(g, y):
    for i in range(len(g)):
        g[i] = 1 if y[i] > 0 else 0


def right_g(g, y):
    for i in range(len(g)):
        g[i] *= 1 if y[i] > 0 else 0


def loss(W1, b1, W2, b2):
    return 0.5 * np.sum((f(X @ W1 + b1) @ W2 + b2 - Y) ** 2)


def _backward(W1, b1, W2, b2, g):
    grads = {
        "W1": np.zeros_like(W1),
        "b1": np.zeros_like(b1),
        "W2": np.zeros_like(W2),
        "b2": np.zeros_like(b2),
    }
    for x, y in zip(X, Y):
        h = f(x @ W1 + b1)
        gradient = h @ W2 + b2 - y
        lower = W2 @ gradient
        grads["W2"] += np.outer(h, gradient)
        grads["b2"] += gradient
        g(lower, h)
        grads["W1"] += np.outer(x, lower)
        grads["b1"] += lower
    return grads


def backward(**p):
    return _backward(**p, g=g)


def right_backward(**p):
    return _backward(**p, g=right_g)


EXPECTED = {"factor_missing", "overwritten", "path_missing"}
