"""The mistake: Sigmoid.backward is self.x * (1 - self.x) * grad with x the input, where the output belongs. Source: GitHub issue BoltzmannEntropy/interviews.ai
#15, "SOL-120 bug?" (here in a net of two layers)."""

import numpy as np

rng = np.random.RandomState(120)
inputs = rng.randn(5, 3)
goal = rng.rand(5, 2)
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.3, "W2": rng.randn(4, 2), "b2": rng.randn(2) * 0.3}


class Sigmoid:
    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, grad):
        grad_input = self.x * (1 - self.x) * grad
        return grad_input


class RightSigmoid(Sigmoid):
    def backward(self, grad):
        sigmoid_output = self.forward(self.x)
        return sigmoid_output * (1 - sigmoid_output) * grad


def loss(W1, b1, W2, b2):
    h = Sigmoid().forward(inputs @ W1 + b1)
    return np.sum((Sigmoid().forward(h @ W2 + b2) - goal) ** 2)


def _backward(W1, b1, W2, b2, cls):
    one, two = cls(), cls()
    h = one.forward(inputs @ W1 + b1)
    o = two.forward(h @ W2 + b2)
    d2 = two.backward(2 * (o - goal))
    d1 = one.backward(d2 @ W2.T)
    return {"W1": inputs.T @ d1, "b1": d1.sum(0), "W2": h.T @ d2, "b2": d2.sum(0)}


def backward(**at):
    return _backward(**at, cls=Sigmoid)


def right_backward(**at):
    return _backward(**at, cls=RightSigmoid)


EXPECTED = {"derivative_argument"}
