"""The mistake: the adjoint equation is written lambda' = -f_u^T lambda + g_u^T; the source term has the wrong sign (lambda' =
-f_u^T lambda - g_u^T), and dG/dp = integral of g_p + lambda f_p. The running cost g has a control penalty, so g_p is not zero.
Source: github.com/SciML/SciMLBook issue 197, "Fix Mistake for Adjoint of ODEs" (lecture 11; here with Euler steps)."""

import numpy as np

rng = np.random.RandomState(197)
steps, dt = 5, 0.2
u0 = np.array([0.7, -0.4])
goal = rng.randn(steps + 1, 2)
at = {"A": rng.randn(2, 2) * 0.8, "c": rng.randn(2) * 0.5}


def f(u, A, c):
    return np.tanh(np.dot(A, u) + c)


def g(u, A, c):
    return np.sum(u**2) / 2


def solve(A, c):
    us = [u0]
    for i in range(steps):
        us.append(us[-1] + dt * f(us[-1], A, c))
    return us


def loss(A, c):
    us = solve(A, c)
    G = 0.0
    for i in range(1, steps + 1):
        G = G + dt * (0.5 * np.sum((us[i] - goal[i]) ** 2) + 0.1 * np.sum(A**2) + 0.1 * np.sum(c**2))
    return G


def _backward(A, c, sign):
    us = solve(A, c)
    dA, dc = np.zeros_like(A), np.zeros_like(c)
    lam = np.zeros(2)
    for i in range(steps, 0, -1):
        lam = lam + sign * dt * (us[i] - goal[i])
        dA += dt * 0.2 * A
        dc += dt * 0.2 * c
        v = lam * (1 - f(us[i - 1], A, c) ** 2)
        dA += dt * np.outer(v, us[i - 1])
        dc += dt * v
        lam = lam + dt * np.dot(A.T, v)
    return {"A": dA, "c": dc}


def backward(A, c):
    return _backward(A, c, -1)


def right_backward(A, c):
    return _backward(A, c, +1)


EXPECTED = {"sign"}
