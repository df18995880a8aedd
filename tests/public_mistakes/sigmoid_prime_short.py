"""The mistake: the derivative of the sigmoid is written 1 - s (called on the activation it is 1 - sigmoid(s)); s * (1 - s) is
right. Here both layers use it."""

import numpy as np

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
np.random.seed(0)
at = {"w0": np.random.normal(size=(3, 4), scale=1.0), "w1": np.random.normal(size=(4, 1), scale=1.0)}


def sigmoid(x, deriv=False):
    if deriv == True:
        return 1 - x
    return 1 / (1 + np.exp(-x))


def loss(w0, w1):
    l0 = X
    l1 = sigmoid(l0.dot(w0))
    l2 = sigmoid(l1.dot(w1))
    return np.sum((y - l2) ** 2) / 2


def backward(w0, w1):
    l1 = sigmoid(X.dot(w0))
    l2 = sigmoid(l1.dot(w1))
    delta2 = (l2 - y) * sigmoid(l2, True)
    delta1 = delta2.dot(w1.T) * sigmoid(l1, True)
    return {"w1": l1.T.dot(delta2), "w0": X.T.dot(delta1)}


def right_backward(w0, w1):
    l1 = sigmoid(X.dot(w0))
    l2 = sigmoid(l1.dot(w1))
    delta2 = (l2 - y) * l2 * (1 - l2)
    delta1 = delta2.dot(w1.T) * l1 * (1 - l1)
    return {"w1": l1.T.dot(delta2), "w0": X.T.dot(delta1)}


EXPECTED = {"derivative_of_other", "derivative_argument", "factor_missing"}
