"""The mistake: LogSoftMax's backward is exp(output) + gy, which is right only where gy sums to -1 in each sample; the factor
-sum(gy) of exp(output) is missing. Here the samples have weights (and the loss is a mean).
Source: github.com/mlpack/mlpack issue 3468, "Incorrect Derivative of LogSoftMax layer" (and 2360)."""

import numpy as np

np.random.seed(3468)
N, D, H, C = 5, 3, 4, 3
X = np.random.randn(N, D)
y = np.array([0, 2, 1, 1, 0])
weights = np.array([0.5, 2.0, 1.0, 3.0, 0.25])
at = {
    "W1": np.random.randn(D, H) * 0.7,
    "b1": np.random.randn(H) * 0.1,
    "W2": np.random.randn(H, C) * 0.7,
    "b2": np.random.randn(C) * 0.1,
}


def log_softmax(s):
    s = s - s.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))


def loss(W1, b1, W2, b2):
    hidden = np.maximum(0, X @ W1 + b1)
    output = log_softmax(hidden @ W2 + b2)
    return -np.mean(weights * output[np.arange(N), y])


def _backward(W1, b1, W2, b2, right):
    hidden = np.maximum(0, X @ W1 + b1)
    output = log_softmax(hidden @ W2 + b2)
    gy = np.zeros((N, C))
    gy[np.arange(N), y] = -weights / N
    if right:
        g = gy - np.exp(output) * gy.sum(axis=1, keepdims=True)
    else:
        g = np.exp(output) + gy
    dhidden = g @ W2.T
    dhidden[hidden <= 0] = 0
    return {"W2": hidden.T @ g, "b2": g.sum(0), "W1": X.T @ dhidden, "b1": dhidden.sum(0)}


def backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, False)


def right_backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, True)


EXPECTED = {"factor_missing"}
