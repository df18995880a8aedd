"""Models of one layer, and networks written as plain Python loops over the samples."""

import math

import numpy as np

from .draw import inputs, weights


class LinearRegression:
    """A straight line through points: w, b and the mean of the squares."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "no 2": "scale",
        "y - out": "sign",
        "b forgotten": "bias_forgotten",
        "b mean": "bias_reduction sum_for_mean scale",
        "absolute error": "other_loss",
        "w rolled": "permuted",
        "only the first sample": "single_sample",
    }
    doubles = [("no 2", "b forgotten")]

    def __init__(self, seed, n=12, d=4, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, w=(d,), b=(1,))

    def loss(self, w, b):
        return ((self.X @ w + b - self.y) ** 2).mean()

    def backward(self, at, *mistakes):
        w, b = at.values()
        X, n = self.X, self.n
        e = X @ w + b - self.y
        d = 2 * e / n
        if "no 1/n" in mistakes:
            d = 2 * e
        if "no 2" in mistakes:
            d = e / n
        if "y - out" in mistakes:
            d = -d
        if "absolute error" in mistakes:
            d = np.sign(e) / n
        if "only the first sample" in mistakes:
            X, d = X[:1], d[:1]
        dw = X.T @ d
        if "w rolled" in mistakes:
            dw = np.roll(dw, 1)
        db = np.array([d.sum()])
        if "b forgotten" in mistakes:
            db = np.zeros_like(b)
        if "b mean" in mistakes:
            db = np.array([d.mean()])
        return dict(w=dw, b=db)


class LogisticMargin:
    """Logistic regression with labels -1 and 1, and the labels inside the exponential."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "wrong sign": "sign",
        "hinge loss": "other_loss",
        "exponential loss": "other_loss",
        "b mean": "bias_reduction sum_for_mean scale",
        "only the first sample": "single_sample",
    }
    doubles = []

    def __init__(self, seed, n=9, d=5, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = rng.choice([-1, 1], size=n).astype(dtype)
        self.at = weights(rng, dtype, w=(d,), b=(1,))

    def loss(self, w, b):
        margin = self.y * (self.X @ w + b)
        return np.sum(np.log(1 + np.exp(-margin))) / self.n

    def backward(self, at, *mistakes):
        w, b = at.values()
        X, y, n = self.X, self.y, self.n
        margin = y * (X @ w + b)
        d = -y / (1 + np.exp(margin)) / n
        if "no 1/n" in mistakes:
            d = d * n
        if "wrong sign" in mistakes:
            d = -d
        if "hinge loss" in mistakes:
            d = -y * (margin < 1) / n
        if "exponential loss" in mistakes:
            d = -y * np.exp(-margin) / n
        if "only the first sample" in mistakes:
            X, d = X[:1], d[:1]
        db = d.mean(keepdims=True) if "b mean" in mistakes else d.sum(keepdims=True)
        return dict(w=X.T @ d, b=db)


class SampleLoop:
    """A tanh layer and a sigmoid output, one sample x at a time: W1 @ x + b1. W1 is square."""

    mistakes = {
        "= for += everywhere": "overwritten single_sample",
        "dW1 = for +=": "overwritten single_sample",
        "db2 = for +=": "overwritten single_sample bias_reduction",
        "return inside the loop": "single_sample",
        "no 1/n": "sum_for_mean",
        "outer(x, dz1)": "transposed",
        "no sigmoid' at the output": "derivative_missing other_loss",
        "cross-entropy": "other_loss derivative_missing",
        "no tanh'": "derivative_missing",
        "x (1 - x) for tanh'": "derivative_of_other",
        "b1 forgotten": "bias_forgotten",
    }
    doubles = [("dW1 = for +=", "no tanh'"), ("no 1/n", "b1 forgotten"), ("outer(x, dz1)", "db2 = for +=")]

    def __init__(self, seed, n=6, d=4):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d)
        self.Y = rng.uniform(size=(n, 2))
        self.at = weights(rng, W1=(d, d), b1=(d,), W2=(2, d), b2=(2,))

    def loss(self, W1, b1, W2, b2):
        total = 0
        for x, y in zip(self.X, self.Y):
            h = np.tanh(W1 @ x + b1)
            out = 1 / (1 + np.exp(-(W2 @ h + b2)))
            total = total + np.sum((out - y) ** 2)
        return total / self.n

    def backward(self, at, *mistakes):
        total = {name: np.zeros_like(value) for name, value in at.items()}
        scale = 1 if "no 1/n" in mistakes else 1 / self.n
        for x, y in zip(self.X, self.Y):
            for name, g in self.one_sample(x, y, at, mistakes).items():
                if f"d{name} = for +=" in mistakes or "= for += everywhere" in mistakes:
                    total[name] = scale * g
                else:
                    total[name] += scale * g
            if "return inside the loop" in mistakes:
                return total
        return total

    def one_sample(self, x, y, at, mistakes):
        W1, b1, W2, b2 = at.values()
        h = np.tanh(W1 @ x + b1)
        out = 1 / (1 + np.exp(-(W2 @ h + b2)))

        dz2 = 2 * (out - y) * out * (1 - out)
        if "no sigmoid' at the output" in mistakes:
            dz2 = 2 * (out - y)
        if "cross-entropy" in mistakes:
            dz2 = out - y
        dz1 = W2.T @ dz2 * (1 - h * h)
        if "no tanh'" in mistakes:
            dz1 = W2.T @ dz2
        if "x (1 - x) for tanh'" in mistakes:
            dz1 = W2.T @ dz2 * h * (1 - h)
        dW1 = np.outer(dz1, x)
        if "outer(x, dz1)" in mistakes:
            dW1 = np.outer(x, dz1)
        db1 = np.zeros_like(b1) if "b1 forgotten" in mistakes else dz1
        return dict(W1=dW1, b1=db1, W2=np.outer(dz2, h), b2=dz2)


