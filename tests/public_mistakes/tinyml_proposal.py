"""The mistake (a proposal; the code was right): delta = cost.delta(a, y) * sigmoid_prime(z) with the cross entropy's delta a - y, in which the sigmoid's
derivative is contained already. Source: GitHub issue parasdahal/tinyml #1, "Output error must be multiplied with derivative of activation function"
(src/MultiLayerPerceptron.py)."""

import numpy as np

rng = np.random.RandomState(27)
xs = [rng.randn(3, 1) for _ in range(4)]
ys = [
    np.array([[1.0], [0.0]]),
    np.array([[0.0], [1.0]]),
    np.array([[0.0], [1.0]]),
    np.array([[1.0], [0.0]]),
]
lmbda, n = 0.4, 4
at = {
    "W1": rng.randn(4, 3) / 3**0.5,
    "W2": rng.randn(2, 4) / 2,
    "b1": rng.randn(4, 1),
    "b2": rng.randn(2, 1),
}


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(W1, W2, b1, b2):
    cost = 0.0
    for x, y in zip(xs, ys):
        a = sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2)
        cost += np.sum(-y * np.log(a) - (1 - y) * np.log(1 - a)) / n
    return cost + 0.5 * (lmbda / n) * (np.sum(W1**2) + np.sum(W2**2))


def backprop(x, y, weights, biases, proposal):
    b = [np.zeros(bias.shape) for bias in biases]
    w = [np.zeros(weight.shape) for weight in weights]
    activation = x
    activations = [x]
    zs = []
    for bias, weight in zip(biases, weights):
        z = np.dot(weight, activation) + bias
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = activations[-1] - y
    if proposal:
        delta = delta * sigmoid_prime(zs[-1])
    b[-1] = delta
    w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, len(weights) + 1):
        sp = sigmoid_prime(zs[-l])
        delta = np.dot(weights[-l + 1].transpose(), delta) * sp
        b[-l] = delta
        w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return b, w


def _backward(W1, W2, b1, b2, proposal):
    g = {"W1": lmbda / n * W1, "W2": lmbda / n * W2, "b1": np.zeros_like(b1), "b2": np.zeros_like(b2)}
    for x, y in zip(xs, ys):
        b, w = backprop(x, y, [W1, W2], [b1, b2], proposal)
        g["W1"] += w[0] / n
        g["W2"] += w[1] / n
        g["b1"] += b[0] / n
        g["b2"] += b[1] / n
    return g


def backward(W1, W2, b1, b2):
    return _backward(W1, W2, b1, b2, True)


def right_backward(W1, W2, b1, b2):
    return _backward(W1, W2, b1, b2, False)


EXPECTED = {"derivative_twice", "other_loss", "factor_twice"}
