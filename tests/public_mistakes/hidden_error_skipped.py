"""The mistake: delta_hidden is made of the error of the output, not of the hidden error w_1.T @ delta; and the hidden error,
had it been used, would lack the output's derivative."""

import numpy as np

X = np.array([[0, 1], [0.2, 1], [1, 0], [1, 0.3]])
Y = np.array([[0, 0, 1, 1]]).T
np.random.seed(1)
at = {"w_0": 2 * np.random.rand(2, 2) - 1, "w_1": 2 * np.random.rand(1, 2) - 1}


def sigmoid(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def loss(w_0, w_1):
    total = 0
    for x, y in zip(X, Y):
        inputs = np.array(x, ndmin=2).T
        label = np.array(y, ndmin=2).T
        hidden = sigmoid(np.dot(w_0, inputs))
        output = sigmoid(np.dot(w_1, hidden))
        total += 0.5 * np.sum((label - output) ** 2)
    return total


def _backward(w_0, w_1, right):
    g0, g1 = np.zeros(w_0.shape), np.zeros(w_1.shape)
    for x, y in zip(X, Y):
        inputs, label = np.array(x, ndmin=2).T, np.array(y, ndmin=2).T
        hidden = sigmoid(np.dot(w_0, inputs))
        output = sigmoid(np.dot(w_1, hidden))
        error = label - output
        delta = error * sigmoid(output, True)
        if right:
            delta_hidden = np.dot(w_1.T, delta) * sigmoid(hidden, True)
        else:
            delta_hidden = error * sigmoid(hidden, True)
        g1 -= np.dot(delta, hidden.T)
        g0 -= np.dot(delta_hidden, inputs.T)
    return {"w_0": g0, "w_1": g1}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"factor_missing", "path_missing", "derivative_missing"}
