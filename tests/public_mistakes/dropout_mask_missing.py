"""The mistake: the dropout wrapper's backward divides by 1 - p, but does not apply the mask of the forward pass.
Source: GitHub issue ddbourgin/numpy-ml #94, "Backpropagation of dropout wrapper does not apply the mask"."""

import numpy as np

np.random.seed(94)
X, Y = np.random.rand(5, 4), np.random.rand(5, 2)
at = {
    "W_1": np.random.randn(4, 6),
    "b_1": np.random.randn(1, 6) * 0.1,
    "W_2": np.random.randn(6, 2),
    "b_2": np.zeros((1, 2)),
}
MASK = np.random.rand(5, 6) >= 0.4


class FullyConnected:
    def __init__(self, W, b, act=False):
        self.W, self.b, self.act = W, b, act

    def forward(self, X):
        self.X = X
        Z = X @ self.W + self.b
        self.A = np.tanh(Z) if self.act else Z
        return self.A

    def backward(self, dLdy):
        dZ = dLdy * (1 - self.A**2) if self.act else dLdy
        self.gradients = {"W": self.X.T @ dZ, "b": dZ.sum(axis=0, keepdims=True)}
        return dZ @ self.W.T


class Dropout:
    """A wrapper: its scaler is 1 / (1 - p)."""

    def __init__(self, wrapped_layer, p):
        self._base_layer, self.p = wrapped_layer, p

    def forward(self, X):
        scaler = 1.0 / (1.0 - self.p)
        return scaler * MASK * self._base_layer.forward(X)

    def backward(self, dLdy, with_mask):
        dLdy = dLdy * (1.0 / (1.0 - self.p))
        if with_mask:
            dLdy = dLdy * MASK
        return self._base_layer.backward(dLdy)


def build(W_1, b_1, W_2, b_2):
    return Dropout(FullyConnected(W_1, b_1, act=True), 0.4), FullyConnected(W_2, b_2)


def loss(**params):
    first, second = build(**params)
    return 0.5 * np.linalg.norm(second.forward(first.forward(X)) - Y) ** 2


def _backward(params, with_mask):
    first, second = build(**params)
    y_pred = second.forward(first.forward(X))
    first.backward(second.backward(y_pred - Y), with_mask)
    g1, g2 = first._base_layer.gradients, second.gradients
    return {"W_1": g1["W"], "b_1": g1["b"], "W_2": g2["W"], "b_2": g2["b"]}


def backward(**params):
    return _backward(params, False)


def right_backward(**params):
    return _backward(params, True)


EXPECTED = {"factor_missing", "derivative_missing"}
