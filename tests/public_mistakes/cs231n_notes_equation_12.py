"""The mistake: dL/dx = dL/dy x^T for y = x w, where w^T belongs. Source: GitHub issue cs231n/cs231n.github.io #229, "Possible error in derivative notes?" (equation
12; the matrices are square here, or the shapes would tell)."""

import numpy as np

rng = np.random.RandomState(229)
data = rng.randn(3, 3)
goal = rng.randn(3, 3)
at = {"w1": rng.randn(3, 3) * 0.7, "w": rng.randn(3, 3)}


def loss(w1, w):
    x = np.tanh(data @ w1)
    y = x @ w
    return np.sum((y - goal) ** 2)


def _backward(w1, w, right):
    x = np.tanh(data @ w1)
    y = x @ w
    dL_dy = 2 * (y - goal)
    dL_dw = x.T @ dL_dy
    dL_dx = dL_dy @ (w.T if right else x.T)
    return {"w1": data.T @ (dL_dx * (1 - x**2)), "w": dL_dw}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_operand"}
