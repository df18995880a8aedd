"""The mistakes: dw is made of the layer's own output (activations[d]), not of its input (activations[d - 1]); and m = w.shape[1] is the number of
inputs of the layer, not of samples. Layers of equal size, so that it runs (the asker had 1 and 1). Source: Data Science Stack Exchange
question 25394, "Why can it be that my neural network is predicting the contrary?"."""

import numpy as np

rng = np.random.RandomState(25394)
X = rng.randn(3, 4)
Y = np.array([[0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
at = {
    "w1": rng.randn(3, 3),
    "b1": rng.randn(3, 1) * 0.1,
    "w2": rng.randn(3, 3),
    "b2": rng.randn(3, 1) * 0.1,
}


class NN:
    def __init__(self, w1, b1, w2, b2):
        self.weights = [None, w1, w2]
        self.biases = [None, b1, b2]

    def forward(self, X):
        activations, zs = [X], [None]
        a = X
        for d in range(1, len(self.weights)):
            z = self.weights[d].dot(a) + self.biases[d]
            a = 1 / (1 + np.exp(-z))
            zs.append(z)
            activations.append(a)
        return a, activations, zs

    def cost(self, X, Y):
        h = self.forward(X)[0]
        return -1.0 / Y.shape[1] * np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h))

    def gradients(self, X, Y, right):
        dws, dbs = [], []
        h, activations, zs = self.forward(X)
        da = -(np.divide(Y, h) - np.divide(1 - Y, 1 - h))
        for d in np.arange(1, len(self.weights))[::-1]:
            a = activations[d]
            w = self.weights[d]
            dz = da * a * (1 - a)
            m = X.shape[1] if right else w.shape[1]
            dw = 1.0 / m * dz.dot(activations[d - 1 if right else d].T)
            db = 1.0 / m * np.sum(dz, axis=1, keepdims=True)
            da = w.T.dot(dz)
            dws.insert(0, dw)
            dbs.insert(0, db)
        dws.insert(0, None)
        dbs.insert(0, None)
        return dws, dbs


def loss(**p):
    return NN(**p).cost(X, Y)


def _backward(p, right):
    dws, dbs = NN(**p).gradients(X, Y, right)
    return {"w1": dws[1], "b1": dbs[1], "w2": dws[2], "b2": dbs[2]}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"other_operand", "scale", "sum_for_mean"}
