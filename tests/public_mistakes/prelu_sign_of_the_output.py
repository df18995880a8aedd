"""The mistake: the gradient of PReLU's input looks at the sign of the output, xelu_grad(output, gamma), where that of the input belongs;
with a negative gamma (the slope is learned) the output of a negative input is positive. Source: GitHub issue apache/mxnet #2856 and
pull request #3277, "fix PReLU backward computing"."""

import numpy as np

rng = np.random.RandomState(20)
data, label = rng.randn(6, 3), rng.randn(6, 2)
at = {
    "w1": rng.randn(3, 4),
    "gamma": np.array([0.25, -0.2, 0.1, -0.4]),
    "w2": rng.randn(4, 2),
}


def xelu(a, b):
    return np.where(a > 0, a, a * b)


def xelu_grad(a, b):
    return np.where(a > 0, 1.0, b)


def prelu_grad(a):
    return np.where(a > 0, 0.0, a)


class LeakyReLUOp:
    def Forward(self, x, gamma):
        self.x, self.gamma = x, gamma
        self.output = xelu(x, gamma)
        return self.output

    def Backward(self, grad, right):
        grad_weight = np.sum(prelu_grad(self.x) * grad, axis=0)
        gdata = xelu_grad(self.x if right else self.output, self.gamma) * grad
        return gdata, grad_weight


def loss(w1, gamma, w2):
    return np.mean((LeakyReLUOp().Forward(data @ w1, gamma) @ w2 - label) ** 2)


def _backward(w1, gamma, w2, right):
    op = LeakyReLUOp()
    out = op.Forward(data @ w1, gamma)
    g = 2 * (out @ w2 - label) / label.size
    gdata, ggamma = op.Backward(g @ w2.T, right)
    return {"w1": data.T @ gdata, "gamma": ggamma, "w2": out.T @ g}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_argument"}
