"""The mistake: delta = np.dot(self.weights[k].T, delta), where tmp = delta * sigmoid_prime(A[k+1]) belongs: no derivative is handed on, each
layer has only its own. Read off the update; the weights are a list. Source: Stack Overflow question 53287032, "Multi-layer neural network
back-propagation formula (using stochastic gradient descent)" (version 2)."""

import numpy as np

rng = np.random.RandomState(53)
input_vector, target_vector = rng.rand(4), np.array([0.01, 0.99, 0.01])
at = {"weights": [rng.randn(5, 4) * 0.6, rng.randn(4, 5) * 0.6, rng.randn(3, 4) * 0.6]}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(z):
    return z * (1 - z)  # because sigma'(x) = sigma(x) (1 - sigma(x))


class NeuralNetwork:
    def __init__(self, weights, learning_rate=0.1):
        self.weights = list(weights)
        self.learning_rate = learning_rate

    def forward(self, input_vector):
        a = np.array(input_vector, ndmin=2).T
        A = [a]
        for k in range(3):
            a = sigmoid(np.dot(self.weights[k], a))
            A.append(a)
        return A

    def train(self, input_vector, target_vector, right):
        y = np.array(target_vector, ndmin=2).T
        A = self.forward(input_vector)
        delta = A[-1] - y
        for k in [2, 1, 0]:
            tmp = delta * sigmoid_prime(A[k + 1])
            delta = np.dot(self.weights[k].T, tmp if right else delta)
            self.weights[k] = self.weights[k] - self.learning_rate * np.dot(tmp, A[k].T)


def loss(weights):
    y = np.array(target_vector, ndmin=2).T
    return 0.5 * np.sum((NeuralNetwork(weights).forward(input_vector)[-1] - y) ** 2)


def _read_off(weights, right):
    nn = NeuralNetwork(weights)
    nn.train(input_vector, target_vector, right)
    return {"weights": [(a - b) / nn.learning_rate for a, b in zip(weights, nn.weights)]}


def backward(weights):
    return _read_off(weights, False)


def right_backward(weights):
    return _read_off(weights, True)


EXPECTED = {"derivative_missing"}
