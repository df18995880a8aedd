"""Losses with an L2 term on the weights, and never on the biases."""

import numpy as np

from .draw import inputs, one_hot, weights


class Ridge:
    """Linear regression with lam * sum(w**2)."""

    mistakes = {
        "no L2": "regularization_missing",
        "L2 on b": "regularization_on_bias",
        "y - out": "sign",
        "everything halved": "scale",
        "absolute error": "other_loss",
        "b forgotten": "bias_forgotten",
    }
    doubles = []

    def __init__(self, seed, n=10, d=4, lam=0.3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.lam = n, lam
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, w=(d,), b=(1,))

    def loss(self, w, b):
        return np.mean((self.X @ w + b - self.y) ** 2) + self.lam * np.sum(w**2)

    def backward(self, at, *mistakes):
        w, b = at.values()
        error = self.X @ w + b - self.y
        d = 2 * error / self.n
        if "absolute error" in mistakes:
            d = np.sign(error) / self.n
        dw = self.X.T @ d + 2 * self.lam * w
        db = d.sum(keepdims=True)
        if "no L2" in mistakes:
            dw = self.X.T @ d
        if "L2 on b" in mistakes:
            db = db + 2 * self.lam * b
        if "b forgotten" in mistakes:
            db = 0 * b
        if "y - out" in mistakes:
            return dict(w=-dw, b=-db)
        if "everything halved" in mistakes:
            return dict(w=dw / 2, b=db / 2)
        return dict(w=dw, b=db)


class RegularizedMLP:
    """A tanh layer, squared error and 0.5 * lam * (|W1|^2 + |W2|^2)."""

    mistakes = {
        "no L2": "regularization_missing",
        "no L2 on W1": "regularization_missing",
        "no L2 on W2": "regularization_missing",
        "L2 on b1 and b2": "regularization_on_bias",
        "L2 on b1": "regularization_on_bias",
        "data term without 1/n": "sum_for_mean",
        "no tanh'": "derivative_missing",
        "a (1 - a)": "derivative_of_other",
        "W2 already updated": "stale_weights",
        "b1 mean": "bias_reduction sum_for_mean scale",
        "b1 forgotten": "bias_forgotten",
    }
    doubles = [("no L2", "no tanh'"), ("L2 on b1 and b2", "data term without 1/n")]

    def __init__(self, seed, n=6, d=3, h=5, k=2, lam=0.1, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.lam = n, lam
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, k, dtype=dtype)
        self.at = weights(rng, dtype, W1=(d, h), b1=(h,), W2=(h, k), b2=(k,))

    def loss(self, W1, b1, W2, b2):
        out = np.tanh(self.X @ W1 + b1) @ W2 + b2
        data = np.sum((out - self.y) ** 2) / self.n
        return data + 0.5 * self.lam * (np.sum(W1**2) + np.sum(W2**2))

    def backward(self, at, *mistakes):
        W1, b1, W2, b2 = at.values()
        a = np.tanh(self.X @ W1 + b1)
        dout = 2 * (a @ W2 + b2 - self.y)
        if "data term without 1/n" not in mistakes:
            dout = dout / self.n
        dW2, db2 = a.T @ dout, dout.sum(axis=0)
        if "no L2" not in mistakes and "no L2 on W2" not in mistakes:
            dW2 += self.lam * W2
        if "W2 already updated" in mistakes:
            W2 = W2 - 0.1 * dW2

        dz = dout @ W2.T
        if "no tanh'" not in mistakes:
            dz = dz * (a * (1 - a) if "a (1 - a)" in mistakes else 1 - a**2)
        dW1, db1 = self.X.T @ dz, dz.sum(axis=0)
        if "no L2" not in mistakes and "no L2 on W1" not in mistakes:
            dW1 += self.lam * W1
        if "b1 mean" in mistakes:
            db1 = dz.mean(axis=0)
        if "b1 forgotten" in mistakes:
            db1 = np.zeros_like(b1)
        if "L2 on b1" in mistakes or "L2 on b1 and b2" in mistakes:
            db1 = db1 + self.lam * b1
        if "L2 on b1 and b2" in mistakes:
            db2 = db2 + self.lam * b2
        return dict(W1=dW1, b1=db1, W2=dW2, b2=db2)


