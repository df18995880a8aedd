"""XOR in columns, two layers of sigmoids, cross entropy with 1/m."""

import numpy as np

rng = np.random.default_rng(1)
X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
Y = np.array([[0.0, 1.0, 1.0, 0.0]])
at = {
    "W1": rng.normal(size=(3, 2)),
    "b1": rng.normal(size=(3, 1)),
    "W2": rng.normal(size=(1, 3)),
    "b2": rng.normal(size=(1, 1)),
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(W1, b1, W2, b2):
    A1 = sigmoid(W1 @ X + b1)
    A2 = sigmoid(W2 @ A1 + b2)
    return A1, A2


def loss(W1, b1, W2, b2):
    _, A2 = forward(W1, b1, W2, b2)
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / X.shape[1]


def backward(W1, b1, W2, b2):
    A1, A2 = forward(W1, b1, W2, b2)
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * A1 * (1 - A1)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
