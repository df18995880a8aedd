"""The mistake: the weight decay -lambda * w is applied to the whole matrix of the hidden layer, with the bias in its first column; the cost (as of the fix) spares
it. Samples in columns, a row of ones on top, read off the update. Source: GitHub repository giuseppegrieco/neural-network-from-scratch, commit 9c332b8, "Fix
bias for reg"."""

import numpy as np

rng = np.random.RandomState(932)
data = rng.randn(3, 5)
target = rng.rand(2, 5)
eta, lambda_regularization = 0.1, 0.02
at = {"hidden": rng.randn(3, 4), "output": rng.randn(2, 4)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def with_ones(a):
    return np.vstack([np.ones((1, a.shape[1])), a])


def loss(hidden, output):
    h = sigmoid(hidden @ with_ones(data))
    o = sigmoid(output[:, 1:] @ h + output[:, :1])
    decay = lambda_regularization / eta / 2
    return 0.5 * np.sum((target - o) ** 2) + decay * (np.sum(hidden[:, 1:] ** 2) + np.sum(output**2))


def _backward(hidden, output, right):
    h = sigmoid(hidden @ with_ones(data))
    o = sigmoid(output @ with_ones(h))
    delta = np.multiply(target - o, o * (1 - o))
    delta_oh = delta @ with_ones(h).T
    delta = np.multiply((delta.T @ output)[:, 1:].T, h * (1 - h))
    delta_hi = delta @ with_ones(data).T
    new = {}
    for name, weights, d in (("output", output, delta_oh), ("hidden", hidden, delta_hi)):
        lambda_mat = np.full(weights.shape, -lambda_regularization)
        if right and name == "hidden":
            lambda_mat[:, 0] = 0.0
        delta_layer = eta * d + np.multiply(lambda_mat, weights)
        new[name] = weights + delta_layer
    return {"hidden": (hidden - new["hidden"]) / eta, "output": (output - new["output"]) / eta}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"regularization_on_bias"}
