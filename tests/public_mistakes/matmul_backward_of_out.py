"""The mistake: the _backward of matmul multiplies by out, the value of the product, where out.grad
belongs. Source: GitHub pull request Shubham-cyber-prog/100-Days-Of-Web-Development-ECWoC26 #1378 (review:
"matmul backward uses output values instead of output gradients"; JavaScript, here NumPy, two layers)."""

import numpy as np

rng = np.random.RandomState(1378)
X, T = rng.randn(5, 3), rng.randn(5, 2)
at = {"W1": rng.randn(3, 4) * 0.7, "W2": rng.randn(4, 2) * 0.7}


class Tensor:
    def __init__(self, data, parents=(), backward=lambda out, right: None):
        self.data, self.parents, self._backward = data, parents, backward
        self.grad = np.zeros_like(data)

    def matmul(self, other):
        def back(out, right):
            o = out.grad if right else out.data
            self.grad = self.grad + o @ other.data.T
            other.grad = other.grad + self.data.T @ o

        return Tensor(self.data @ other.data, (self, other), back)

    def relu(self):
        def back(out, right):
            self.grad = self.grad + out.grad * (self.data > 0)

        return Tensor(np.maximum(self.data, 0), (self,), back)


def forward(W1, W2):
    w1, w2 = Tensor(W1), Tensor(W2)
    z = Tensor(X).matmul(w1)
    h = z.relu()
    out = h.matmul(w2)
    return w1, w2, z, h, out


def loss(W1, W2):
    return np.mean((forward(W1, W2)[-1].data - T) ** 2)


def _backward(W1, W2, right):
    w1, w2, z, h, out = forward(W1, W2)
    out.grad = 2 * (out.data - T) / T.size
    for node in (out, h, z):
        node._backward(node, right)
    return {"W1": w1.grad, "W2": w2.grad}


def backward(W1, W2):
    return _backward(W1, W2, False)


def right_backward(W1, W2):
    return _backward(W1, W2, True)


EXPECTED = {"other_operand"}
