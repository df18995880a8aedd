"""The mistake: backward is called for one sample after another, and assigns grad_w instead of adding to it; the bias is the last column of w. Source: GitHub
repository maideas/numpy-neural-network, commit 22fec49, "corrected weights gradient accumulation" (two dense layers, tanh between)."""

import numpy as np

rng = np.random.RandomState(22)
batch = rng.randn(4, 3)
goal = rng.randn(4, 2)
at = {"w1": rng.randn(4, 4) * 0.6, "w2": rng.randn(2, 5)}


def forward(w1, w2, x):
    h = np.tanh(w1[:, :-1] @ x + w1[:, -1])
    return h, w2[:, :-1] @ h + w2[:, -1]


def loss(w1, w2):
    return sum(0.5 * np.sum((forward(w1, w2, x)[1] - t) ** 2) for x, t in zip(batch, goal))


def _backward(w1, w2, right):
    grad = {"w1": np.zeros_like(w1), "w2": np.zeros_like(w2)}

    def layer(name, w, grad_y, x):
        if right:
            grad[name][:, :-1] += np.outer(grad_y, x)
            grad[name][:, -1] += grad_y
        else:
            grad[name][:, :-1] = np.outer(grad_y, x)
            grad[name][:, -1] = grad_y
        return np.matmul(grad_y, w[:, :-1])

    for x, t in zip(batch, goal):
        h, y = forward(w1, w2, x)
        grad_x = layer("w2", w2, y - t, h)
        layer("w1", w1, grad_x * (1 - h**2), x)
    return grad


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"overwritten", "single_sample"}
