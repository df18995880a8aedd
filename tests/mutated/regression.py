"""A tanh layer and a linear one in rows, the mean of squared errors, L2 on the weights."""

import numpy as np

rng = np.random.default_rng(2)
X = rng.normal(size=(6, 3))
y = rng.normal(size=(6, 1))
decay = 0.1
at = {
    "W1": rng.normal(size=(3, 4)),
    "b1": rng.normal(size=4),
    "W2": rng.normal(size=(4, 1)),
    "b2": rng.normal(size=1),
}


def forward(W1, b1, W2, b2):
    a1 = np.tanh(X @ W1 + b1)
    out = a1 @ W2 + b2
    return a1, out


def loss(W1, b1, W2, b2):
    _, out = forward(W1, b1, W2, b2)
    return np.mean((out - y) ** 2) + decay * (np.sum(W1**2) + np.sum(W2**2))


def backward(W1, b1, W2, b2):
    a1, out = forward(W1, b1, W2, b2)
    n = len(X)
    dout = 2 * (out - y) / n
    dW2 = a1.T @ dout + 2 * decay * W2
    db2 = dout.sum(axis=0)
    da1 = dout @ W2.T
    dz1 = da1 * (1 - a1**2)
    dW1 = X.T @ dz1 + 2 * decay * W1
    db1 = dz1.sum(axis=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
