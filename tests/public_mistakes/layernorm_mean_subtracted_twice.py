"""The mistake: in the backward pass of layer normalization mean(dy * gamma) is subtracted twice (a register that was not cleared).
Source: GitHub pull request tenstorrent/tt-metal #53215, "Fix layernorm_bw dx double-subtract"."""

import numpy as np

rng = np.random.RandomState(17)
x, target = rng.randn(5, 4), rng.randn(5, 3)
at = {
    "W1": rng.randn(4, 6),
    "gamma": 1 + 0.4 * rng.randn(6),
    "beta": rng.randn(6) * 0.2,
    "W2": rng.randn(6, 3) * 0.5,
}
eps = 1e-5


def layernorm_fw(h, gamma, beta):
    mean = h.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt(h.var(axis=-1, keepdims=True) + eps)
    x_hat = (h - mean) * rstd
    return x_hat * gamma + beta, (x_hat, rstd, gamma)


def layernorm_bw(dy, cache, right):
    x_hat, rstd, gamma = cache
    dy_gamma = dy * gamma
    s1 = dy_gamma.mean(axis=-1, keepdims=True)
    s2 = (dy_gamma * x_hat).mean(axis=-1, keepdims=True)
    temp = 0 if right else s1
    temp = temp + x_hat * s2
    dx = rstd * (dy_gamma - s1 - temp)
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def forward(W1, gamma, beta, W2):
    h = x @ W1
    n, cache = layernorm_fw(h, gamma, beta)
    a = np.tanh(n)
    return cache, a, a @ W2


def loss(W1, gamma, beta, W2):
    return np.mean((forward(W1, gamma, beta, W2)[-1] - target) ** 2)


def _backward(p, right):
    cache, a, out = forward(**p)
    dout = 2 * (out - target) / out.size
    da = dout @ p["W2"].T
    dh, dgamma, dbeta = layernorm_bw(da * (1 - a**2), cache, right)
    return {"W1": x.T @ dh, "gamma": dgamma, "beta": dbeta, "W2": a.T @ dout}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"scale", "factor_twice"}
