"""Models in which a weight is used more than once."""

import numpy as np

from .draw import inputs, weights


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class TiedAutoencoder:
    """The decoder is the encoder's transpose: out = sigmoid(X W + b) W.T + c."""

    mistakes = {
        "no decoder use": "shared_use_missing overwritten",
        "no encoder use": "shared_use_missing overwritten",
        "no sigmoid'": "derivative_missing",
        "tanh' for sigmoid'": "derivative_of_other",
        "no 1/n": "sum_for_mean",
        "no 2": "scale",
        "b forgotten": "bias_forgotten",
        "c mean": "bias_reduction sum_for_mean scale",
        "W already updated": "stale_weights",
    }
    doubles = [("no decoder use", "no 1/n")]

    def __init__(self, seed, n=7, d=5, h=3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.at = weights(rng, dtype, W=(d, h), b=(h,), c=(d,))

    def loss(self, W, b, c):
        h = sigmoid(self.X @ W + b)
        return np.sum((h @ W.T + c - self.X) ** 2) / self.n

    def backward(self, at, *mistakes):
        W, b, c = at.values()
        X = self.X
        h = sigmoid(X @ W + b)
        dout = 2 * (h @ W.T + c - X) / self.n
        if "no 1/n" in mistakes:
            dout = dout * self.n
        if "no 2" in mistakes:
            dout = dout / 2
        decoder = dout.T @ h
        if "W already updated" in mistakes:
            W = W - 0.001 * decoder
        dz = dout @ W
        if "tanh' for sigmoid'" in mistakes:
            dz = dz * (1 - h**2)
        elif "no sigmoid'" not in mistakes:
            dz = dz * h * (1 - h)
        encoder = X.T @ dz
        dW = encoder + decoder
        if "no decoder use" in mistakes:
            dW = encoder
        if "no encoder use" in mistakes:
            dW = decoder
        db = np.zeros_like(b) if "b forgotten" in mistakes else dz.sum(axis=0)
        dc = dout.mean(axis=0) if "c mean" in mistakes else dout.sum(axis=0)
        return dict(W=dW, b=db, c=dc)


class SameLayerTwice:
    """One square tanh layer applied two times, then a linear output v."""

    mistakes = {
        "second use only": "shared_use_missing detached overwritten",
        "first use only": "shared_use_missing overwritten",
        "b once": "shared_use_missing overwritten bias_reduction",
        "W for W.T": "transposed",
        "no tanh' in the first use": "derivative_missing",
        "1 - z**2": "derivative_argument",
        "v reversed": "permuted",
        "wrong sign": "sign",
    }
    doubles = [("first use only", "wrong sign")]

    def __init__(self, seed, n=6, d=4):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X, self.y = inputs(rng, n, d), inputs(rng, n)
        self.at = weights(rng, W=(d, d), b=(d,), v=(d,))

    def loss(self, W, b, v):
        h = self.X
        for _ in range(2):
            h = np.tanh(h @ W + b)
        return 0.5 * np.mean((h @ v - self.y) ** 2)

    def backward(self, at, *mistakes):
        W, b, v = at.values()
        z1 = self.X @ W + b
        h1 = np.tanh(z1)
        h2 = np.tanh(h1 @ W + b)
        dout = (h2 @ v - self.y) / self.n
        if "wrong sign" in mistakes:
            dout = -dout
        dz2 = np.outer(dout, v) * (1 - h2**2)
        dz1 = dz2 @ (W if "W for W.T" in mistakes else W.T)
        if "1 - z**2" in mistakes:
            dz1 = dz1 * (1 - z1**2)
        elif "no tanh' in the first use" not in mistakes:
            dz1 = dz1 * (1 - h1**2)

        first, second = self.X.T @ dz1, h1.T @ dz2
        dW, db = first + second, dz1.sum(axis=0) + dz2.sum(axis=0)
        if "second use only" in mistakes:
            dW, db = second, dz2.sum(axis=0)
        if "first use only" in mistakes:
            dW, db = first, dz1.sum(axis=0)
        if "b once" in mistakes:
            db = dz2.sum(axis=0)
        dv = h2.T @ dout
        return dict(W=dW, b=db, v=dv[::-1] if "v reversed" in mistakes else dv)


class Siamese:
    """Two inputs through the same tanh layer; their distance should be t."""

    mistakes = {
        "second input forgotten": "shared_use_missing path_missing detached overwritten",
        "first input forgotten": "shared_use_missing path_missing detached overwritten",
        "no tanh'": "derivative_missing",
        "wrong sign": "sign",
        "no 2": "scale",
    }
    doubles = []

    def __init__(self, seed, n=6, d=4, h=3):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X1, self.X2 = inputs(rng, n, d), inputs(rng, n, d)
        self.t = rng.uniform(size=n)
        self.at = weights(rng, W=(d, h), b=(h,))

    def loss(self, W, b):
        difference = np.tanh(self.X1 @ W + b) - np.tanh(self.X2 @ W + b)
        distance = np.sum(difference**2, axis=1)
        return np.mean((distance - self.t) ** 2)

    def backward(self, at, *mistakes):
        W, b = at.values()
        e1, e2 = np.tanh(self.X1 @ W + b), np.tanh(self.X2 @ W + b)
        distance = np.sum((e1 - e2) ** 2, axis=1, keepdims=True)
        ddistance = 2 * (distance - self.t[:, None]) / self.n
        de = ddistance * (e1 - e2) * (1 if "no 2" in mistakes else 2)
        if "wrong sign" in mistakes:
            de = -de
        dz1, dz2 = de, -de
        if "no tanh'" not in mistakes:
            dz1, dz2 = dz1 * (1 - e1**2), dz2 * (1 - e2**2)
        if "second input forgotten" in mistakes:
            dz2 = 0 * dz2
        if "first input forgotten" in mistakes:
            dz1 = 0 * dz1
        return dict(W=self.X1.T @ dz1 + self.X2.T @ dz2, b=(dz1 + dz2).sum(axis=0))


def models():
    yield TiedAutoencoder(seed=601)
    yield SameLayerTwice(seed=602)
    yield Siamese(seed=605)
