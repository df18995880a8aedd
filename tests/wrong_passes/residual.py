"""Models in which an array reaches the loss by several ways: a skip connection, a gate."""

import numpy as np

from .draw import inputs, weights


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class ResidualBlock:
    """h + s * relu(h W + b) with h = X P, then a linear output V."""

    mistakes = {
        "no skip connection": "path_missing",
        "no way through the block": "path_missing detached",
        "no residual scale": "factor_missing",
        "W for W.T": "transposed",
        "no relu'": "derivative_missing",
        "P and W exchanged": "exchanged",
        "no 1/n": "sum_for_mean",
        "b mean": "bias_reduction sum_for_mean scale",
    }
    doubles = [("no skip connection", "b mean"), ("no residual scale", "no relu'")]

    def __init__(self, seed, n=5, d=4, k=2, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.s = n, 0.4
        self.X = inputs(rng, n, d, dtype=dtype)
        self.y = inputs(rng, n, k, dtype=dtype)
        self.at = weights(rng, dtype, P=(d, d), W=(d, d), b=(d,), V=(d, k))

    def loss(self, P, W, b, V):
        h = self.X @ P
        z = h @ W + b
        out = (h + self.s * (z * (z > 0))) @ V
        return ((out - self.y) ** 2).sum() / self.n

    def backward(self, at, *mistakes):
        P, W, b, V = at.values()
        h = self.X @ P
        z = h @ W + b
        r = h + self.s * np.maximum(z, 0)
        dout = 2 * (r @ V - self.y)
        if "no 1/n" not in mistakes:
            dout = dout / self.n
        dr = dout @ V.T
        dz = dr if "no residual scale" in mistakes else self.s * dr
        if "no relu'" not in mistakes:
            dz = dz * (z > 0)
        block = dz @ (W if "W for W.T" in mistakes else W.T)
        dh = dr + block
        if "no skip connection" in mistakes:
            dh = block
        if "no way through the block" in mistakes:
            dh = dr
        dP, dW = self.X.T @ dh, h.T @ dz
        if "P and W exchanged" in mistakes:
            dP, dW = dW, dP
        db = dz.mean(axis=0) if "b mean" in mistakes else dz.sum(axis=0)
        return dict(P=dP, W=dW, b=db, V=r.T @ dout)


class GatedUnit:
    """u = X A goes through its own gate: out = (u * sigmoid(u G)) v, trained with BCE."""

    mistakes = {
        "gate held constant": "detached path_missing",
        "only through the gate": "path_missing",
        "gate applied twice": "factor_twice",
        "no sigmoid' in the gate": "derivative_missing",
        "sigmoid' of the gate": "derivative_argument",
        "G for G.T": "transposed",
        "A and G exchanged": "exchanged",
        "no 1/n": "sum_for_mean",
    }
    doubles = [("only through the gate", "no 1/n")]

    def __init__(self, seed, n=8, d=3):
        rng = np.random.default_rng(seed)
        self.n = n
        self.X, self.y = inputs(rng, n, d), rng.integers(0, 2, size=n)
        self.at = weights(rng, A=(d, d), G=(d, d), v=(d,))

    def loss(self, A, G, v):
        u = self.X @ A
        p = sigmoid((u * sigmoid(u @ G)) @ v)
        return -(np.log(p) * self.y + np.log(1 - p) * (1 - self.y)).mean()

    def backward(self, at, *mistakes):
        A, G, v = at.values()
        u = self.X @ A
        g = sigmoid(u @ G)
        dz = sigmoid((u * g) @ v) - self.y
        if "no 1/n" not in mistakes:
            dz = dz / self.n
        dm = np.outer(dz, v)
        dgate = dm * u
        if "sigmoid' of the gate" in mistakes:
            dgate = dgate * sigmoid(g) * (1 - sigmoid(g))
        elif "no sigmoid' in the gate" not in mistakes:
            dgate = dgate * g * (1 - g)
        du = dm * g + dgate @ (G if "G for G.T" in mistakes else G.T)
        if "gate applied twice" in mistakes:
            du = dm * g * g + dgate @ G.T
        if "gate held constant" in mistakes:
            du = dm * g
        if "only through the gate" in mistakes:
            du = dgate @ G.T
        dA, dG = self.X.T @ du, u.T @ dgate
        if "A and G exchanged" in mistakes:
            dA, dG = dG, dA
        return dict(A=dA, G=dG, v=(u * g).T @ dz)


def models():
    yield ResidualBlock(seed=603)
    yield ResidualBlock(seed=606, n=12, d=6, k=1, dtype=np.float32)
    yield GatedUnit(seed=604)
