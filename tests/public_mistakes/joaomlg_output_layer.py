"""The mistake: the cost is divided by the samples, its derivative target - predict is not; the output layer takes the mean for its bias, all else is a sum. So
one block of four is right, and three are the number of samples too large. Source: GitHub repository Joaomlg/neural-network-from-scratch, commit e6fe5ba,
"OutputLayer backward gradients fixed" (the layers before it, and costs.py)."""

import numpy as np

rng = np.random.RandomState(65)
input_data = rng.randn(5, 3)
target = rng.rand(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.2, "W2": rng.randn(4, 2), "b2": rng.randn(2) * 0.2}


def mean_square_cost(predict, target, derivative=False):
    if derivative:
        return -1 * (target - predict)
    return (1 / 2) * np.sum((target - predict) ** 2) / len(target)


def forward(W1, b1, W2, b2):
    hidden = np.tanh(input_data @ W1 + b1)
    return hidden, np.tanh(hidden @ W2 + b2)


def loss(W1, b1, W2, b2):
    return mean_square_cost(forward(W1, b1, W2, b2)[1], target)


def _backward(W1, b1, W2, b2, right):
    hidden, output = forward(W1, b1, W2, b2)
    output_gradient = mean_square_cost(output, target, derivative=True) * (1 - output**2)
    if right:
        output_gradient = output_gradient / len(target)
    gradient = hidden.T @ output_gradient
    bias_gradient = output_gradient.sum(axis=0) if right else output_gradient.mean(axis=0)
    hidden_gradient = (output_gradient @ W2.T) * (1 - hidden**2)
    return {
        "W1": input_data.T @ hidden_gradient,
        "b1": hidden_gradient.sum(axis=0),
        "W2": gradient,
        "b2": bias_gradient,
    }


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"sum_for_mean", "scale"}
