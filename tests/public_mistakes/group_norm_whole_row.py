"""The mistake: the forward pass normalizes in groups, the backward pass does not take group_size into account and averages over
the whole row.
Source: GitHub pull request state-spaces/mamba #547, "Fix Consider group_size in layer_norm_bwd" (RMS norm with ngroups > 1)."""

import numpy as np

rng = np.random.default_rng(547)
M, N, group_size = 4, 6, 3
u = rng.normal(size=(M, 3))
target = rng.normal(size=(M, 2))
at = {
    "Win": rng.normal(size=(3, N)) * 0.8,
    "w": 1 + 0.3 * rng.normal(size=N),
    "Wout": rng.normal(size=(N, 2)) * 0.6,
}
eps = 1e-5


def norm_fwd(x, w):
    xg = x.reshape(M, N // group_size, group_size)
    rstd = 1 / np.sqrt(np.mean(xg**2, axis=-1, keepdims=True) + eps)
    xhat = (xg * rstd).reshape(M, N)
    return xhat, rstd, xhat * w


def loss(Win, w, Wout):
    x = u @ Win
    xhat, rstd, y = norm_fwd(x, w)
    return np.mean((y @ Wout - target) ** 2)


def norm_bwd(dy, x, w, xhat, rstd, group):
    wdy = (dy * w).reshape(M, N // group, group)
    xhat_g = xhat.reshape(M, N // group, group)
    c1 = np.mean(xhat_g * wdy, axis=-1, keepdims=True)
    d = (wdy - xhat_g * c1).reshape(M, N // group_size, group_size) * rstd
    return d.reshape(M, N), np.sum(dy * xhat, axis=0)


def _backward(Win, w, Wout, group):
    x = u @ Win
    xhat, rstd, y = norm_fwd(x, w)
    do = 2 * (y @ Wout - target) / target.size
    dx, dw = norm_bwd(do @ Wout.T, x, w, xhat, rstd, group)
    return {"Win": u.T @ dx, "w": dw, "Wout": y.T @ do}


def backward(Win, w, Wout):
    return _backward(Win, w, Wout, N)


def right_backward(Win, w, Wout):
    return _backward(Win, w, Wout, group_size)


EXPECTED = {"?"}
