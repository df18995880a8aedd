"""The mistake: a pre-norm block hands on both the sum residual + x and its RMS norm; backward the two gradients are added first
and both are sent through the norm, (dres_out + dout) * dnorm, where dres_out + dout * dnorm belongs.
Source: GitHub pull request Dao-AILab/quack #53, "Fix gradient computation in RMS PreNorm backward pass"."""

import numpy as np

rng = np.random.default_rng(53)
B, D = 4, 3
tokens = rng.normal(size=(B, D))
target = rng.normal(size=(B, D))
at = {
    "Wx": rng.normal(size=(D, D)) * 0.7,
    "w": rng.normal(size=D) * 0.3 + 1,
    "Wm": rng.normal(size=(D, D)) * 0.7,
}
eps = 1e-5


def forward(Wx, w, Wm):
    x = np.tanh(tokens @ Wx)
    res_out = tokens + x
    rstd = 1 / np.sqrt(np.mean(res_out**2, axis=-1, keepdims=True) + eps)
    out = res_out * rstd * w
    y = res_out + out @ Wm
    return x, res_out, rstd, out, y


def loss(Wx, w, Wm):
    x, res_out, rstd, out, y = forward(Wx, w, Wm)
    return 0.5 * np.mean(np.sum((y - target) ** 2, axis=-1))


def dnorm(g, res_out, rstd, w):
    xhat = res_out * rstd
    wg = g * w
    return rstd * (wg - xhat * np.mean(wg * xhat, axis=-1, keepdims=True))


def _backward(Wx, w, Wm, right):
    x, res_out, rstd, out, y = forward(Wx, w, Wm)
    dy = (y - target) / B
    dres_out = dy
    dout = dy @ Wm.T
    dWm = out.T @ dy
    dw = np.sum(dout * res_out * rstd, axis=0)
    if right:
        dx = dres_out + dnorm(dout, res_out, rstd, w)
    else:
        dx = dnorm(dres_out + dout, res_out, rstd, w)
    return {"Wm": dWm, "w": dw, "Wx": tokens.T @ (dx * (1 - x**2))}


def backward(Wx, w, Wm):
    return _backward(Wx, w, Wm, False)


def right_backward(Wx, w, Wm):
    return _backward(Wx, w, Wm, True)


EXPECTED = {"?"}
