"""The mistake: the derivative of tanh is written -(tanh x)^2, where 1 - (tanh x)^2 belongs. Source: GitHub issue
scutan90/DeepLearning-500-questions #544 (table of 3.4.3; here used in an MLP)."""

import numpy as np

rng = np.random.RandomState(14)
X, Y = rng.randn(5, 3), rng.randn(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4), "W2": rng.randn(4, 2), "b2": rng.randn(2)}


def loss(W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    return np.mean((H @ W2 + b2 - Y) ** 2)


def _backward(W1, b1, W2, b2, tanh_derivative):
    Z1 = X @ W1 + b1
    H = np.tanh(Z1)
    out = H @ W2 + b2
    d_out = 2 * (out - Y) / out.size
    dZ1 = d_out @ W2.T * tanh_derivative(Z1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": H.T @ d_out, "b2": d_out.sum(axis=0)}


def backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, lambda x: -(np.tanh(x) ** 2))


def right_backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, lambda x: 1 - np.tanh(x) ** 2)


EXPECTED = {"derivative_of_other"}
