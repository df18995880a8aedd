"""The mistake: cross_entropy_cost is -sum(target * log(predict)) / len(target), its derivative is that of the binary one, -(t / p - (1 - t) / (1 - p)), and not
divided by len(target) (here the gradient is divided at the end). Source: GitHub repository Joaomlg/neural-network-from-scratch, commit f8933d5, "Cross entropy
fixed" (sigmoid outputs)."""

import numpy as np

rng = np.random.RandomState(893)
input_data = rng.randn(5, 3)
target = np.eye(3)[[0, 1, 2, 1, 0]]
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.2, "W2": rng.randn(4, 3), "b2": rng.randn(3) * 0.2}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(W1, b1, W2, b2):
    hidden = np.tanh(input_data @ W1 + b1)
    return hidden, sigmoid(hidden @ W2 + b2)


def loss(W1, b1, W2, b2):
    predict = forward(W1, b1, W2, b2)[1]
    return -1 * np.sum(target * np.log(predict)) / len(target)


def _backward(W1, b1, W2, b2, right):
    hidden, predict = forward(W1, b1, W2, b2)
    if right:
        cost = -1 * (target / predict)
    else:
        cost = -1 * ((target / predict) - ((1 - target) / (1 - predict)))
    output_gradient = cost * predict * (1 - predict) / len(target)
    hidden_gradient = (output_gradient @ W2.T) * (1 - hidden**2)
    return {
        "W1": input_data.T @ hidden_gradient,
        "b1": hidden_gradient.sum(axis=0),
        "W2": hidden.T @ output_gradient,
        "b2": output_gradient.sum(axis=0),
    }


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_loss"}
