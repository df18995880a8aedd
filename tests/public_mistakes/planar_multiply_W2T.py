"""Nothing is wrong: dZ1 is begun with np.multiply(W2.T, dZ2), which the mentor calls incorrect (a dot product is meant); with one output unit
(4, 1) * (1, m) broadcasts to the same numbers. Source: community.deeplearning.ai thread 723602, "Week 3 exercise 6 cost function"."""

import numpy as np

np.random.seed(3)
X, Y = np.random.randn(2, 5), (np.random.rand(1, 5) > 0.5).astype(int)
at = {
    "W1": np.random.randn(4, 2) * 0.6,
    "b1": np.random.randn(4, 1) * 0.1,
    "W2": np.random.randn(1, 4) * 0.6,
    "b2": np.random.randn(1, 1) * 0.1,
}


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def loss(W1, b1, W2, b2):
    A2, cache = forward_propagation(X, W1, b1, W2, b2)
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -np.sum(logprobs) / m


def _backward(W1, b1, W2, b2, right):
    A2, cache = forward_propagation(X, W1, b1, W2, b2)
    m = X.shape[1]
    A1 = cache["A1"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = np.dot(W2.T, dZ2) if right else np.multiply(W2.T, dZ2)
    dZ1 = dA1 * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = set()
