"""The mistake: the normalised value is won back from the output as (out - betta[pos]) / gamma[pos], with pos, the row of the tile, where the
column idx belongs; the gradient of gamma is built with it (as many rows as columns here, one tile). Source: GitHub pull request
microsoft/DeepSpeed #692, "Fix wrong idx bug in invertible LayerNormBackward1" (CUDA; here NumPy loops)."""

import numpy as np

rng = np.random.RandomState(692)
rows = width = 4
X, target = rng.randn(rows, 3), rng.randn(rows, width)
at = {"W": rng.randn(3, width), "gamma": 1 + 0.3 * rng.randn(width), "betta": 0.3 * rng.randn(width)}
epsilon = 1e-5


def layer_norm(vals, gamma, betta):
    means = vals.mean(axis=1, keepdims=True)
    vars = ((vals - means) ** 2).mean(axis=1, keepdims=True)
    xhat = (vals - means) / np.sqrt(vars + epsilon)
    return xhat * gamma + betta, xhat, vars


def loss(W, gamma, betta):
    out = layer_norm(X @ W, gamma, betta)[0]
    return 0.5 * np.sum((out - target) ** 2)


def _backward(W, gamma, betta, right):
    out, xhat, vars = layer_norm(X @ W, gamma, betta)
    out_grad = out - target
    gamma_grad, betta_grad = np.zeros(width), np.zeros(width)
    for idx in range(width):
        for r in range(rows):
            pos = idx if right else r
            betta_reg = betta[pos]
            gamma_reg = gamma[pos]
            val = (out[r, idx] - betta_reg) / gamma_reg
            grad = out_grad[r, idx]
            betta_grad[idx] += grad
            gamma_grad[idx] += val * grad
    dxhat = out_grad * gamma
    dvals = dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)
    dvals = dvals / np.sqrt(vars + epsilon)
    return {"W": X.T @ dvals, "gamma": gamma_grad, "betta": betta_grad}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"?", "other_operand"}