class RegularizedSoftmax:
    """A softmax classifier, cross-entropy as log-sum-exp minus the right logit, and an L2 term."""

    mistakes = {
        "no L2": "regularization_missing",
        "L2 on b": "regularization_on_bias",
        "softmax over the batch": "softmax_axis",
        "p without - y": "path_missing",
        "b mean": "bias_reduction sum_for_mean scale",
        "wrong sign": "sign",
    }
    doubles = [("L2 on b", "p without - y")]

    def __init__(self, seed, n=8, d=5, k=3, lam=0.02):
        rng = np.random.default_rng(seed)
        self.n, self.lam = n, lam
        self.X = inputs(rng, n, d)
        self.Y = one_hot(rng.integers(0, k, size=n), k)
        self.at = weights(rng, W=(d, k), b=(k,))

    def loss(self, W, b):
        z = self.X @ W + b
        cross_entropy = np.log(np.exp(z).sum(axis=1)) - (z * self.Y).sum(axis=1)
        return cross_entropy.mean() + self.lam / 2 * (W * W).sum()

    def backward(self, at, *mistakes):
        W, b = at.values()
        e = np.exp(self.X @ W + b)
        p = e / e.sum(axis=0) if "softmax over the batch" in mistakes else (e.T / e.sum(axis=1)).T
        dz = p / self.n
        if "p without - y" not in mistakes:
            dz = (p - self.Y) / self.n
        dW = self.X.T @ dz
        if "no L2" not in mistakes:
            dW = dW + self.lam * W
        db = dz.mean(axis=0) if "b mean" in mistakes else dz.sum(axis=0)
        if "L2 on b" in mistakes:
            db = db + self.lam * b
        if "wrong sign" in mistakes:
            return dict(W=-dW, b=-db)
        return dict(W=dW, b=db)


class RegularizedLogistic:
    """Logistic regression as a loop over the samples; lam / (2 n) times |w|^2, added after it."""

    mistakes = {
        "no L2": "regularization_missing",
        "L2 on b": "regularization_on_bias",
        "dw = for +=": "overwritten single_sample",
        "squared error": "other_loss derivative_twice",
        "data term without 1/n": "sum_for_mean",
    }
    doubles = [("no L2", "squared error")]

    def __init__(self, seed, n=5, d=6, lam=1.0):
        rng = np.random.default_rng(seed)
        self.n, self.lam = n, lam
        self.X = inputs(rng, n, d)
        self.y = rng.integers(0, 2, size=n)
        self.at = weights(rng, w=(d,), b=(1,))

    def loss(self, w, b):
        p = 1 / (1 + np.exp(-(self.X @ w + b)))
        entropy = -(self.y * np.log(p) + (1 - self.y) * np.log(1 - p))
        return entropy.sum() / self.n + self.lam / (2 * self.n) * (w @ w)

    def backward(self, at, *mistakes):
        w, b = at.values()
        dw, db = np.zeros_like(w), np.zeros_like(b)
        for x, y in zip(self.X, self.y):
            p = 1 / (1 + np.exp(-(x @ w + b)))
            dz = p - y
            if "squared error" in mistakes:
                dz = (p - y) * p * (1 - p)
            dw = dz * x if "dw = for +=" in mistakes else dw + dz * x
            db = db + dz
        if "data term without 1/n" not in mistakes:
            dw, db = dw / self.n, db / self.n
        if "no L2" not in mistakes:
            dw = dw + self.lam / self.n * w
        if "L2 on b" in mistakes:
            db = db + self.lam / self.n * b
        return dict(w=dw, b=db)


def models():
    yield Ridge(seed=501)
    yield RegularizedMLP(seed=502)
    yield RegularizedMLP(seed=503, n=20, d=4, lam=0.1, dtype=np.float32)
    yield RegularizedSoftmax(seed=504)
    yield RegularizedLogistic(seed=505)
