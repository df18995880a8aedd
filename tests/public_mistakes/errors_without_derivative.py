"""The mistake: the error that is handed to the layer before is weights.T @ delta, without the sigmoid's derivative of this layer
(tmp); each layer's own update has it. Source: Stack Overflow question 53287032 (multi-layer back propagation, line (2) against
line (1)) and the tutorial named there, whose output_errors do the same. The gradient is read off the update."""

import numpy as np

rs = np.random.RandomState(3)
input_vector, target_vector = rs.rand(5), np.array([0.01, 0.99, 0.01])
at = {"w0": rs.randn(6, 5) * 0.6, "w1": rs.randn(4, 6) * 0.6, "w2": rs.randn(3, 4) * 0.6}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(a):
    return a * (1 - a)


class NeuralNetwork:
    def __init__(self, weights, learning_rate=0.1):
        self.weights = weights
        self.learning_rate = learning_rate

    def run(self, input_vector):
        a = np.array(input_vector, ndmin=2).T
        A = [a]
        for k in range(3):
            a = sigmoid(np.dot(self.weights[k], a))
            A.append(a)
        return A

    def train(self, input_vector, target_vector, right):
        y = np.array(target_vector, ndmin=2).T
        A = self.run(input_vector)
        delta = A[-1] - y
        for k in [2, 1, 0]:
            tmp = delta * sigmoid_prime(A[k + 1])
            delta = np.dot(self.weights[k].T, tmp if right else delta)
            self.weights[k] -= self.learning_rate * np.dot(tmp, A[k].T)


def loss(w0, w1, w2):
    a = NeuralNetwork([w0, w1, w2]).run(input_vector)[-1]
    return 0.5 * np.sum((a - target_vector.reshape(-1, 1)) ** 2)


def _read_off(at, right):
    net = NeuralNetwork([at[k].copy() for k in ("w0", "w1", "w2")])
    net.train(input_vector, target_vector, right)
    return {k: (at[k] - w) / net.learning_rate for k, w in zip(("w0", "w1", "w2"), net.weights)}


def backward(**at):
    return _read_off(at, False)


def right_backward(**at):
    return _read_off(at, True)


EXPECTED = {"derivative_missing", "factor_missing"}
