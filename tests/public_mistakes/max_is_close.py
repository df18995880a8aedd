"""The mistake: the backward pass of the maximum gives the gradient to all entries that are within 1e-2 of it (is_close), not to the maximum alone. Source:
GitHub pull request mni-ml/framework #22 (review of tensor_functions.ts, Max.backward)."""

import numpy as np

rng = np.random.RandomState(22)
x, y = rng.randn(4, 3), rng.randn(4)
W = rng.randn(3, 4) * 0.5
W[:, 3] = W[:, 0] + np.array([0.001, -0.0015, 0.002])
at = {"W": W, "b": np.array([0.1, 0.0, -0.2, 0.1])}


class Max:
    @staticmethod
    def forward(ctx, a):
        out = a.max(axis=1, keepdims=True)
        ctx["saved"] = a, out
        return out

    @staticmethod
    def backward(ctx, gradOutput, exact):
        a, maxVals = ctx["saved"]
        if exact:
            mask = a == maxVals
        else:
            mask = np.abs(a - maxVals) < 1e-2
        return gradOutput * mask


def loss(W, b):
    pooled = Max.forward({}, x @ W + b)
    return np.sum((pooled[:, 0] - y) ** 2)


def _backward(W, b, exact):
    ctx = {}
    pooled = Max.forward(ctx, x @ W + b)
    da = Max.backward(ctx, 2 * (pooled - y[:, None]), exact)
    return {"W": x.T @ da, "b": da.sum(axis=0)}


def backward(W, b):
    return _backward(W, b, False)


def right_backward(W, b):
    return _backward(W, b, True)


EXPECTED = {"?"}
