"""The mistake: the gradients are 1/n times the sums, the mean squared error asks for 2/n. Read off the update of weights and bias. Source: GitHub issue
Open-Deep-ML/DML-OpenProblem #54, "25 Single Neuron with Backpropagation"."""

import numpy as np

features = np.array([[1.0, 2.0], [2.0, 1.0], [-1.0, -2.0]])
labels = np.array([1, 0, 0])
at = {"weights": np.array([0.1, -0.2]), "bias": 0.05}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(weights, bias):
    z = np.dot(features, weights) + bias
    predictions = sigmoid(z)
    return np.mean((predictions - labels) ** 2)


def train_neuron(weights, bias, learning_rate, factor):
    z = np.dot(features, weights) + bias
    predictions = sigmoid(z)
    errors = predictions - labels
    weight_gradients = (factor / len(labels)) * np.dot(features.T, errors * predictions * (1 - predictions))
    bias_gradient = (factor / len(labels)) * np.sum(errors * predictions * (1 - predictions))
    weights = weights - learning_rate * weight_gradients
    bias = bias - learning_rate * bias_gradient
    return weights, bias


def _read_off(weights, bias, factor):
    w, b = train_neuron(weights, bias, 0.1, factor)
    return {"weights": (weights - w) / 0.1, "bias": (bias - b) / 0.1}


def backward(weights, bias):
    return _read_off(weights, bias, 1)


def right_backward(weights, bias):
    return _read_off(weights, bias, 2)


EXPECTED = {"scale", "factor_missing"}
