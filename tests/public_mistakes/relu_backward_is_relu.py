"""The mistake: Relu.backward returns np.where(X > 0, X, 0) * grad: the ReLU itself in place of its derivative, 1 where X > 0. Layers as
classes. Source: GitHub issue denggaoshan/DeepLearningStudy #1 (the ReLU in Layers.py; the fix of the issue is a picture)."""

import numpy as np

rng = np.random.RandomState(316)
X, T = rng.randn(6, 3), rng.randn(6, 2)
at = {
    "W1": rng.normal(0, 1, (3, 5)),
    "b1": rng.normal(0, 1, (1, 5)),
    "W2": rng.normal(0, 1, (5, 2)),
    "b2": rng.normal(0, 1, (1, 2)),
}


class LinearLayer:
    def __init__(self, W, b):
        self._W, self._b = W, b

    def forward(self, X):
        assert X.shape[1] == self._W.shape[0]
        return np.matmul(X, self._W) + self._b

    def backward(self, X, grad):
        assert (
            X.shape[0] == grad.shape[0]
            and X.shape[1] == self._W.shape[0]
            and grad.shape[1] == self._W.shape[1]
        )
        self._grad_W = np.matmul(X.T, grad)
        self._grad_b = np.matmul(grad.T, np.ones(X.shape[0]))
        return np.matmul(grad, self._W.T)


class Relu:
    def forward(self, X):
        return np.where(X < 0, 0, X)

    def backward(self, X, grad, right=False):
        assert X.shape == grad.shape
        if right:
            return np.where(X > 0, 1, 0) * grad
        return np.where(X > 0, X, 0) * grad


class MSELoss:
    def forward(self, X, label):
        return np.sum(np.square(X - label)) / (2 * X.shape[0])

    def backward(self, X, label):
        return (X - label) / X.shape[0]


def loss(W1, b1, W2, b2):
    l1, act, l2 = LinearLayer(W1, b1), Relu(), LinearLayer(W2, b2)
    return MSELoss().forward(l2.forward(act.forward(l1.forward(X))), T)


def _backward(W1, b1, W2, b2, right):
    l1, act, l2 = LinearLayer(W1, b1), Relu(), LinearLayer(W2, b2)
    h1 = l1.forward(X)
    h2 = act.forward(h1)
    out = l2.forward(h2)
    grad = MSELoss().backward(out, T)
    grad = l2.backward(h2, grad)
    grad = act.backward(h1, grad, right)
    l1.backward(X, grad)
    return {
        "W1": l1._grad_W,
        "b1": l1._grad_b.reshape(1, -1),
        "W2": l2._grad_W,
        "b2": l2._grad_b.reshape(1, -1),
    }


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_of_other", "factor_twice"}
