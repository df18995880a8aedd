"""The mistakes: delta_hidden = error * sigmoid(hidden, True), the hidden_error of the line before is never used (the answer); and
hidden_error itself is made of error, not of delta. Two samples of XOR's first column, a sum. Read off the update. Source: Stack Overflow,
"Backpropagation: Why doesn't error approach zero when it is multiplied by deriv of sigmoid?" (copy: whosebug.com/question/2948401)."""

import numpy as np

X = np.array([[0, 1], [0, 1], [1, 0], [1, 0]])
Y = np.array([[0, 0, 1, 1]]).T
np.random.seed(1)
at = {"w_0": 2 * np.random.rand(2, 2) - 1, "w_1": 2 * np.random.rand(1, 2) - 1}


def sigmoid(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def forward(x, w_0, w_1):
    inputs = np.array(x, ndmin=2).T
    hidden = sigmoid(np.dot(w_0, inputs))
    return inputs, hidden, sigmoid(np.dot(w_1, hidden))


def loss(w_0, w_1):
    total = 0
    for j in range(X.shape[0]):
        output = forward(X[j], w_0, w_1)[2]
        total = total + np.sum((np.array(Y[j], ndmin=2).T - output) ** 2) / 2
    return total


def _network(w_0, w_1, right):
    g_0, g_1 = np.zeros(w_0.shape), np.zeros(w_1.shape)
    for j in range(X.shape[0]):
        inputs, hidden, output = forward(X[j], w_0, w_1)
        label = np.array(Y[j], ndmin=2).T
        error = label - output
        delta = error * sigmoid(output, True)
        if right:
            hidden_error = np.dot(w_1.T, delta)
            delta_hidden = hidden_error * sigmoid(hidden, True)
        else:
            hidden_error = np.dot(w_1.T, error)
            delta_hidden = error * sigmoid(hidden, True)
        g_1 -= np.dot(delta, hidden.T)
        g_0 -= np.dot(delta_hidden, inputs.T)
    return {"w_0": g_0, "w_1": g_1}


def backward(w_0, w_1):
    return _network(w_0, w_1, False)


def right_backward(w_0, w_1):
    return _network(w_0, w_1, True)


EXPECTED = {"derivative_missing", "factor_missing", "other_operand"}
