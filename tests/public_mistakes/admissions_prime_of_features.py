"""The mistake: error_term_formula is (y - output) * sigmoid_prime(x), where x are the features, so every feature has its own factor
sigmoid'(x_j); the loss is the log loss of error_formula, whose error term is y - output. Read off the update. Source: GitHub issues
udacity/deep-learning-v2-pytorch #75 and #409, "StudentAdmissions - Error Term Formula"."""

import numpy as np

rng = np.random.RandomState(313)
features, targets = rng.randn(8, 4), np.array([0, 1, 1, 0, 1, 0, 0, 1])
learnrate = 0.5
at = {"weights": rng.normal(scale=1 / 4**0.5, size=4)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))


def error_formula(y, output):
    return -y * np.log(output) - (1 - y) * np.log(1 - output)


def error_term_formula(x, y, output):
    return (y - output) * sigmoid_prime(x)


def loss(weights):
    total = 0
    for x, y in zip(features, targets):
        output = sigmoid(np.dot(x, weights))
        total += error_formula(y, output)
    return total / len(features)


def _epoch(weights, term):
    n_records, n_features = features.shape
    weights = weights.copy()
    del_w = np.zeros(weights.shape)
    for x, y in zip(features, targets):
        output = sigmoid(np.dot(x, weights))
        error_term = term(x, y, output)
        del_w += error_term * x
    weights += learnrate * del_w / n_records
    return weights


def backward(weights):
    return (weights - _epoch(weights, error_term_formula)) / learnrate


def right_backward(weights):
    return (weights - _epoch(weights, lambda x, y, output: y - output)) / learnrate


EXPECTED = {"?", "derivative_argument", "derivative_twice", "other_loss", "factor_twice"}
