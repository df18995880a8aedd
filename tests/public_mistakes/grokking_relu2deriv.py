"""The mistake: relu2deriv(output) = output >= 0 is called with layer_1 after ReLU, which is never negative: it is always one. Source: GitHub
issue iamtrask/Grokking-Deep-Learning #9, "chapter8 relu2deriv"."""

import numpy as np

np.random.seed(1)
images, labels = np.random.rand(5, 4), np.eye(3)[[0, 2, 1, 1, 0]]
at = {"weights_0_1": 0.8 * np.random.randn(4, 5), "weights_1_2": 0.8 * np.random.randn(5, 3)}
alpha = 0.01
relu = lambda x: (x >= 0) * x
relu2deriv = lambda x: x >= 0


def loss(weights_0_1, weights_1_2):
    error = 0.0
    for i in range(len(images)):
        layer_0 = images[i : i + 1]
        layer_1 = relu(np.dot(layer_0, weights_0_1))
        layer_2 = np.dot(layer_1, weights_1_2)
        error += np.sum((labels[i : i + 1] - layer_2) ** 2) / 2
    return error


def _train(weights_0_1, weights_1_2, right):
    up_0_1, up_1_2 = 0, 0
    for i in range(len(images)):
        layer_0 = images[i : i + 1]
        pre = np.dot(layer_0, weights_0_1)
        layer_1 = relu(pre)
        layer_2 = np.dot(layer_1, weights_1_2)
        layer_2_delta = labels[i : i + 1] - layer_2
        layer_1_delta = layer_2_delta.dot(weights_1_2.T) * relu2deriv(pre if right else layer_1)
        up_1_2 = up_1_2 + alpha * layer_1.T.dot(layer_2_delta)
        up_0_1 = up_0_1 + alpha * layer_0.T.dot(layer_1_delta)
    return {"weights_0_1": -up_0_1 / alpha, "weights_1_2": -up_1_2 / alpha}


def backward(**w):
    return _train(**w, right=False)


def right_backward(**w):
    return _train(**w, right=True)


EXPECTED = {"derivative_missing", "derivative_argument"}
