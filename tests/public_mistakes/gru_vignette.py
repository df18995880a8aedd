"""The mistake: wild formulas: the published list adds the candidate's gradient d * z to that of the update gate (and never uses
its d6 = 1 - d * h_prev), takes the input weights for the way back to h, and the deltas of one gate for the weights of another.
Source: CRAN package rnn, vignette "GRU units" (cran.r-project.org/web/packages/rnn/vignettes/GRU_units.html)."""

import numpy as np

rng = np.random.RandomState(4)
T, k = 3, 3
X, target = rng.randn(T, k), rng.randn(T, k) * 0.4
at = {name: rng.uniform(-0.7, 0.7, (k, k)) for name in ("W_r", "U_r", "W_z", "U_z", "W_g", "U_g")}


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def forward(W_r, U_r, W_z, U_z, W_g, U_g):
    h = np.zeros((1, k))
    states = []
    for t in range(T):
        x = X[t : t + 1]
        r = sigmoid(h @ W_r + x @ U_r)
        z = sigmoid(h @ W_z + x @ U_z)
        g = np.tanh((h * r) @ W_g + x @ U_g)
        h_prev, h = h, h * (1 - z) + z * g
        states.append((x, h_prev, r, z, g, h))
    return states


def loss(**p):
    out = np.concatenate([s[-1] for s in forward(**p)])
    return np.sum((out - target) ** 2) / 2


def backward(**p):
    grad = {n: np.zeros_like(v) for n, v in p.items()}
    d2 = np.zeros((1, k))
    states = forward(**p)
    for t in range(T - 1, -1, -1):
        x, h_prev, r, z, g, h = states[t]
        d3 = (h - target[t : t + 1]) + d2
        d4 = (1 - z) * d3
        d5 = d3 * h_prev
        d6 = 1 - d5
        d7 = d3 * g
        d8 = d3 * z
        d9 = d7 + d8
        d10 = d8 * (1 - g**2)
        d11 = d9 * z * (1 - z)
        d13 = d10 @ p["U_g"].T
        d15 = d11 @ p["U_z"].T
        d17 = d13 * r
        d18 = d17 * r * (1 - r)
        d19 = d17 + d4
        d21 = d18 @ p["U_r"].T
        d2 = d19 + d21 + d15
        grad["W_r"] += h_prev.T @ d10
        grad["U_r"] += x.T @ d10
        grad["W_z"] += h_prev.T @ d11
        grad["U_z"] += x.T @ d11
        grad["W_g"] += (h_prev * r).T @ d18
        grad["U_g"] += x.T @ d18
    return grad


def right_backward(**p):
    grad = {n: np.zeros_like(v) for n, v in p.items()}
    later = np.zeros((1, k))
    states = forward(**p)
    for t in range(T - 1, -1, -1):
        x, h_prev, r, z, g, h = states[t]
        d = (h - target[t : t + 1]) + later
        dz = d * (g - h_prev) * z * (1 - z)
        dg = d * z * (1 - g**2)
        dhr = dg @ p["W_g"].T
        dr = dhr * h_prev * r * (1 - r)
        grad["W_r"] += h_prev.T @ dr
        grad["U_r"] += x.T @ dr
        grad["W_z"] += h_prev.T @ dz
        grad["U_z"] += x.T @ dz
        grad["W_g"] += (h_prev * r).T @ dg
        grad["U_g"] += x.T @ dg
        later = d * (1 - z) + dhr * r + dz @ p["W_z"].T + dr @ p["W_r"].T
    return grad


EXPECTED = {"?"}
