"""The mistake (the asker's proposal; input was right): FullConnectedLayer.backward computes the delta of the layer before as
activator.backward(self.output) * dot(W.T, delta), with this layer's output where its input belongs. All layers have the same size.
Source: GitHub issue hanbt/learn_dl #15 (fc.py line 47)."""

import numpy as np

rng = np.random.RandomState(309)
sample, label = rng.rand(4, 1), rng.rand(4, 1)
at = {}
for i in range(3):
    at[f"W{i}"], at[f"b{i}"] = rng.randn(4, 4), rng.randn(4, 1)


class SigmoidActivator(object):
    def forward(self, weighted_input):
        return 1.0 / (1.0 + np.exp(-weighted_input))

    def backward(self, output):
        return output * (1 - output)


class FullConnectedLayer(object):
    def __init__(self, W, b, activator):
        self.W, self.b, self.activator = W, b, activator

    def forward(self, input_array):
        self.input = input_array
        self.output = self.activator.forward(np.dot(self.W, input_array) + self.b)

    def backward(self, delta_array, right):
        self.delta = self.activator.backward(self.input if right else self.output) * np.dot(
            self.W.T, delta_array
        )
        self.W_grad = np.dot(delta_array, self.input.T)
        self.b_grad = delta_array


class Network(object):
    def __init__(self, p):
        self.layers = [FullConnectedLayer(p[f"W{i}"], p[f"b{i}"], SigmoidActivator()) for i in range(3)]

    def predict(self, sample):
        output = sample
        for layer in self.layers:
            layer.forward(output)
            output = layer.output
        return output

    def calc_gradient(self, label, right):
        delta = -self.layers[-1].activator.backward(self.layers[-1].output) * (
            label - self.layers[-1].output
        )
        for layer in self.layers[::-1]:
            layer.backward(delta, right)
            delta = layer.delta
        return delta


def loss(**p):
    return 0.5 * ((label - Network(p).predict(sample)) ** 2).sum()


def _backward(p, right):
    net = Network(p)
    net.predict(sample)
    net.calc_gradient(label, right)
    g = {}
    for i, layer in enumerate(net.layers):
        g[f"W{i}"], g[f"b{i}"] = layer.W_grad, layer.b_grad
    return g


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"derivative_argument", "other_operand"}
