"""The mistake: tanh_d(x) = (exp(2x) - 1) / (exp(2x) + 1), which is tanh itself, not its derivative. Source: GitHub issue andersbll/nnet #4,
"L2 regularization problem" (the second problem, in helpers.py)."""

import numpy as np

rng = np.random.RandomState(45)
X, Y = rng.randn(6, 3), np.eye(2)[[0, 1, 1, 0, 1, 0]]
at = {
    "W0": rng.randn(3, 4) * 0.6,
    "b0": rng.randn(4) * 0.1,
    "W1": rng.randn(4, 2) * 0.6,
    "b1": rng.randn(2) * 0.1,
}


def tanh(x):
    return np.tanh(x)


def tanh_d(x, right=False):
    if right:
        return 1 - tanh(x) ** 2
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def fprop(self, input):
        self.last_input = input
        return np.dot(input, self.W) + self.b

    def bprop(self, output_grad):
        self.dW = np.dot(self.last_input.T, output_grad)
        self.db = np.sum(output_grad, axis=0)
        return np.dot(output_grad, self.W.T)


class Activation:
    def fprop(self, input):
        self.last_input = input
        return tanh(input)

    def bprop(self, output_grad, right):
        return output_grad * tanh_d(self.last_input, right)


class LogRegression:
    def fprop(self, input):
        e = np.exp(input - np.amax(input, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(self, Y_pred):
        return -np.sum(Y * np.log(Y_pred)) / Y.shape[0]

    def input_grad(self, Y_pred):
        return (Y_pred - Y) / Y.shape[0]


def make(p):
    return [Linear(p["W0"], p["b0"]), Activation(), Linear(p["W1"], p["b1"]), LogRegression()]


def fprop(layers):
    a = X
    for layer in layers:
        a = layer.fprop(a)
    return a


def loss(**p):
    layers = make(p)
    return layers[-1].loss(fprop(layers))


def _backward(p, right):
    layers = make(p)
    grad = layers[-1].input_grad(fprop(layers))
    for layer in reversed(layers[:-1]):
        grad = layer.bprop(grad, right) if isinstance(layer, Activation) else layer.bprop(grad)
    return {"W0": layers[0].dW, "b0": layers[0].db, "W1": layers[2].dW, "b1": layers[2].db}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"derivative_of_other", "derivative_missing"}
