"""The mistake: the adjoint of matmul writes adj_a with beta = 0, so an earlier gradient of a is overwritten when a is used in two matmuls.
Source: GitHub issue NVIDIA/warp #168, "Adjoint of Matmul" ("old gradient of a is overwritten by matmul call")."""

import numpy as np

rng = np.random.RandomState(3)
x, target = rng.randn(4, 3), rng.randn(4, 3)
at = {"a": rng.randn(4, 4) * 0.5}


def forward(a):
    y1 = a @ x
    h = np.tanh(y1)
    y2 = a @ h
    return h, y2


def loss(a):
    h, y2 = forward(a)
    return 0.5 * np.sum((y2 - target) ** 2)


def _backward(a, beta):
    h, y2 = forward(a)
    adj_a = np.zeros_like(a)
    adj_y2 = y2 - target
    adj_a = adj_y2 @ h.T + beta * adj_a
    adj_h = a.T @ adj_y2
    adj_y1 = adj_h * (1 - h * h)
    adj_a = adj_y1 @ x.T + beta * adj_a
    return {"a": adj_a}


def backward(a):
    return _backward(a, 0.0)


def right_backward(a):
    return _backward(a, 1.0)


EXPECTED = {"overwritten", "shared_use_missing"}
