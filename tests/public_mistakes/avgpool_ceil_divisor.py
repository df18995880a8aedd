"""The mistake: with ceil_mode the last window hangs over the edge; the forward pass divides by the clipped window's size, the
backward pass always by the full kernel's.
Source: github.com/tracel-ai/burn issue 5604, "avg_pool2d_backward divisor disagrees with forward in ceil_mode" (here 1-D)."""

import numpy as np

rng = np.random.RandomState(5604)
n, width, kernel, stride = 4, 5, 2, 2
xs = rng.randn(n, 3)
ts = rng.randn(n, 3)
at = {"W": rng.randn(3, width) * 0.7, "b": rng.randn(width) * 0.2, "V": rng.randn(3, 3) * 0.7}
n_out = 3


def avg_pool(a):
    out = np.zeros((n, n_out))
    for j in range(n_out):
        start = j * stride
        end = min(start + kernel, width)
        out[:, j] = np.sum(a[:, start:end], axis=1) / (end - start)
    return out


def loss(W, b, V):
    a = np.tanh(xs @ W + b)
    p = avg_pool(a)
    return np.mean(np.sum((p @ V - ts) ** 2, axis=1))


def _backward(W, b, V, right):
    a = np.tanh(xs @ W + b)
    p = avg_pool(a)
    dy = 2 * (p @ V - ts) / n
    dp = dy @ V.T
    da = np.zeros_like(a)
    for j in range(n_out):
        start = j * stride
        end = min(start + kernel, width)
        divisor = end - start if right else kernel
        for i in range(start, end):
            da[:, i] += dp[:, j] / divisor
    dz = da * (1 - a**2)
    return {"W": xs.T @ dz, "b": dz.sum(axis=0), "V": p.T @ dy}


def backward(W, b, V):
    return _backward(W, b, V, False)


def right_backward(W, b, V):
    return _backward(W, b, V, True)


EXPECTED = {"?"}
