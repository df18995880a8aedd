"""The mistake: in the reverse pass of a loop, the forward value of tanh is that of the last iteration in every iteration (1 - stmt^2 with one spilled
stmt). Source: GitHub pull request Genesis-Embodied-AI/quadrants #502, "Recompute tanh/exp on the operand in the reverse pass" (C++ compiler; the wrong
adjoint here by hand)."""

import numpy as np

rng = np.random.RandomState(33)
n_iter = 4
target = rng.randn(3)
at = {"x": rng.randn(3), "w": rng.randn(3) + 1.0, "b": rng.randn(3) * 0.5}


def forward(x, w, b):
    states = [x]
    for _ in range(n_iter):
        states.append(np.tanh(w * states[-1] + b))
    return states


def loss(x, w, b):
    return 0.5 * np.sum((forward(x, w, b)[-1] - target) ** 2)


def _backward(x, w, b, recompute):
    states = forward(x, w, b)
    stmt = states[-1]
    adjoint = states[-1] - target
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for i in reversed(range(n_iter)):
        if recompute:
            stmt = np.tanh(w * states[i] + b)
        d_operand = adjoint * (1 - stmt**2)
        dw += d_operand * states[i]
        db += d_operand
        adjoint = d_operand * w
    return {"x": adjoint, "w": dw, "b": db}


def backward(x, w, b):
    return _backward(x, w, b, False)


def right_backward(x, w, b):
    return _backward(x, w, b, True)


EXPECTED = {"derivative_argument", "other_operand"}
