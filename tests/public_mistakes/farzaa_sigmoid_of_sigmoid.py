"""The mistake: applySigmoid(prediction, True) = s(prediction) * (1 - s(prediction)) though prediction is a sigmoid already. One layer.
Read off the update. Source: GitHub pull requests farzaa/SimpleMultilayerPerceptron #2 and #3, "Fix to derivative of Sigmoid"."""

import numpy as np

np.random.seed(1)
inputs = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
keys = np.array([[0, 1, 0, 1]]).T
at = {"weights": 2 * np.random.random((3, 1)) - 1}


def applySigmoid(x, giveMeTheDerivative=False):
    if giveMeTheDerivative == True:
        return applySigmoid(x) * (1 - applySigmoid(x))
    return 1 / (1 + np.exp(-x))


def loss(weights):
    return ((keys - applySigmoid(np.dot(inputs, weights))) ** 2).sum() / 2


def train(weights):
    prediction = applySigmoid(np.dot(inputs, weights))
    error = keys - prediction
    change_in_error = error * applySigmoid(prediction, True)
    weights += np.dot(inputs.T, change_in_error)


def backward(weights):
    old = weights.copy()
    train(weights)
    return old - weights


def right_backward(weights):
    z = np.dot(inputs, weights)
    return -np.dot(inputs.T, (keys - applySigmoid(z)) * applySigmoid(z, True))


EXPECTED = {"derivative_argument"}
