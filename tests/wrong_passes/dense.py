"""Dense networks of two layers, the batch as a matrix: sigmoid, tanh and relu; MSE and BCE."""

import numpy as np

from .draw import inputs, weights


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class SigmoidMSE:
    """A sigmoid layer, a linear output, half the squared error averaged over the batch."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "2 (out - y)": "scale",
        "y - out": "sign",
        "b1 forgotten": "bias_forgotten",
        "b1 mean": "bias_reduction sum_for_mean scale",
        "b2 mean": "bias_reduction sum_for_mean scale",
        "b1 summed over everything": "bias_reduction",
        "no sigmoid'": "derivative_missing",
        "sigmoid' twice": "derivative_twice",
        "sigmoid' at the output": "derivative_argument",
        "z (1 - z)": "derivative_argument",
        "tanh' for sigmoid'": "derivative_of_other",
        "W2 already updated": "stale_weights",
        "only the first sample": "single_sample",
    }
    doubles = [
        ("no 1/n", "no sigmoid'"),
        ("2 (out - y)", "b1 forgotten"),
        ("y - out", "tanh' for sigmoid'"),
    ]

    def __init__(self, seed, n=8, d=3, h=5, k=2, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, k, dtype=dtype)
        self.at = weights(rng, dtype, W1=(d, h), b1=(h,), W2=(h, k), b2=(k,))

    def loss(self, W1, b1, W2, b2):
        a1 = sigmoid(self.X @ W1 + b1)
        out = a1 @ W2 + b2
        return np.sum((out - self.y) ** 2) / (2 * self.n)

    def backward(self, at, *mistakes):
        W1, b1, W2, b2 = at.values()
        X, y = self.X, self.y
        if "only the first sample" in mistakes:
            X, y = X[:1], y[:1]
        z1 = X @ W1 + b1
        a1 = sigmoid(z1)
        out = a1 @ W2 + b2

        dout = (out - y) / len(X)
        if "no 1/n" in mistakes:
            dout = out - y
        if "2 (out - y)" in mistakes:
            dout = 2 * dout
        if "y - out" in mistakes:
            dout = -dout
        dW2 = a1.T @ dout
        db2 = dout.sum(axis=0)
        if "b2 mean" in mistakes:
            db2 = dout.mean(axis=0)
        if "W2 already updated" in mistakes:
            W2 = W2 - 0.01 * dW2
        dz1 = dout @ W2.T * self.slope(z1, a1, mistakes)
        dW1 = X.T @ dz1
        db1 = dz1.sum(axis=0)
        if "b1 mean" in mistakes:
            db1 = dz1.mean(axis=0)
        if "b1 summed over everything" in mistakes:
            db1 = np.full_like(b1, dz1.sum())
        if "b1 forgotten" in mistakes:
            db1 = np.zeros_like(b1)
        return dict(W1=dW1, b1=db1, W2=dW2, b2=db2)

    def slope(self, z, a, mistakes):
        if "no sigmoid'" in mistakes:
            return 1
        if "sigmoid' twice" in mistakes:
            return (a * (1 - a)) ** 2
        if "sigmoid' at the output" in mistakes:
            return sigmoid(a) * (1 - sigmoid(a))
        if "z (1 - z)" in mistakes:
            return z * (1 - z)
        if "tanh' for sigmoid'" in mistakes:
            return 1 - a**2
        return a * (1 - a)


class TanhMSE:
    """A tanh layer written with exponentials, one output, np.mean of the squares. W1 is square."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "no 2": "scale",
        "W1 has the wrong sign": "sign",
        "W1 transposed": "transposed",
        "b1 over the wrong axis": "bias_reduction",
        "no tanh'": "derivative_missing",
        "tanh' twice": "derivative_twice",
        "1 - z**2": "derivative_argument",
        "1 - tanh(a)**2": "derivative_argument",
        "a (1 - a)": "derivative_of_other",
        "absolute error": "other_loss",
        "w2 from the last sample": "single_sample overwritten",
        "w2 reversed": "permuted",
    }
    doubles = [("no 2", "W1 transposed"), ("no tanh'", "absolute error")]

    def __init__(self, seed, n=5, d=5, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, W1=(d, d), b1=(d,), w2=(d,), b2=(1,))

    def loss(self, W1, b1, w2, b2):
        z = self.X @ W1 + b1
        a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
        return np.mean((a @ w2 + b2 - self.y) ** 2)

    def backward(self, at, *mistakes):
        W1, b1, w2, b2 = at.values()
        X, n = self.X, self.n
        z = X @ W1 + b1
        a = np.tanh(z)
        error = a @ w2 + b2 - self.y

        dout = 2 * error / n
        if "no 1/n" in mistakes:
            dout = 2 * error
        if "no 2" in mistakes:
            dout = error / n
        if "absolute error" in mistakes:
            dout = np.sign(error) / n
        dw2 = a.T @ dout
        if "w2 from the last sample" in mistakes:
            dw2 = a[-1] * dout[-1]
        if "w2 reversed" in mistakes:
            dw2 = dw2[::-1]
        dz = np.outer(dout, w2) * self.slope(z, a, mistakes)
        dW1 = X.T @ dz
        if "W1 transposed" in mistakes:
            dW1 = dz.T @ X
        if "W1 has the wrong sign" in mistakes:
            dW1 = -dW1
        db1 = dz.sum(axis=0)
        if "b1 over the wrong axis" in mistakes:
            db1 = dz.sum(axis=1)
        return dict(W1=dW1, b1=db1, w2=dw2, b2=dout.sum(keepdims=True))

    def slope(self, z, a, mistakes):
        if "no tanh'" in mistakes:
            return 1
        if "tanh' twice" in mistakes:
            return (1 - a**2) * (1 - a**2)
        if "1 - z**2" in mistakes:
            return 1 - z**2
        if "1 - tanh(a)**2" in mistakes:
            return 1 - np.tanh(a) ** 2
        if "a (1 - a)" in mistakes:
            return a * (1 - a)
        return 1 - a**2


