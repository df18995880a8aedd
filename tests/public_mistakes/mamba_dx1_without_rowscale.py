"""The mistake: the parallel layer norm of x * rowscale + x1 * rowscale[M:] gives back dx with its rowscale
and dx1 without it. Source: GitHub pull request state-spaces/mamba #1023 ("dx1 (parallel LayerNorm) was
written out without applying the second half of rowscale"; Triton, here NumPy)."""

import numpy as np

rng = np.random.RandomState(1023)
M, N = 4, 5
rowscale = rng.uniform(0.4, 1.8, 2 * M)
a, a1 = rng.randn(M, 3), rng.randn(M, 3)
target = rng.randn(M, N)
eps = 1e-5
at = {
    "Wx": rng.randn(3, N),
    "Wx1": rng.randn(3, N),
    "weight": rng.uniform(0.5, 1.5, N),
    "bias": rng.randn(N) * 0.3,
}


def forward(Wx, Wx1, weight, bias):
    x, x1 = a @ Wx, a1 @ Wx1
    s = x * rowscale[:M, None] + x1 * rowscale[M:, None]
    mean = s.mean(axis=1, keepdims=True)
    rstd = 1 / np.sqrt(s.var(axis=1, keepdims=True) + eps)
    xhat = (s - mean) * rstd
    return xhat, rstd, xhat * weight + bias


def loss(**p):
    return 0.5 * np.sum((forward(**p)[-1] - target) ** 2)


def _backward(Wx, Wx1, weight, bias, right):
    xhat, rstd, y = forward(Wx, Wx1, weight, bias)
    dy = y - target
    wdy = weight * dy
    c1 = np.mean(xhat * wdy, axis=1, keepdims=True)
    c2 = np.mean(wdy, axis=1, keepdims=True)
    ds = (wdy - (xhat * c1 + c2)) * rstd
    dx = ds * rowscale[:M, None]
    dx1 = ds * rowscale[M:, None] if right else ds
    return {"Wx": a.T @ dx, "Wx1": a1.T @ dx1, "weight": np.sum(dy * xhat, 0), "bias": np.sum(dy, 0)}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"factor_missing"}
