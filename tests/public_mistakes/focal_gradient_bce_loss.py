"""The mistake: the gradient is that of the focal loss with gamma, the loss lacks gamma (it is the cross entropy). Source: GitHub pull request davisking/dlib #2552,
"Fix focal loss" ("so focused on getting the gradient right, that I forgot about the loss")."""

import numpy as np

rng = np.random.RandomState(2552)
samples = rng.randn(6, 3)
truth = np.array([1, -1, -1, 1, -1, 1])
gamma = 2
at = {"w": rng.randn(3), "b": 0.1}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(w, b):
    scale = 1.0 / len(truth)
    total = 0
    for x, y in zip(samples, truth):
        p = sigmoid(np.dot(w, x) + b)
        if y > 0:
            total += -scale * np.log(p)
        else:
            total += -scale * np.log(1 - p)
    return total


def _backward(w, b, gamma):
    scale = 1.0 / len(truth)
    gw, gb = np.zeros(3), 0.0
    for x, y in zip(samples, truth):
        p = sigmoid(np.dot(w, x) + b)
        if y > 0:
            g = scale * (1 - p) ** gamma * (gamma * p * np.log(p) + p - 1)
        else:
            g = scale * -(p**gamma) * (gamma * (1 - p) * np.log(1 - p) - p)
        gw += g * x
        gb += g
    return {"w": gw, "b": gb}


def backward(w, b):
    return _backward(w, b, gamma)


def right_backward(w, b):
    return _backward(w, b, 0)


EXPECTED = {"other_loss", "?"}
