"""The mistake: the forward normalizes the last axis of (B, S, H); the backward takes M = shape[0] rows of N = S * H entries, with the first M of the saved
means and rstds, and averages over all of N. Source: GitHub issue flagos-ai/FlagGems #5392, "layer_norm_backward assumes 2-D input: silently wrong
gradients" (Triton; NumPy here, without weight and bias)."""

import numpy as np

rng = np.random.RandomState(22)
target, eps = rng.randn(2, 3, 4), 1e-5
at = {"x": rng.randn(2, 3, 4) * 1.3}


def forward(x):
    mean = x.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + eps)
    return mean, rstd, (x - mean) * rstd


def loss(x):
    mean, rstd, y = forward(x)
    return 0.5 * np.sum((y - target) ** 2)


def _backward(x, M, N):
    mean, rstd, y = forward(x)
    dy = (y - target).reshape(M, N)
    mean, rstd = mean.ravel()[:M, None], rstd.ravel()[:M, None]
    x_hat = (x.reshape(M, N) - mean) * rstd
    dx = rstd * (dy - dy.mean(axis=1, keepdims=True) - x_hat * (dy * x_hat).mean(axis=1, keepdims=True))
    return {"x": dx.reshape(x.shape)}


def backward(x):
    M = x.shape[0]
    return _backward(x, M, x.size // M)


def right_backward(x):
    N = x.shape[-1]
    return _backward(x, x.size // N, N)


EXPECTED = {"?", "other_operand"}
