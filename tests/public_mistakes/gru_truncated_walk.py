"""The mistake: the loop that hands dL/ds to the state before runs min(T - 1, bp_lim) times from the end, so with bp_lim = 2 only the
last state's gradient goes back (two steps); the other steps hear of their own output alone.
Source: GitHub pull request rsokl/MyGrad #4, "GRU" (review: "only the final hidden-descriptor would backprop its gradient")."""

import numpy as np

rng = np.random.RandomState(44)
T, C, D, K = 5, 2, 3, 2
X = rng.randn(T, C)
Y = rng.randn(T, K)
at = {}
for gate in "zrh":
    at["U" + gate] = rng.randn(C, D) * 0.6
    at["W" + gate] = rng.randn(D, D) * 0.6
    at["b" + gate] = rng.randn(D) * 0.2
at["V"] = rng.randn(D, K) * 0.6
bp_lim = 2


def sig(v):
    return 1 / (1 + np.exp(-v))


def gru(p):
    s = np.zeros((T + 1, D))
    z, r, h = np.zeros((T, D)), np.zeros((T, D)), np.zeros((T, D))
    for t in range(T):
        z[t] = sig(np.dot(X[t], p["Uz"]) + np.dot(s[t], p["Wz"]) + p["bz"])
        r[t] = sig(np.dot(X[t], p["Ur"]) + np.dot(s[t], p["Wr"]) + p["br"])
        h[t] = np.tanh(np.dot(X[t], p["Uh"]) + np.dot(r[t] * s[t], p["Wh"]) + p["bh"])
        s[t + 1] = (1 - z[t]) * h[t] + z[t] * s[t]
    return s, z, r, h


def loss(**p):
    s, z, r, h = gru(p)
    return 0.5 * np.sum((np.dot(s[1:], p["V"]) - Y) ** 2)


def gates(dLds, s, z, r, h, p):
    dz = dLds * (s - h) * z * (1 - z)
    dh = dLds * (1 - z) * (1 - h**2)
    dr = np.dot(dh, p["Wh"].T) * s * r * (1 - r)
    return dz, dr, dh


def _backward(p, limit):
    s, z, r, h = gru(p)
    err = np.dot(s[1:], p["V"]) - Y
    dLds = np.dot(err, p["V"].T)
    for i in range(min(T - 1, limit)):
        t = T - 1 - i
        dz, dr, dh = gates(dLds[t], s[t], z[t], r[t], h[t], p)
        dLds[t - 1] += (
            dLds[t] * z[t] + np.dot(dz, p["Wz"].T) + np.dot(dr, p["Wr"].T) + np.dot(dh, p["Wh"].T) * r[t]
        )
    dz, dr, dh = gates(dLds, s[:-1], z, r, h, p)
    grads = {"V": np.dot(s[1:].T, err)}
    for gate, d, before in (("z", dz, s[:-1]), ("r", dr, s[:-1]), ("h", dh, r * s[:-1])):
        grads["U" + gate] = np.dot(X.T, d)
        grads["W" + gate] = np.dot(before.T, d)
        grads["b" + gate] = d.sum(axis=0)
    return grads


def backward(**p):
    return _backward(p, bp_lim)


def right_backward(**p):
    return _backward(p, T)


EXPECTED = {"path_missing", "detached"}
