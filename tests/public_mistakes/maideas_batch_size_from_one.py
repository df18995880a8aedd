"""The mistake: batch_size begins at one and each backward adds one, so the sums are divided by the samples plus one. Source: GitHub repository
maideas/numpy-neural-network, commit 94c3ff9, "added batch size dependent gradient adjustment" (later batch_size_count = 0)."""

import numpy as np

rng = np.random.RandomState(94)
batch = rng.randn(4, 3)
goal = rng.randn(4, 2)
at = {
    "w1": rng.randn(4, 3) * 0.6,
    "wb1": rng.randn(4) * 0.2,
    "w2": rng.randn(2, 4),
    "wb2": rng.randn(2) * 0.2,
}


def forward(w1, wb1, w2, wb2, x):
    h = np.tanh(w1 @ x + wb1)
    return h, w2 @ h + wb2


def loss(w1, wb1, w2, wb2):
    return sum(0.5 * np.sum((forward(w1, wb1, w2, wb2, x)[1] - t) ** 2) for x, t in zip(batch, goal)) / len(
        batch
    )


def _backward(w1, wb1, w2, wb2, batch_size):
    grad = {
        "w1": np.zeros_like(w1),
        "wb1": np.zeros_like(wb1),
        "w2": np.zeros_like(w2),
        "wb2": np.zeros_like(wb2),
    }
    for x, t in zip(batch, goal):
        batch_size += 1
        h, y = forward(w1, wb1, w2, wb2, x)
        grad_y = y - t
        grad["wb2"] += grad_y
        grad["w2"] += np.outer(grad_y, h)
        grad_y = np.matmul(grad_y, w2) * (1 - h**2)
        grad["wb1"] += grad_y
        grad["w1"] += np.outer(grad_y, x)
    for name in grad:
        grad[name] /= batch_size
    return grad


def backward(**at):
    return _backward(**at, batch_size=1)


def right_backward(**at):
    return _backward(**at, batch_size=0)


EXPECTED = {"scale", "sum_for_mean"}
