"""Batch and layer normalization with a scale gamma and a shift beta."""

import numpy as np

from .draw import inputs, weights


class BatchNorm:
    """A linear layer, normalized over the batch, relu, and a linear output v."""

    mistakes = {
        "mean and variance held constant": "detached path_missing",
        "variance held constant": "detached path_missing",
        "mean held constant": "detached path_missing",
        "beta mean": "bias_reduction sum_for_mean scale",
        "beta forgotten": "bias_forgotten",
        "gamma and beta exchanged": "exchanged",
        "no relu'": "derivative_missing",
        "no 1/n": "sum_for_mean",
        "no 2": "scale",
        "gamma rolled": "permuted",
        "gamma already updated": "stale_weights",
        "target - out": "sign",
    }
    doubles = [("mean and variance held constant", "no 2"), ("gamma and beta exchanged", "no relu'")]

    def __init__(self, seed, n=7, d=3, h=4, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, W=(d, h), gamma=(h,), beta=(h,), v=(h,))

    def normalize(self, z):
        centred = z - z.sum(axis=0) / self.n
        deviation = np.sqrt((centred**2).sum(axis=0) / self.n + 1e-5)
        return centred / deviation, deviation

    def loss(self, W, gamma, beta, v):
        normal, _ = self.normalize(self.X @ W)
        a = np.maximum(0, gamma * normal + beta)
        return np.mean((a @ v - self.y) ** 2)

    def backward(self, at, *mistakes):
        W, gamma, beta, v = at.values()
        normal, deviation = self.normalize(self.X @ W)
        s = gamma * normal + beta
        error = np.maximum(0, s) @ v - self.y
        dout = error * (1 if "no 2" in mistakes else 2)
        if "no 1/n" not in mistakes:
            dout = dout / self.n
        if "target - out" in mistakes:
            dout = -dout

        ds = np.outer(dout, v)
        if "no relu'" not in mistakes:
            ds = ds * (s > 0)
        dgamma, dbeta = (ds * normal).sum(axis=0), ds.sum(axis=0)
        if "gamma already updated" in mistakes:
            gamma = gamma - 0.5 * dgamma
        dW = self.X.T @ self.through(ds * gamma, normal, deviation, mistakes)
        if "beta mean" in mistakes:
            dbeta = ds.mean(axis=0)
        if "beta forgotten" in mistakes:
            dbeta = np.zeros_like(beta)
        if "gamma rolled" in mistakes:
            dgamma = np.roll(dgamma, 1)
        if "gamma and beta exchanged" in mistakes:
            dgamma, dbeta = dbeta, dgamma
        return dict(W=dW, gamma=dgamma, beta=dbeta, v=np.maximum(0, s).T @ dout)

    def through(self, dnormal, normal, deviation, mistakes):
        from_mean = dnormal.mean(axis=0)
        from_variance = normal * (dnormal * normal).mean(axis=0)
        if "mean held constant" in mistakes or "mean and variance held constant" in mistakes:
            from_mean = 0
        if "variance held constant" in mistakes or "mean and variance held constant" in mistakes:
            from_variance = 0
        return (dnormal - from_mean - from_variance) / deviation


class LayerNorm:
    """A sigmoid layer, normalized over the features of each sample, a sigmoid output and BCE."""

    mistakes = {
        "mean and deviation held constant": "detached path_missing",
        "deviation held constant": "detached path_missing",
        "mean held constant": "detached path_missing",
        "no sigmoid'": "derivative_missing",
        "sigmoid' of a": "derivative_argument",
        "beta over the wrong axis": "bias_reduction",
        "squared error": "other_loss derivative_twice",
        "gamma and beta exchanged": "exchanged",
        "only the first sample": "single_sample",
        "b from the last sample": "single_sample overwritten bias_reduction",
    }
    doubles = [("mean held constant", "squared error")]

    def __init__(self, seed, n=6, d=3, h=6):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X, self.y = inputs(rng, n, d), rng.integers(0, 2, size=n)
        self.at = weights(rng, W=(d, h), b=(h,), gamma=(h,), beta=(h,), v=(h,))

    def normalize(self, a):
        centred = a - np.mean(a, axis=1, keepdims=True)
        deviation = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
        return centred / deviation, deviation

    def loss(self, W, b, gamma, beta, v):
        a = 1 / (1 + np.exp(-(self.X @ W + b)))
        normal, _ = self.normalize(a)
        p = 1 / (1 + np.exp(-((gamma * normal + beta) @ v)))
        return np.mean(-self.y * np.log(p) - (1 - self.y) * np.log(1 - p))

    def backward(self, at, *mistakes):
        W, b, gamma, beta, v = at.values()
        X, y = self.X, self.y
        if "only the first sample" in mistakes:
            X, y = X[:1], y[:1]
        a = 1 / (1 + np.exp(-(X @ W + b)))
        normal, deviation = self.normalize(a)
        s = gamma * normal + beta
        p = 1 / (1 + np.exp(-(s @ v)))
        dout = (p - y) / len(X)
        if "squared error" in mistakes:
            dout = 2 * dout * p * (1 - p)

        ds = np.outer(dout, v)
        dgamma, dbeta = (ds * normal).sum(axis=0), ds.sum(axis=0)
        if "beta over the wrong axis" in mistakes:
            dbeta = ds.sum(axis=1)
        if "gamma and beta exchanged" in mistakes:
            dgamma, dbeta = dbeta, dgamma
        dz = self.through(ds * gamma, normal, deviation, mistakes) * self.slope(a, mistakes)
        db = dz[-1] if "b from the last sample" in mistakes else dz.sum(axis=0)
        return dict(W=X.T @ dz, b=db, gamma=dgamma, beta=dbeta, v=s.T @ dout)

    def through(self, dnormal, normal, deviation, mistakes):
        from_mean = dnormal.mean(axis=1, keepdims=True)
        from_deviation = normal * (dnormal * normal).mean(axis=1, keepdims=True)
        if "mean held constant" in mistakes or "mean and deviation held constant" in mistakes:
            from_mean = 0
        if "deviation held constant" in mistakes or "mean and deviation held constant" in mistakes:
            from_deviation = 0
        return (dnormal - from_mean - from_deviation) / deviation

    def slope(self, a, mistakes):
        if "no sigmoid'" in mistakes:
            return 1
        if "sigmoid' of a" in mistakes:
            again = 1 / (1 + np.exp(-a))
            return again * (1 - again)
        return a * (1 - a)


def models():
    yield BatchNorm(seed=901)
    yield BatchNorm(seed=902, n=16, d=5, h=3, dtype=np.float32)
    yield LayerNorm(seed=903)