class ScalarLoop:
    """One hidden layer in plain Python numbers: three loops and no matrix product at all."""

    mistakes = {
        "dv = for +=": "overwritten single_sample",
        "dW = for +=": "overwritten single_sample",
        "no relu'": "derivative_missing",
        "no 1/n": "sum_for_mean",
        "target - out": "sign",
        "absolute error": "other_loss",
        "v reversed": "permuted",
    }
    doubles = [("no relu'", "target - out")]

    def __init__(self, seed, n=7, d=3, h=5):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d)
        self.y = inputs(rng, n)
        self.at = weights(rng, W=(h, d), v=(h,))

    def loss(self, W, v):
        z = self.X @ W.T
        return 0.5 / self.n * np.sum(((z * (z > 0)) @ v - self.y) ** 2)

    def backward(self, at, *mistakes):
        W, v = at.values()
        hidden, d = W.shape
        dW, dv = np.zeros_like(W), np.zeros_like(v)
        for x, y in zip(self.X, self.y):
            z = [sum(W[j, i] * x[i] for i in range(d)) for j in range(hidden)]
            delta = self.delta(sum(v[j] * max(z[j], 0) for j in range(hidden)) - y, mistakes)
            for j in range(hidden):
                slope = 1 if z[j] > 0 or "no relu'" in mistakes else 0
                keep = 0 if "dv = for +=" in mistakes else dv[j]
                dv[j] = keep + delta * max(z[j], 0)
                for i in range(d):
                    keep = 0 if "dW = for +=" in mistakes else dW[j, i]
                    dW[j, i] = keep + delta * v[j] * slope * x[i]
        return dict(W=dW, v=dv[::-1] if "v reversed" in mistakes else dv)

    def delta(self, error, mistakes):
        if "absolute error" in mistakes:
            error = math.copysign(1, error)
        if "target - out" in mistakes:
            error = -error
        return error if "no 1/n" in mistakes else error / self.n


def models():
    yield LinearRegression(seed=201)
    yield LinearRegression(seed=202, n=40, d=5, dtype=np.float32)
    yield LogisticMargin(seed=203)
    yield LogisticMargin(seed=204, n=48, d=7, dtype=np.float32)
    yield SampleLoop(seed=205)
    yield ScalarLoop(seed=206)
