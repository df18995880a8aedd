"""Loops over samples that add up: two layers of sigmoids, half the squared error."""

import numpy as np

rng = np.random.default_rng(4)
X = rng.normal(size=(5, 2))
T = rng.uniform(size=(5, 2))
at = {
    "W1": rng.normal(size=(3, 2)),
    "b1": rng.normal(size=3),
    "W2": rng.normal(size=(2, 3)),
    "b2": rng.normal(size=2),
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, W1, b1, W2, b2):
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    return h, o


def loss(W1, b1, W2, b2):
    total = 0.0
    for x, t in zip(X, T):
        _, o = forward(x, W1, b1, W2, b2)
        total += 0.5 * np.sum((o - t) ** 2)
    return total / len(X)


def backward(W1, b1, W2, b2):
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
    for x, t in zip(X, T):
        h, o = forward(x, W1, b1, W2, b2)
        delta2 = (o - t) * o * (1 - o)
        dW2 += np.outer(delta2, h)
        db2 += delta2
        delta1 = W2.T @ delta2 * h * (1 - h)
        dW1 += np.outer(delta1, x)
        db1 += delta1
    n = len(X)
    return {"W1": dW1 / n, "b1": db1 / n, "W2": dW2 / n, "b2": db2 / n}
