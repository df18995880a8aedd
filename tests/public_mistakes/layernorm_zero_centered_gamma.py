"""The mistake: the forward pass scales with (1 + gamma), the backward pass takes gamma for the gradient of the input.
Source: GitHub pull request NVIDIA/TransformerEngine #67, "Zero-centered gamma support in LayerNorm" (review: the backward kernels
"must receive a gamma + 1 value")."""

import numpy as np

rng = np.random.default_rng(67)
seq, hidden, ffn = 4, 5, 6
tokens = rng.normal(size=(seq, hidden))
target = rng.normal(size=(seq, hidden))
at = {
    "proj": rng.normal(size=(hidden, hidden)) * 0.6,
    "gamma": rng.normal(size=hidden) * 0.4,
    "beta": rng.normal(size=hidden) * 0.1,
    "fc1": rng.normal(size=(hidden, ffn)) * 0.5,
    "fc2": rng.normal(size=(ffn, hidden)) * 0.5,
}


class LayerNorm1p:
    eps = 1e-5

    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        mu = x.mean(-1, keepdims=True)
        self.rsigma = 1 / np.sqrt(((x - mu) ** 2).mean(-1, keepdims=True) + self.eps)
        self.y = (x - mu) * self.rsigma
        return (1 + self.gamma) * self.y + self.beta

    def bwd(self, dz, plus):
        dgamma = (dz * self.y).sum(0)
        dbeta = dz.sum(0)
        dy = dz * (self.gamma + plus)
        mdy = dy.mean(-1, keepdims=True)
        mdyy = (dy * self.y).mean(-1, keepdims=True)
        dx = self.rsigma * (dy - mdy - self.y * mdyy)
        return dx, dgamma, dbeta


def forward(proj, gamma, beta, fc1, fc2):
    ln = LayerNorm1p(gamma, beta)
    z = ln(tokens @ proj)
    pre = z @ fc1
    act = np.where(pre > 0, pre, 0.1 * pre)
    return ln, z, pre, act, act @ fc2


def loss(**p):
    return ((forward(**p)[-1] - target) ** 2).mean()


def _backward(p, plus):
    ln, z, pre, act, out = forward(**p)
    dout = 2 * (out - target) / out.size
    dpre = dout @ p["fc2"].T * np.where(pre > 0, 1, 0.1)
    dx, dgamma, dbeta = ln.bwd(dpre @ p["fc1"].T, plus)
    return {"proj": tokens.T @ dx, "gamma": dgamma, "beta": dbeta, "fc1": z.T @ dpre, "fc2": act.T @ dout}


def backward(**p):
    return _backward(p, 0)


def right_backward(**p):
    return _backward(p, 1)


EXPECTED = {"other_operand", "path_missing"}
