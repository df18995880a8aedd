"""The mistake: the weights are updated with (y - output) * output * (1 - output), the error term of the sum of squares, while the error is
the log loss. Read off the update. Source: GitHub issues udacity/deep-learning-v2-pytorch #208 and udacity/deep-learning #294,
"error_term_formula equation in studentadmissions.ipynb incorrect"."""

import numpy as np

rng = np.random.RandomState(314)
features, targets = rng.randn(8, 4), np.array([0, 1, 1, 0, 1, 0, 0, 1])
learnrate = 0.5
at = {"weights": rng.normal(scale=1 / 4**0.5, size=4)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def error_formula(y, output):
    return -y * np.log(output) - (1 - y) * np.log(1 - output)


def error_term_formula(y, output):
    return (y - output) * output * (1 - output)


def loss(weights):
    return np.mean([error_formula(y, sigmoid(np.dot(x, weights))) for x, y in zip(features, targets)])


def _epoch(weights, term):
    n_records, n_features = features.shape
    weights = weights.copy()
    del_w = np.zeros(weights.shape)
    for x, y in zip(features, targets):
        output = sigmoid(np.dot(x, weights))
        error_term = term(y, output)
        del_w += error_term * x
    weights += learnrate * del_w / n_records
    return weights


def backward(weights):
    return (weights - _epoch(weights, error_term_formula)) / learnrate


def right_backward(weights):
    return (weights - _epoch(weights, lambda y, output: y - output)) / learnrate


EXPECTED = {"derivative_twice", "other_loss", "factor_twice"}
