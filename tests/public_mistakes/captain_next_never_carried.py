"""The mistake: dh_prev and dC_prev are computed at the end of each step of the LSTM's backward pass and
never handed on: dh_next and dC_next stay zero. Source: GitHub issue CaptainE/RNN-LSTM-in-numpy #1, "Issue
2) Missing dh_next and dc_next?" (its issue 1 is mended here)."""

import numpy as np

rng = np.random.RandomState(12)
T, H, V = 3, 3, 2
xs, targets = rng.randn(T, V, 1), [1, 0, 1]
at = {k: rng.randn(H, H + V) * 0.8 for k in ("W_f", "W_i", "W_g", "W_o")}
at.update({k: rng.randn(H, 1) * 0.3 for k in ("b_f", "b_i", "b_g", "b_o")})
at.update({"W_v": rng.randn(V, H), "b_v": rng.randn(V, 1) * 0.3})


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(p):
    h, C, steps = np.zeros((H, 1)), np.zeros((H, 1)), []
    for t in range(T):
        z = np.vstack((h, xs[t]))
        f, i = sigmoid(p["W_f"] @ z + p["b_f"]), sigmoid(p["W_i"] @ z + p["b_i"])
        g, o = np.tanh(p["W_g"] @ z + p["b_g"]), sigmoid(p["W_o"] @ z + p["b_o"])
        C_prev = C
        C = f * C_prev + i * g
        h = o * np.tanh(C)
        v = p["W_v"] @ h + p["b_v"]
        steps.append((z, f, i, g, o, C_prev, C, h, np.exp(v) / np.sum(np.exp(v))))
    return steps


def loss(**p):
    return -sum(np.log(s[-1][targets[t], 0]) for t, s in enumerate(forward(p)))


def _backward(p, right):
    d = {k: np.zeros_like(w) for k, w in p.items()}
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    steps = forward(p)
    for t in reversed(range(T)):
        z, f, i, g, o, C_prev, C, h, out = steps[t]
        dv = out.copy()
        dv[targets[t]] -= 1
        d["W_v"] += dv @ h.T
        d["b_v"] += dv
        dh = p["W_v"].T @ dv
        dh += dh_next
        do = o * (1 - o) * (dh * np.tanh(C))
        dC = np.copy(dC_next)
        dC += dh * o * (1 - np.tanh(C) ** 2)
        dg = (1 - g * g) * (dC * i)
        di = i * (1 - i) * (dC * g)
        df = f * (1 - f) * (dC * C_prev)
        for k, dk in zip("figo", (df, di, dg, do)):
            d["W_" + k] += dk @ z.T
            d["b_" + k] += dk
        dz = p["W_f"].T @ df + p["W_i"].T @ di + p["W_g"].T @ dg + p["W_o"].T @ do
        dh_prev = dz[:H, :]
        dC_prev = f * dC
        if right:
            dh_next, dC_next = dh_prev, dC_prev
    return d


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"path_missing", "shared_use_missing"}
