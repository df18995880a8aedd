"""The mistake: del4, the delta of the output layer, is the bare error (no sigmoid derivative of the output); the hidden layers have
theirs. Read off the update. Source: GitHub issue jiexunsee/Neural-Network-with-Python #1, "Problem in Error/Delta for layer 3"."""

import numpy as np
from numpy import array, dot, exp

rng = np.random.RandomState(301)
training_set_inputs = array([[0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 1]])
training_set_outputs = array([[0, 1, 1, 0]]).T
at = {
    "synaptic_weights1": 2 * rng.random_sample((3, 5)) - 1,
    "synaptic_weights2": 2 * rng.random_sample((5, 6)) - 1,
    "synaptic_weights3": 2 * rng.random_sample((6, 1)) - 1,
}


class NeuralNetwork:
    def __init__(self, w1, w2, w3):
        self.synaptic_weights1 = w1
        self.synaptic_weights2 = w2
        self.synaptic_weights3 = w3

    def __sigmoid(self, x):
        return 1 / (1 + exp(-x))

    def __sigmoid_derivative(self, x):
        return x * (1 - x)

    def train(self, inputs, outputs, right=False):
        a2 = self.__sigmoid(dot(inputs, self.synaptic_weights1))
        a3 = self.__sigmoid(dot(a2, self.synaptic_weights2))
        output = self.__sigmoid(dot(a3, self.synaptic_weights3))

        del4 = outputs - output
        if right:
            del4 = del4 * self.__sigmoid_derivative(output)

        del3 = dot(self.synaptic_weights3, del4.T) * (self.__sigmoid_derivative(a3).T)
        del2 = dot(self.synaptic_weights2, del3) * (self.__sigmoid_derivative(a2).T)

        adjustment3 = dot(a3.T, del4)
        adjustment2 = dot(a2.T, del3.T)
        adjustment1 = dot(inputs.T, del2.T)

        self.synaptic_weights1 += adjustment1
        self.synaptic_weights2 += adjustment2
        self.synaptic_weights3 += adjustment3

    def forward_pass(self, inputs):
        a2 = self.__sigmoid(dot(inputs, self.synaptic_weights1))
        a3 = self.__sigmoid(dot(a2, self.synaptic_weights2))
        return self.__sigmoid(dot(a3, self.synaptic_weights3))


def loss(synaptic_weights1, synaptic_weights2, synaptic_weights3):
    net = NeuralNetwork(synaptic_weights1, synaptic_weights2, synaptic_weights3)
    return 0.5 * np.sum((training_set_outputs - net.forward_pass(training_set_inputs)) ** 2)


def _read_off(at, right):
    net = NeuralNetwork(*[w.copy() for w in at.values()])
    net.train(training_set_inputs, training_set_outputs, right)
    return {k: w - getattr(net, k) for k, w in at.items()}


def backward(**at):
    return _read_off(at, False)


def right_backward(**at):
    return _read_off(at, True)


EXPECTED = {"derivative_missing"}
