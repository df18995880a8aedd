"""The mistake: the backward pass of the Huber loss forgets to multiply with the gradient that comes in (gy), here the weight of
each sample."""

import numpy as np

rng = np.random.RandomState(15)
X, t = rng.randn(8, 3), rng.randn(8, 2) * 2
weight = rng.rand(8) + 0.2
delta = 1.0
at = {"W": rng.randn(3, 2), "b": rng.randn(2)}


class HuberLoss:
    def forward(self, x0, x1):
        self.diff = x0 - x1
        y = np.square(self.diff)
        mask = y > (delta**2)
        y = np.where(mask, 2 * delta * np.abs(self.diff) - delta**2, y)
        y *= 0.5
        return y.sum(axis=1)

    def backward(self, gy, right):
        mask = np.abs(self.diff) <= delta
        gx = np.where(mask, self.diff, delta * np.sign(self.diff))
        if right:
            gx = gy.reshape(gy.shape + (1,) * (self.diff.ndim - 1)) * gx
        return gx


huber = HuberLoss()


def loss(W, b):
    return np.sum(weight * huber.forward(X @ W + b, t))


def _backward(W, b, right):
    loss(W, b)
    g = huber.backward(weight, right)
    return {"W": X.T @ g, "b": g.sum(0)}


def backward(W, b):
    return _backward(W, b, False)


def right_backward(W, b):
    return _backward(W, b, True)


EXPECTED = {"factor_missing"}
