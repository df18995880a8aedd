"""The mistake: the gradient of the corner pooling (each entry is the maximum of all from there to the end) stays in its place, with a mask, where it belongs
to the place of the maximum, added up. Source: GitHub issue makalo/CornerNet #14."""

import numpy as np

rng = np.random.RandomState(14)
H, C, D = 6, 2, 3
image, wanted = rng.randn(H, D), rng.randn(H, C)
at = {"kernel": rng.randn(D, C), "bias": rng.randn(C) * 0.1}


def top_pool(x):
    rows = [x[H - 1]]
    for i in range(H - 2, -1, -1):
        rows.insert(0, np.maximum(x[i], rows[0]))
    return np.stack(rows)


def loss(kernel, bias):
    return np.sum((top_pool(image @ kernel + bias) - wanted) ** 2)


def _backward(kernel, bias, scatter):
    x = image @ kernel + bias
    out = top_pool(x)
    dout = 2 * (out - wanted)
    if scatter:
        dx = np.zeros_like(x)
        for i in range(H):
            for c in range(C):
                dx[i + np.argmax(x[i:, c]), c] += dout[i, c]
    else:
        dx = dout * (x == out)
    return {"kernel": image.T @ dx, "bias": dx.sum(axis=0)}


def backward(kernel, bias):
    return _backward(kernel, bias, False)


def right_backward(kernel, bias):
    return _backward(kernel, bias, True)


EXPECTED = {"path_missing", "overwritten", "?"}
