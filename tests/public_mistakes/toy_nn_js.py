"""The mistakes: weights_ho is changed before the hidden errors are computed with its transpose; and the hidden errors are made of
output_errors, not of the gradients (no derivative of the output's sigmoid). Read off the update. Source: GitHub issue
CodingTrain/Toy-Neural-Network-JS #72, "Adjust at the end" (JavaScript; here in NumPy)."""

import numpy as np

rng = np.random.RandomState(305)
inputs, targets = rng.rand(3, 1), np.array([[1.0], [0.0]])
lr = 0.4
at = {
    "weights_ih": rng.randn(4, 3),
    "bias_h": rng.randn(4, 1),
    "weights_ho": rng.randn(2, 4),
    "bias_o": rng.randn(2, 1),
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def dsigmoid(y):
    return y * (1 - y)


def loss(weights_ih, bias_h, weights_ho, bias_o):
    hidden = sigmoid(weights_ih @ inputs + bias_h)
    outputs = sigmoid(weights_ho @ hidden + bias_o)
    return np.sum((targets - outputs) ** 2) / 2


class NeuralNetwork:
    def __init__(self, weights_ih, bias_h, weights_ho, bias_o):
        self.weights_ih, self.bias_h = weights_ih.copy(), bias_h.copy()
        self.weights_ho, self.bias_o = weights_ho.copy(), bias_o.copy()
        self.learning_rate = lr

    def train(self, right):
        hidden = sigmoid(np.dot(self.weights_ih, inputs) + self.bias_h)
        outputs = sigmoid(np.dot(self.weights_ho, hidden) + self.bias_o)
        output_errors = targets - outputs
        gradients = dsigmoid(outputs)
        gradients = gradients * output_errors
        old = self.weights_ho.T.copy(), gradients
        gradients = gradients * self.learning_rate
        hidden_T = hidden.T
        weight_ho_deltas = np.dot(gradients, hidden_T)
        self.weights_ho += weight_ho_deltas
        self.bias_o += gradients
        who_t = self.weights_ho.T
        hidden_errors = np.dot(who_t, output_errors)
        if right:
            hidden_errors = np.dot(*old)
        hidden_gradient = dsigmoid(hidden)
        hidden_gradient = hidden_gradient * hidden_errors
        hidden_gradient = hidden_gradient * self.learning_rate
        self.weights_ih += np.dot(hidden_gradient, inputs.T)
        self.bias_h += hidden_gradient


def _read_off(p, right):
    net = NeuralNetwork(**p)
    net.train(right)
    return {k: (p[k] - getattr(net, k)) / lr for k in p}


def backward(**p):
    return _read_off(p, False)


def right_backward(**p):
    return _read_off(p, True)


EXPECTED = {"stale_weights", "derivative_missing"}
