"""The mistake: the derivative of tanh, 1 - y^2 of the activation y, is replaced with 1 / (1 + y^2), that of arctan ("derivative of tanh seems
to be wrong"; the reporter's proposal). Source: GitHub issue neowsl/rust-ml #3."""

import numpy as np

rng = np.random.RandomState(35)
inputs = [np.array([[0.0], [1.0]]), np.array([[1.0], [1.0]]), np.array([[1.0], [0.0]])]
targets = [np.array([[1.0]]), np.array([[0.0]]), np.array([[1.0]])]
layers = [2, 3, 1]
at = {f"{n}{i}": rng.randn(layers[i + 1], layers[i] if n == "w" else 1) for i in range(2) for n in "wb"}


class Activation:
    def __init__(self, function, derivative):
        self.function = function
        self.derivative = derivative


TANH = Activation(lambda x: np.tanh(x), lambda x: 1.0 - x**2)
PROPOSED = Activation(lambda x: np.tanh(x), lambda x: 1.0 / (1.0 + x**2))


class Network:
    def __init__(self, at, activation):
        self.weights, self.biases = [at["w0"], at["w1"]], [at["b0"], at["b1"]]
        self.activation = activation

    def feed_forward(self, current):
        self.data = [current]
        for i in range(len(layers) - 1):
            current = self.activation.function(self.weights[i] @ current + self.biases[i])
            self.data.append(current)
        return current

    def back_propagate(self, outputs, target, out):
        errors = outputs - target
        gradients = self.activation.derivative(outputs)
        for i in reversed(range(len(layers) - 1)):
            gradients = gradients * errors
            out[f"w{i}"] += gradients @ self.data[i].T
            out[f"b{i}"] += gradients
            errors = self.weights[i].T @ gradients
            gradients = self.activation.derivative(self.data[i])


def loss(**at):
    net = Network(at, TANH)
    total = 0.0
    for x, t in zip(inputs, targets):
        total += 0.5 * np.sum((net.feed_forward(x) - t) ** 2)
    return total


def _backward(at, activation):
    net, out = Network(at, activation), {k: np.zeros_like(v) for k, v in at.items()}
    for x, t in zip(inputs, targets):
        net.back_propagate(net.feed_forward(x), t, out)
    return out


def backward(**at):
    return _backward(at, PROPOSED)


def right_backward(**at):
    return _backward(at, TANH)


EXPECTED = {"derivative_of_other"}
