"""The mistake: d_w1 = -x1 * (targets - predictions) with x1 of shape (n,) and targets of shape (n, 1): the product is a table of n x n, and
its mean is mean(x1) * mean(error), not mean(x1 * error). Read off the update. Source: GitHub issue bfortuner/ml-glossary #126, "Cross
Product vs Element by Element Multiplication" (and pull request 127)."""

import numpy as np

rng = np.random.RandomState(322)
features, targets = rng.rand(6, 3) + 0.2, rng.randn(6, 1)
lr = 0.05
at = {"weights": rng.randn(3, 1)}


def predict(features, weights):
    return np.dot(features, weights)


def cost_function(features, targets, weights):
    N = len(targets)
    predictions = predict(features, weights)
    sq_error = (predictions - targets) ** 2
    return 1.0 / (2 * N) * sq_error.sum()


def update_weights(features, targets, weights, lr):
    predictions = predict(features, weights)
    x1 = features[:, 0]
    x2 = features[:, 1]
    x3 = features[:, 2]
    d_w1 = -x1 * (targets - predictions)
    d_w2 = -x2 * (targets - predictions)
    d_w3 = -x3 * (targets - predictions)
    weights[0][0] -= lr * np.mean(d_w1)
    weights[1][0] -= lr * np.mean(d_w2)
    weights[2][0] -= lr * np.mean(d_w3)
    return weights


def loss(weights):
    return cost_function(features, targets, weights)


def backward(weights):
    return (weights - update_weights(features, targets, weights.copy(), lr)) / lr


def right_backward(weights):
    return -features.T.dot(targets - predict(features, weights)) / len(targets)


EXPECTED = {"?"}
