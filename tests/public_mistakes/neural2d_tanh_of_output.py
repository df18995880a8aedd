"""The mistake: the derivative 1 - tanh(x)^2 is called with the neuron's output, which is tanh(sum) already, not with the sum. A net of
Neuron objects. Source: GitHub issue davidrmiller/neural2d #40, "Are the TF derivatives correctly implemented?"."""

import numpy as np

rng = np.random.RandomState(16)
topology = [2, 3, 2]
pattern, targets = [0.6, -0.9], [0.4, -0.3]
at = {"hid": rng.randn(3, 3) * 0.9, "out": rng.randn(2, 4) * 0.9}


def transferFunctionTanh(x):
    return np.tanh(x)


def transferFunctionDerivativeTanh(x):
    return 1.0 - np.tanh(x) * np.tanh(x)


class Neuron:
    def __init__(self, weights):
        self.weights = weights
        self.gradient = 0.0

    def feedForward(self, prev):
        s = self.weights[-1]
        for w, v in zip(self.weights, prev):
            s = s + w * v
        self.sum = s
        self.output = transferFunctionTanh(s)

    def calcOutputGradients(self, targetVal, right):
        delta = self.output - targetVal
        self.gradient = delta * transferFunctionDerivativeTanh(self.sum if right else self.output)

    def calcHiddenGradients(self, nextLayer, n, right):
        dow = 0.0
        for neuron in nextLayer:
            dow += neuron.weights[n] * neuron.gradient
        self.gradient = dow * transferFunctionDerivativeTanh(self.sum if right else self.output)


class Net:
    def __init__(self, hid, out):
        self.layers = [[Neuron(row) for row in hid], [Neuron(row) for row in out]]

    def feedForward(self, inputs):
        prev = inputs
        for layer in self.layers:
            for neuron in layer:
                neuron.feedForward(prev)
            prev = [neuron.output for neuron in layer]
        return prev

    def backProp(self, targetVals, right):
        for neuron, t in zip(self.layers[1], targetVals):
            neuron.calcOutputGradients(t, right)
        for n, neuron in enumerate(self.layers[0]):
            neuron.calcHiddenGradients(self.layers[1], n, right)


def loss(hid, out):
    return sum((o - t) ** 2 for o, t in zip(Net(hid, out).feedForward(pattern), targets)) / 2


def _backward(hid, out, right):
    net = Net(hid, out)
    net.feedForward(pattern)
    net.backProp(targets, right)
    h = [neuron.output for neuron in net.layers[0]]
    return {
        "hid": np.array([[n.gradient * v for v in pattern + [1.0]] for n in net.layers[0]]),
        "out": np.array([[n.gradient * v for v in h + [1.0]] for n in net.layers[1]]),
    }


def backward(hid, out):
    return _backward(hid, out, False)


def right_backward(hid, out):
    return _backward(hid, out, True)


EXPECTED = {"derivative_argument"}
