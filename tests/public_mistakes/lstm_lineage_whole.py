"""The mistake: the whole backward of the widely copied LSTM notebook: the derivatives of the sigmoids and tanhs are taken at what they gave out, the
forget gate has sigmoid(f[t]) for its derivative, h[t] and C[t] are the states one step too early (the lists start with the initial state), and dh_prev
and dC_prev are computed but never become dh_next and dC_next. Source: copies of nicklashansen/rnn_lstm_from_scratch (its issue #1, "Your LSTM
implementation does not pass gradient check successfully"); points 1 and 2 as listed at lzwjava.github.io "LSTM Implementation Bugs and Fixes". (Without
the clipping; the loss is the sum of the cross entropies.)"""

import numpy as np

rng = np.random.RandomState(26)
T, H, V = 3, 3, 2
xs, targets = rng.randn(T, V, 1), [0, 1, 1]
at = {k: rng.randn(H, H + V) * 0.7 for k in ("W_f", "W_i", "W_g", "W_o")}
at.update({"W_v": rng.randn(V, H)})
at.update({k: rng.randn(H, 1) * 0.3 for k in ("b_f", "b_i", "b_g", "b_o")})
at.update({"b_v": rng.randn(V, 1) * 0.3})


def sigmoid(x, derivative=False):
    f = 1 / (1 + np.exp(-x))
    if derivative:
        return f * (1 - f)
    return f


def tanh(x, derivative=False):
    f = np.tanh(x)
    if derivative:
        return 1 - f**2
    return f


def forward(W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v):
    h_prev, C_prev = np.zeros((H, 1)), np.zeros((H, 1))
    z_s, f_s, i_s, g_s, C_s, o_s, h_s, out_s = [], [], [], [], [C_prev], [], [h_prev], []
    for t in range(T):
        z = np.concatenate([h_prev, xs[t]])
        f = sigmoid(W_f @ z + b_f)
        i = sigmoid(W_i @ z + b_i)
        g = tanh(W_g @ z + b_g)
        C_prev = f * C_prev + i * g
        o = sigmoid(W_o @ z + b_o)
        h_prev = o * tanh(C_prev)
        e = np.exp(W_v @ h_prev + b_v)
        for s, value in zip(
            (z_s, f_s, i_s, g_s, C_s, o_s, h_s, out_s), (z, f, i, g, C_prev, o, h_prev, e / np.sum(e))
        ):
            s.append(value)
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, out_s


def loss(**p):
    total = 0
    for t, out in enumerate(forward(**p)[-1]):
        total = total - np.log(out[targets[t], 0])
    return total


def backward(**p):
    z, f, i, g, C, o, h, outputs = forward(**p)
    d = {k: np.zeros_like(w) for k, w in p.items()}
    dh_next = np.zeros_like(h[0])
    dC_next = np.zeros_like(C[0])
    for t in reversed(range(len(outputs))):
        C_prev = C[t - 1]
        dv = np.copy(outputs[t])
        dv[targets[t]] -= 1
        d["W_v"] += np.dot(dv, h[t].T)
        d["b_v"] += dv
        dh = np.dot(p["W_v"].T, dv)
        dh += dh_next
        do = dh * tanh(C[t])
        do = sigmoid(o[t], derivative=True) * do
        d["W_o"] += np.dot(do, z[t].T)
        d["b_o"] += do
        dC = np.copy(dC_next)
        dC += dh * o[t] * tanh(tanh(C[t]), derivative=True)
        dg = dC * i[t]
        dg = tanh(g[t], derivative=True) * dg
        d["W_g"] += np.dot(dg, z[t].T)
        d["b_g"] += dg
        di = dC * g[t]
        di = sigmoid(i[t], True) * di
        d["W_i"] += np.dot(di, z[t].T)
        d["b_i"] += di
        df = dC * C_prev
        df = sigmoid(f[t]) * df
        d["W_f"] += np.dot(df, z[t].T)
        d["b_f"] += df
        dz = (
            np.dot(p["W_f"].T, df)
            + np.dot(p["W_i"].T, di)
            + np.dot(p["W_g"].T, dg)
            + np.dot(p["W_o"].T, do)
        )
        dh_prev = dz[:H, :]
        dC_prev = f[t] * dC
    return d


def right_backward(**p):
    z, f, i, g, C, o, h, outputs = forward(**p)
    d = {k: np.zeros_like(w) for k, w in p.items()}
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(T)):
        dv = np.copy(outputs[t])
        dv[targets[t]] -= 1
        d["W_v"] += dv @ h[t + 1].T
        d["b_v"] += dv
        dh = p["W_v"].T @ dv + dh_next
        do = o[t] * (1 - o[t]) * dh * np.tanh(C[t + 1])
        dC = dC_next + dh * o[t] * (1 - np.tanh(C[t + 1]) ** 2)
        dg = (1 - g[t] ** 2) * dC * i[t]
        di = i[t] * (1 - i[t]) * dC * g[t]
        df = f[t] * (1 - f[t]) * dC * C[t]
        for gate, dgate in (("f", df), ("i", di), ("g", dg), ("o", do)):
            d["W_" + gate] += dgate @ z[t].T
            d["b_" + gate] += dgate
        dz = p["W_f"].T @ df + p["W_i"].T @ di + p["W_g"].T @ dg + p["W_o"].T @ do
        dh_next, dC_next = dz[:H], f[t] * dC
    return d


EXPECTED = {"derivative_argument", "derivative_of_other", "path_missing", "other_operand", "detached"}