class ReluBCE:
    """A relu layer, a sigmoid output, binary cross-entropy averaged over the batch."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "no relu'": "derivative_missing",
        "sigmoid' for relu'": "derivative_of_other",
        "no sigmoid' at the output": "derivative_missing",
        "sigmoid' once more": "derivative_twice other_loss",
        "squared error": "other_loss derivative_twice",
        "b1 forgotten": "bias_forgotten",
        "b2 mean": "bias_reduction sum_for_mean scale",
        "W2 already updated": "stale_weights",
        "only the first sample": "single_sample",
        "y - p": "sign",
    }
    doubles = [("no relu'", "b2 mean"), ("squared error", "b1 forgotten")]

    def __init__(self, seed, n=10, d=4, h=6, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = rng.integers(0, 2, size=(n, 1)).astype(dtype)
        self.at = weights(rng, dtype, W1=(d, h), b1=(h,), W2=(h, 1), b2=(1,))

    def loss(self, W1, b1, W2, b2):
        h = np.maximum(0, self.X @ W1 + b1)
        p = sigmoid(h @ W2 + b2)
        return -np.mean(self.y * np.log(p) + (1 - self.y) * np.log(1 - p))

    def backward(self, at, *mistakes):
        W1, b1, W2, b2 = at.values()
        X, y = self.X, self.y
        if "only the first sample" in mistakes:
            X, y = X[:1], y[:1]
        z1 = X @ W1 + b1
        h = np.maximum(0, z1)
        p = sigmoid(h @ W2 + b2)

        dz2 = (p - y) / len(X)
        if "no 1/n" in mistakes:
            dz2 = p - y
        if "y - p" in mistakes:
            dz2 = (y - p) / len(X)
        if "no sigmoid' at the output" in mistakes:
            dz2 = (-y / p + (1 - y) / (1 - p)) / len(X)
        if "sigmoid' once more" in mistakes:
            dz2 = (p - y) * p * (1 - p) / len(X)
        if "squared error" in mistakes:
            dz2 = 2 * (p - y) * p * (1 - p) / len(X)
        dW2 = h.T @ dz2
        db2 = dz2.mean(axis=0) if "b2 mean" in mistakes else dz2.sum(axis=0)
        if "W2 already updated" in mistakes:
            W2 = W2 - 0.1 * dW2
        dz1 = dz2 @ W2.T * (z1 > 0)
        if "no relu'" in mistakes:
            dz1 = dz2 @ W2.T
        if "sigmoid' for relu'" in mistakes:
            dz1 = dz2 @ W2.T * sigmoid(z1) * (1 - sigmoid(z1))
        db1 = dz1.sum(axis=0)
        if "b1 forgotten" in mistakes:
            db1 = np.zeros_like(b1)
        return dict(W1=X.T @ dz1, b1=db1, W2=dW2, b2=db2)


def models():
    yield SigmoidMSE(seed=101)
    yield SigmoidMSE(seed=102, n=32, k=1, dtype=np.float32)
    yield SigmoidMSE(seed=106, n=1)
    yield TanhMSE(seed=103)
    yield ReluBCE(seed=104)
    yield ReluBCE(seed=105, n=64, h=4)
