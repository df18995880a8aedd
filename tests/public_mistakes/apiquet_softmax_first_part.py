"""The mistake: Softmax.backward has the part i = j alone, ddout = dout * (p * (1 - p)); the part i != j is missing. The loss is a
cross-entropy whose gradient is handed to the softmax layer. Source: GitHub issue Apiquet/DeepLearningFrameworkFromScratchCpp #1,
"Softmax gradient" (C++; here in NumPy)."""

import numpy as np

rng = np.random.RandomState(311)
x, y = rng.randn(6, 3), np.eye(4)[[0, 2, 1, 3, 0, 2]]
at = {"w1": rng.randn(3, 5), "b1": rng.randn(1, 5), "w2": rng.randn(5, 4), "b2": rng.randn(1, 4)}


class Linear:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dout):
        self.dw = self.x.T @ dout
        self.db = dout.sum(axis=0, keepdims=True)
        return dout @ self.w.T


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = e / e.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, dout, right=False):
        if right:
            return self.out * (dout - (dout * self.out).sum(axis=1, keepdims=True))
        return dout * (self.out * (1.0 - self.out))


class CrossEntropy:
    def loss(self, yhat, y):
        return -np.sum(y * np.log(yhat)) / y.shape[0]

    def backward(self, yhat, y):
        return -y / yhat / y.shape[0]


def build(w1, b1, w2, b2):
    return [Linear(w1, b1), ReLU(), Linear(w2, b2), Softmax()]


def loss(w1, b1, w2, b2):
    out = x
    for layer in build(w1, b1, w2, b2):
        out = layer.forward(out)
    return CrossEntropy().loss(out, y)


def _backward(p, right):
    layers = build(**p)
    out = x
    for layer in layers:
        out = layer.forward(out)
    dout = CrossEntropy().backward(out, y)
    dout = layers[-1].backward(dout, right)
    for layer in layers[-2::-1]:
        dout = layer.backward(dout)
    return {"w1": layers[0].dw, "b1": layers[0].db, "w2": layers[2].dw, "b2": layers[2].db}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"softmax_elementwise"}
