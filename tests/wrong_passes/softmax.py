"""Softmax classifiers: labels as integers or one-hot, the softmax spelled in several ways."""

import numpy as np

from .draw import inputs, one_hot, weights


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


class IntegerLabels:
    """One layer; the probability of the right label is picked by fancy indexing."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "y - p": "sign",
        "softmax over the batch": "softmax_axis",
        "p (1 - p)": "softmax_elementwise",
        "no softmax'": "derivative_missing",
        "squared error": "other_loss",
        "b mean": "bias_reduction sum_for_mean scale",
        "b forgotten": "bias_forgotten",
        "only the first sample": "single_sample",
        "W rows reversed": "permuted",
    }
    doubles = [("no 1/n", "p (1 - p)"), ("softmax over the batch", "b forgotten")]

    def __init__(self, seed, n=7, d=4, k=3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.k, self.dtype = n, k, dtype
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = rng.integers(0, k, size=n)
        self.at = weights(rng, dtype, W=(d, k), b=(k,))

    def loss(self, W, b):
        e = np.exp(self.X @ W + b)
        p = e / e.sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(self.n), self.y]))

    def backward(self, at, *mistakes):
        W, b = at.values()
        X, n = self.X, self.n
        p = softmax(X @ W + b)
        if "softmax over the batch" in mistakes:
            e = np.exp(X @ W + b)
            p = e / e.sum(axis=0)

        Y = one_hot(self.y, self.k, self.dtype)
        dz = (p - Y) / n
        if "no 1/n" in mistakes:
            dz = p - Y
        if "y - p" in mistakes:
            dz = -dz
        if "p (1 - p)" in mistakes:
            dz = -Y / p * p * (1 - p) / (1 if "no 1/n" in mistakes else n)
        if "no softmax'" in mistakes:
            dz = -Y / p / n
        if "squared error" in mistakes:
            dp = 2 * (p - Y) / n
            dz = p * (dp - np.sum(dp * p, axis=1, keepdims=True))
        if "only the first sample" in mistakes:
            X, dz = X[:1], dz[:1]
        dW = X.T @ dz
        if "W rows reversed" in mistakes:
            dW = dW[::-1]
        db = dz.mean(axis=0) if "b mean" in mistakes else dz.sum(axis=0)
        if "b forgotten" in mistakes:
            db = np.zeros_like(b)
        return dict(W=dW, b=db)


class OneHotMLP:
    """A relu layer and a softmax with temperature; one-hot labels."""

    mistakes = {
        "no 1/n": "sum_for_mean",
        "no temperature": "factor_missing scale",
        "no gain": "factor_missing",
        "softmax over the batch": "softmax_axis",
        "p (1 - p)": "softmax_elementwise",
        "no relu'": "derivative_missing",
        "W2 already updated": "stale_weights",
        "b1 forgotten": "bias_forgotten",
        "b2 mean": "bias_reduction sum_for_mean scale",
        "squared error": "other_loss",
        "p without - y": "path_missing",
    }
    doubles = [("no relu'", "no 1/n"), ("no gain", "b2 mean")]

    def __init__(self, seed, n=9, d=3, h=6, k=4, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.temperature, self.gain = n, 1.7, 1.4
        self.X = inputs(rng, n, d, dtype=dtype)
        self.Y = one_hot(rng.integers(0, k, size=n), k, dtype)
        self.at = weights(rng, dtype, W1=(d, h), b1=(h,), W2=(h, k), b2=(k,))

    def loss(self, W1, b1, W2, b2):
        h = self.gain * np.maximum(self.X @ W1 + b1, 0)
        p = softmax((h @ W2 + b2) / self.temperature)
        return -np.sum(self.Y * np.log(p)) / self.n

    def backward(self, at, *mistakes):
        W1, b1, W2, b2 = at.values()
        z1 = self.X @ W1 + b1
        h = self.gain * np.maximum(z1, 0)
        dz2 = self.logits_delta((h @ W2 + b2) / self.temperature, mistakes)
        if "no temperature" not in mistakes:
            dz2 = dz2 / self.temperature
        if "no 1/n" not in mistakes:
            dz2 = dz2 / self.n

        dW2 = h.T @ dz2
        if "W2 already updated" in mistakes:
            W2 = W2 - 0.5 * dW2
        dz1 = dz2 @ W2.T
        if "no gain" not in mistakes:
            dz1 = self.gain * dz1
        if "no relu'" not in mistakes:
            dz1 = dz1 * (z1 > 0)
        db1 = np.zeros_like(b1) if "b1 forgotten" in mistakes else dz1.sum(axis=0)
        db2 = dz2.mean(axis=0) if "b2 mean" in mistakes else dz2.sum(axis=0)
        return dict(W1=self.X.T @ dz1, b1=db1, W2=dW2, b2=db2)

    def logits_delta(self, z, mistakes):
        p = softmax(z)
        if "softmax over the batch" in mistakes:
            p = softmax(z.T).T
        if "p (1 - p)" in mistakes:
            return -self.Y / p * p * (1 - p)
        if "squared error" in mistakes:
            dp = p - self.Y
            return p * (dp - (dp * p).sum(axis=1, keepdims=True))
        if "p without - y" in mistakes:
            return p
        return p - self.Y


class JacobianLoop:
    """One sample at a time, with the whole Jacobian diag(p) - outer(p, p)."""

    mistakes = {
        "dW = for +=": "overwritten single_sample",
        "both = for +=": "overwritten single_sample",
        "return inside the loop": "single_sample",
        "only the Jacobian's diagonal": "softmax_elementwise",
        "no outer product": "detached path_missing softmax_elementwise",
        "no Jacobian": "derivative_missing",
        "squared error": "other_loss",
        "no 1/n": "sum_for_mean",
    }
    doubles = [("dW = for +=", "only the Jacobian's diagonal")]

    def __init__(self, seed, n=5, d=4, k=3):
        rng = np.random.default_rng(seed)
        self.n, self.k = n, k
        self.X = inputs(rng, n, d)
        self.labels = rng.integers(0, k, size=n)
        self.at = weights(rng, W=(k, d), b=(k,))

    def loss(self, W, b):
        total = 0
        for x, label in zip(self.X, self.labels):
            z = W @ x + b
            p = np.exp(z) / np.sum(np.exp(z))
            total = total - np.log(p[label])
        return total / self.n

    def backward(self, at, *mistakes):
        W, b = at.values()
        dW, db = np.zeros_like(W), np.zeros_like(b)
        for x, label in zip(self.X, self.labels):
            z = W @ x + b
            p = np.exp(z) / np.sum(np.exp(z))
            dz = self.jacobian(p, mistakes) @ self.loss_slope(p, label, mistakes)
            if "no 1/n" not in mistakes:
                dz = dz / self.n
            if "dW = for +=" in mistakes or "both = for +=" in mistakes:
                dW = np.zeros_like(W)
            if "both = for +=" in mistakes:
                db = np.zeros_like(b)
            dW += np.outer(dz, x)
            db += dz
            if "return inside the loop" in mistakes:
                break
        return dict(W=dW, b=db)

    def jacobian(self, p, mistakes):
        if "only the Jacobian's diagonal" in mistakes:
            return np.diag(p * (1 - p))
        if "no outer product" in mistakes:
            return np.diag(p)
        if "no Jacobian" in mistakes:
            return np.eye(self.k)
        return np.diag(p) - np.outer(p, p)

    def loss_slope(self, p, label, mistakes):
        target = np.eye(self.k)[label]
        return 2 * (p - target) if "squared error" in mistakes else -target / p


class BrierScore:
    """A softmax with squared error, samples in columns."""

    mistakes = {
        "P - Y": "other_loss derivative_missing",
        "no softmax'": "derivative_missing other_loss",
        "P (1 - P)": "softmax_elementwise",
        "softmax' over the batch": "softmax_axis",
        "softmax over the batch": "softmax_axis",
        "no 2": "scale",
        "no 1/n": "sum_for_mean",
        "b mean": "bias_reduction sum_for_mean scale",
    }
    doubles = [("no 2", "softmax' over the batch")]

    def __init__(self, seed, n=6, d=3, k=4):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, d, n)
        self.Y = one_hot(rng.integers(0, k, size=n), k).T
        self.at = weights(rng, W=(k, d), b=(k, 1))

    def loss(self, W, b):
        E = np.exp(W @ self.X + b)
        return ((E / E.sum(axis=0) - self.Y) ** 2).sum() / self.n

    def backward(self, at, *mistakes):
        W, b = at.values()
        E = np.exp(W @ self.X + b)
        P = E / E.sum(axis=1, keepdims=True) if "softmax over the batch" in mistakes else E / E.sum(axis=0)
        dP = (1 if "no 2" in mistakes else 2) * (P - self.Y)
        if "no 1/n" not in mistakes:
            dP = dP / self.n
        dZ = P * (dP - (P * dP).sum(axis=0))
        if "softmax' over the batch" in mistakes:
            dZ = P * (dP - (P * dP).sum(axis=1, keepdims=True))
        if "no softmax'" in mistakes:
            dZ = dP
        if "P - Y" in mistakes:
            dZ = (P - self.Y) / self.n
        if "P (1 - P)" in mistakes:
            dZ = dP * P * (1 - P)
        db = dZ.mean(axis=1, keepdims=True) if "b mean" in mistakes else dZ.sum(axis=1, keepdims=True)
        return dict(W=dZ @ self.X.T, b=db)


def models():
    yield IntegerLabels(seed=401)
    yield IntegerLabels(seed=402, n=24, d=5, k=6, dtype=np.float32)
    yield OneHotMLP(seed=403)
    yield JacobianLoop(seed=404)
    yield BrierScore(seed=405)
