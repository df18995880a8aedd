"""The mistake: the hidden neuron's sum is over neural.value * weight, the outputs of the next layer, where the next layer's errors belong. Source: Stack Exchange
question "Basic Neural Network problem in training" (XOR, C#; here NumPy; the sum of the samples)."""

import numpy as np

rng = np.random.RandomState(241)
X = np.array([[0.1, 0.2], [0.1, 0.9], [0.9, 0.2], [1.0, 0.8]])
target = np.array([[0.0], [1.0], [1.0], [0.0]])
at = {
    "w1": rng.randn(2, 3),
    "bias1": rng.randn(3) * 0.4,
    "w2": rng.randn(3, 1),
    "bias2": rng.randn(1) * 0.4,
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w1, bias1, w2, bias2):
    h = sigmoid(X @ w1 + bias1)
    return 0.5 * np.sum((target - sigmoid(h @ w2 + bias2)) ** 2)


def _backward(w1, bias1, w2, bias2, right):
    h = sigmoid(X @ w1 + bias1)
    value = sigmoid(h @ w2 + bias2)
    error = value * (1 - value) * (target - value)
    total = (error if right else value) @ w2.T
    myerror = h * (1 - h) * total
    return {"w1": -(X.T @ myerror), "bias1": -myerror.sum(0), "w2": -(h.T @ error), "bias2": -error.sum(0)}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_operand"}
