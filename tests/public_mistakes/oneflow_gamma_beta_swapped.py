"""The mistake: the layer norm's backward returns the gradients of weight and bias in the wrong order. Source: GitHub pull request
Oneflow-Inc/oneflow #6149, "fix backward index for gamma beta" (the gradients of weight and bias are the other way round; here NumPy)."""

import numpy as np

rng = np.random.RandomState(6149)
x, y = rng.randn(5, 4), rng.randn(5, 4)
at = {
    "fc": rng.randn(4, 4) * 0.7,
    "gamma": 1 + 0.2 * rng.randn(4),
    "beta": 0.2 * rng.randn(4),
}
eps = 1e-5


def layernorm_forward(h, gamma, beta):
    mean = h.mean(-1, keepdims=True)
    inv_variance = 1 / np.sqrt(h.var(-1, keepdims=True) + eps)
    normalized = (h - mean) * inv_variance
    return gamma * normalized + beta, (normalized, inv_variance)


def layernorm_backward(dy, gamma, saved, right):
    normalized, inv_variance = saved
    dnorm = dy * gamma
    dx = inv_variance * (
        dnorm - dnorm.mean(-1, keepdims=True) - normalized * (dnorm * normalized).mean(-1, keepdims=True)
    )
    grads = [(dy * normalized).sum(0), dy.sum(0)]
    return (dx, grads[0], grads[1]) if right else (dx, grads[1], grads[0])


def loss(fc, gamma, beta):
    out, _ = layernorm_forward(x @ fc, gamma, beta)
    return np.mean((out - y) ** 2)


def _backward(fc, gamma, beta, right):
    out, saved = layernorm_forward(x @ fc, gamma, beta)
    dx, dgamma, dbeta = layernorm_backward(2 * (out - y) / y.size, gamma, saved, right)
    return x.T @ dx, dgamma, dbeta


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"exchanged"}
