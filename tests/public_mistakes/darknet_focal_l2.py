"""The mistakes: error = diff * diff with diff = (truth - p) * alpha * grad(p), and delta = diff is handed on as if only truth - p were differentiated (and
once, as for the plain l2). Source: GitHub issue AlexeyAB/darknet #1011, "focal loss for classification task" (nan after some iterations)."""

import numpy as np

rng = np.random.RandomState(1011)
x = rng.randn(4, 3)
truth = np.eye(2)[[0, 1, 1, 0]]
alpha = 0.5
at = {"weights": rng.randn(3, 2)}


def forward(weights):
    return 1 / (1 + np.exp(-(x @ weights)))


def l2_cpu(pred):
    p = pred
    grad = -(1 - p) * (2 * p * np.log(p) + p - 1)
    diff = (truth - p) * alpha * grad
    return diff, diff * diff


def loss(weights):
    return np.sum(l2_cpu(forward(weights))[1])


def backward(weights):
    p = forward(weights)
    delta, _ = l2_cpu(p)
    return {"weights": -x.T @ (delta * p * (1 - p))}


def right_backward(weights):
    p = forward(weights)
    grad = -(1 - p) * (2 * p * np.log(p) + p - 1)
    dgrad = (2 * p * np.log(p) + p - 1) - (1 - p) * (2 * np.log(p) + 3)
    diff, _ = l2_cpu(p)
    dp = 2 * diff * alpha * (-grad + (truth - p) * dgrad)
    return {"weights": x.T @ (dp * p * (1 - p))}


EXPECTED = {"?", "detached", "other_loss"}
