"""The mistake: the layer subtracts weight_decay * W from its gradient; the penalty of the loss asks for a plus. Source:
github.com/andersbll/nnet issue 4, "L2 regularization problem" (and the same in andersbll/deeppy issue 17)."""

import numpy as np

rng = np.random.RandomState(17)
X, T = rng.randn(9, 4), np.eye(3)[rng.randint(0, 3, 9)]
decay = 0.15
at = {
    "W0": rng.randn(4, 6) * 0.5,
    "b0": rng.randn(6) * 0.1,
    "W1": rng.randn(6, 3) * 0.5,
    "b1": rng.randn(3) * 0.1,
}


class Linear:
    def __init__(self, W, b, weight_decay, sign):
        self.W, self.b, self.weight_decay, self.sign = W, b, weight_decay, sign

    def fprop(self, input):
        self.last_input = input
        return np.dot(input, self.W) + self.b

    def bprop(self, output_grad):
        n = output_grad.shape[0]
        self.dW = np.dot(self.last_input.T, output_grad) / n + self.sign * self.weight_decay * self.W
        self.db = np.mean(output_grad, axis=0)
        return np.dot(output_grad, self.W.T)

    def penalty(self):
        return 0.5 * self.weight_decay * np.sum(self.W**2)


class Tanh:
    def fprop(self, input):
        self.last_output = np.tanh(input)
        return self.last_output

    def bprop(self, output_grad):
        return output_grad * (1 - self.last_output**2)

    def penalty(self):
        return 0


class LogReg:
    def fprop(self, input):
        e = np.exp(input - np.max(input, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def loss(self, Y, Y_pred):
        return -np.sum(Y * np.log(Y_pred)) / Y.shape[0]

    def input_grad(self, Y, Y_pred):
        return -(Y - Y_pred)


def network(W0, b0, W1, b1, sign):
    return [Linear(W0, b0, decay, sign), Tanh(), Linear(W1, b1, decay, sign)], LogReg()


def loss(W0, b0, W1, b1):
    layers, out = network(W0, b0, W1, b1, 1)
    h = X
    for layer in layers:
        h = layer.fprop(h)
    return out.loss(T, out.fprop(h)) + sum(layer.penalty() for layer in layers)


def _backward(p, sign):
    layers, out = network(**p, sign=sign)
    h = X
    for layer in layers:
        h = layer.fprop(h)
    grad = out.input_grad(T, out.fprop(h))
    for layer in reversed(layers):
        grad = layer.bprop(grad)
    return {"W0": layers[0].dW, "b0": layers[0].db, "W1": layers[2].dW, "b1": layers[2].db}


def backward(**p):
    return _backward(p, -1)


def right_backward(**p):
    return _backward(p, 1)


EXPECTED = {"sign", "term_factor", "regularization_missing"}
