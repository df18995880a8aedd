"""The mistake: of a block's two residual connections the backward pass adds only the first; the gradient goes through the second
half's network alone, the identity next to it is missing.
Source: GitHub issue paiml/entrenar #313, "missing second residual skip gradient - vanishing gradients across blocks"."""

import numpy as np

rng = np.random.default_rng(313)
d, n_blocks = 3, 3
inp, wanted = rng.normal(size=(4, d)), rng.normal(size=(4, d))
at = {}
for i in range(n_blocks):
    at[f"mix{i}"] = rng.normal(size=(d, d)) * 0.5
    at[f"up{i}"] = rng.normal(size=(d, 4)) * 0.5
    at[f"down{i}"] = rng.normal(size=(4, d)) * 0.5


def block_forward(x, mix, up, down):
    attn_output = np.tanh(x @ mix)
    residual1 = x + attn_output
    inner = np.tanh(residual1 @ up)
    ffn_output = inner @ down
    return residual1 + ffn_output, (x, attn_output, residual1, inner)


def block_backward(grad_output, cache, mix, up, down, second_skip):
    x, attn_output, residual1, inner = cache
    g_down = inner.T @ grad_output
    g_inner = grad_output @ down.T * (1 - inner**2)
    g_up = residual1.T @ g_inner
    grad_residual1 = g_inner @ up.T
    if second_skip:
        grad_residual1 = grad_residual1 + grad_output
    g_attn = grad_residual1 * (1 - attn_output**2)
    g_mix = x.T @ g_attn
    grad_input = grad_residual1 + g_attn @ mix.T
    return grad_input, g_mix, g_up, g_down


def forward(p):
    x, caches = inp, []
    for i in range(n_blocks):
        x, cache = block_forward(x, p[f"mix{i}"], p[f"up{i}"], p[f"down{i}"])
        caches.append(cache)
    return x, caches


def loss(**p):
    return np.mean((forward(p)[0] - wanted) ** 2)


def _backward(p, second_skip):
    out, caches = forward(p)
    grad, g = 2 * (out - wanted) / out.size, {}
    for i in reversed(range(n_blocks)):
        grad, g[f"mix{i}"], g[f"up{i}"], g[f"down{i}"] = block_backward(
            grad, caches[i], p[f"mix{i}"], p[f"up{i}"], p[f"down{i}"], second_skip
        )
    return g


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"path_missing", "shared_use_missing"}
