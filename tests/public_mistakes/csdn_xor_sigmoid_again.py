"""The mistake: s2 = -2 * sigmoid(pred_y) * (1 - sigmoid(pred_y)) * err and sigmoid_(out1) for the hidden layer, sigmoids of what are sigmoids already. One sample.
Source: CSDN question of 2018-10-26 on a BP algorithm for XOR whose outputs stay near 0.5."""

import numpy as np

rng = np.random.RandomState(1026)
X = np.array([[1.0], [0.3]])
Y = np.array([[1.0]])
at = {"W1": rng.rand(2, 2), "b1": rng.randn(2, 1) * 0.3, "W2": rng.rand(1, 2), "b2": rng.rand(1, 1)}


def sigmoid(x):
    return 1 / (1 + np.exp(-1 * x))


def sigmoid_(x):
    return [[sigmoid(x[i][j]) * (1 - sigmoid(x[i][j])) for j in range(len(x[i]))] for i in range(len(x))]


def loss(W1, b1, W2, b2):
    out1 = sigmoid(np.dot(W1, X) + b1)
    pred_y = sigmoid(np.dot(W2, out1) + b2)
    return np.sum((Y - pred_y) ** 2)


def backward(W1, b1, W2, b2):
    out1 = sigmoid(np.dot(W1, X) + b1)
    pred_y = sigmoid(np.dot(W2, out1) + b2)
    err = Y - pred_y
    s2 = -2 * sigmoid(pred_y) * (1 - sigmoid(pred_y)) * err
    temp = np.array(sigmoid_(out1)).reshape(1, 2)
    s1 = np.dot(np.diag(temp[0]), W2.T) * s2
    return {"W1": np.dot(s1, np.transpose(X)), "b1": s1, "W2": s2 * np.transpose(out1), "b2": s2}


def right_backward(W1, b1, W2, b2):
    out1 = sigmoid(np.dot(W1, X) + b1)
    pred_y = sigmoid(np.dot(W2, out1) + b2)
    err = Y - pred_y
    s2 = -2 * pred_y * (1 - pred_y) * err
    temp = (out1 * (1 - out1)).reshape(1, 2)
    s1 = np.dot(np.diag(temp[0]), W2.T) * s2
    return {"W1": np.dot(s1, np.transpose(X)), "b1": s1, "W2": s2 * np.transpose(out1), "b2": s2}


EXPECTED = {"derivative_argument"}
