"""The mistake: df = sigmoid(f[t]) * df, the derivative = True is left out at the forget gate: the sigmoid of the gate stands for its derivative
f (1 - f). Source: GitHub pull request CaptainE/RNN-LSTM-in-numpy #2 ("I add derivative = True in forget backward logic"); the line is in many
copies of this code. (sigmoid(., derivative=True) takes the gate here; the other points of this code are in lstm_lineage_whole.)"""

import numpy as np

rng = np.random.RandomState(25)
T, H, V = 3, 3, 2
xs, targets = rng.randn(T, V, 1), [0, 1, 1]
at = {k: rng.randn(H, H + V) * 0.7 for k in ("W_f", "W_i", "W_g", "W_o")}
at.update({"W_v": rng.randn(V, H)})
at.update({k: rng.randn(H, 1) * 0.3 for k in ("b_f", "b_i", "b_g", "b_o")})
at.update({"b_v": rng.randn(V, 1) * 0.3})


def sigmoid(x, derivative=False):
    if derivative:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def forward(W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v):
    h, C = np.zeros((H, 1)), np.zeros((H, 1))
    steps = []
    for t in range(T):
        z = np.concatenate([h, xs[t]])
        f = sigmoid(W_f @ z + b_f)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        C_prev, C = C, f * C + i * g
        o = sigmoid(W_o @ z + b_o)
        h = o * np.tanh(C)
        v = W_v @ h + b_v
        e = np.exp(v)
        steps.append((z, f, i, g, C_prev, C, o, h, e / np.sum(e)))
    return steps


def loss(**p):
    total = 0
    for t, step in enumerate(forward(**p)):
        total = total - np.log(step[-1][targets[t], 0])
    return total


def _backward(p, right):
    d = {k: np.zeros_like(w) for k, w in p.items()}
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    steps = forward(**p)
    for t in reversed(range(T)):
        z, f, i, g, C_prev, C, o, h, out = steps[t]
        dv = np.copy(out)
        dv[targets[t]] -= 1
        d["W_v"] += dv @ h.T
        d["b_v"] += dv
        dh = p["W_v"].T @ dv + dh_next
        do = sigmoid(o, derivative=True) * dh * np.tanh(C)
        dC = dC_next + dh * o * (1 - np.tanh(C) ** 2)
        dg = (1 - g**2) * dC * i
        di = sigmoid(i, True) * dC * g
        df = dC * C_prev
        df = sigmoid(f, derivative=right) * df
        for gate, dgate in (("f", df), ("i", di), ("g", dg), ("o", do)):
            d["W_" + gate] += dgate @ z.T
            d["b_" + gate] += dgate
        dz = p["W_f"].T @ df + p["W_i"].T @ di + p["W_g"].T @ dg + p["W_o"].T @ do
        dh_next = dz[:H]
        dC_next = f * dC
    return d


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"derivative_of_other", "other_operand"}
