"""The mistake: with a residual stream, res_out = residual + x, out = norm(res_out), the gradient of res_out is added before the
norm's backward, (dres_out + dout) * dnorm, where dres_out + dout * dnorm belongs. Source: GitHub pull request Dao-AILab/quack #53,
"Fix gradient computation in RMS PreNorm backward pass"."""

import numpy as np

rng = np.random.RandomState(14)
data, target = rng.randn(4, 3), rng.randn(4, 5)
at = {
    "W_in": rng.randn(3, 5),
    "W_x": rng.randn(3, 5) * 0.7,
    "weight": 1 + rng.randn(5) * 0.3,
    "W_mlp": rng.randn(5, 5) * 0.5,
}


def rmsnorm(r, weight, eps=1e-6):
    rstd = 1.0 / np.sqrt(np.mean(r * r, axis=-1, keepdims=True) + eps)
    return r * rstd * weight, rstd


def rmsnorm_bwd(dout, r, weight, rstd):
    x_hat = r * rstd
    wdy = dout * weight
    return (wdy - x_hat * np.mean(x_hat * wdy, axis=-1, keepdims=True)) * rstd


def forward(W_in, W_x, weight, W_mlp):
    residual, x = data @ W_in, data @ W_x
    res_out = residual + x
    out, rstd = rmsnorm(res_out, weight)
    a = np.tanh(out @ W_mlp)
    return res_out, rstd, out, a, res_out + a


def loss(**p):
    return np.sum((forward(**p)[-1] - target) ** 2) / len(data)


def _backward(p, right):
    res_out, rstd, out, a, y = forward(**p)
    dy = 2 * (y - target) / len(data)
    dres_out = dy
    dz = dy * (1 - a**2)
    dout = dz @ p["W_mlp"].T
    if right:
        dx = dres_out + rmsnorm_bwd(dout, res_out, p["weight"], rstd)
    else:
        dx = rmsnorm_bwd(dres_out + dout, res_out, p["weight"], rstd)
    return {
        "W_in": data.T @ dx,
        "W_x": data.T @ dx,
        "weight": np.sum(dout * res_out * rstd, axis=0),
        "W_mlp": out.T @ dz,
    }


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"?"}
