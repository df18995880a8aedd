"""The mistake: two mistakes: the forget gate's delta is multiplied with sigmoid(f) instead of the derivative f * (1 - f),
and dh_next, dC_next are never handed on to the step before."""

import numpy as np

rng = np.random.RandomState(0)
hidden_size, vocab_size, T = 3, 4, 4
z_size = hidden_size + vocab_size
idx = [0, 2, 1, 3, 2]
inputs = [np.eye(vocab_size)[:, [i]] for i in idx[:-1]]
targets = [np.eye(vocab_size)[:, [i]] for i in idx[1:]]
at = {
    "W_f": rng.randn(hidden_size, z_size) * 0.5,
    "b_f": rng.randn(hidden_size, 1) * 0.1,
    "W_i": rng.randn(hidden_size, z_size) * 0.5,
    "b_i": rng.randn(hidden_size, 1) * 0.1,
    "W_g": rng.randn(hidden_size, z_size) * 0.5,
    "b_g": rng.randn(hidden_size, 1) * 0.1,
    "W_o": rng.randn(hidden_size, z_size) * 0.5,
    "b_o": rng.randn(hidden_size, 1) * 0.1,
    "W_v": rng.randn(vocab_size, hidden_size) * 0.5,
    "b_v": rng.randn(vocab_size, 1) * 0.1,
}


def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = 1 / (1 + np.exp(-x_safe))
    if derivative:
        return f * (1 - f)
    return f


def tanh(x, derivative=False):
    f = np.tanh(x)
    if derivative:
        return 1 - f**2
    return f


def softmax(x):
    f = np.exp(x - np.max(x))
    return f / np.sum(f)


def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, output_s = [], [], [], [], [], [], [], [], []
    h_s.append(h_prev)
    C_s.append(C_prev)
    for x in inputs:
        z = np.vstack((h_prev, x))
        z_s.append(z)
        f = sigmoid(np.dot(W_f, z) + b_f)
        f_s.append(f)
        i = sigmoid(np.dot(W_i, z) + b_i)
        i_s.append(i)
        g = tanh(np.dot(W_g, z) + b_g)
        g_s.append(g)
        C_prev = f * C_prev + i * g
        C_s.append(C_prev)
        o = sigmoid(np.dot(W_o, z) + b_o)
        o_s.append(o)
        h_prev = o * tanh(C_prev)
        h_s.append(h_prev)
        v = np.dot(W_v, h_prev) + b_v
        v_s.append(v)
        output_s.append(softmax(v))
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, output_s


ORDER = ("W_f", "W_i", "W_g", "W_o", "W_v", "b_f", "b_i", "b_g", "b_o", "b_v")


def loss(**p):
    h0, c0 = np.zeros((hidden_size, 1)), np.zeros((hidden_size, 1))
    outputs = forward(inputs, h0, c0, [p[k] for k in ORDER])[-1]
    total = 0
    for t in range(T):
        total += -np.mean(np.log(outputs[t]) * targets[t])
    return total


def _backward(p, carry, right_forget):
    h0, c0 = np.zeros((hidden_size, 1)), np.zeros((hidden_size, 1))
    z, f, i, g, C, o, h, v, outputs = forward(inputs, h0, c0, [p[k] for k in ORDER])
    d = {k: np.zeros_like(p[k]) for k in p}
    dh_next, dC_next = np.zeros_like(h[0]), np.zeros_like(C[0])
    for t in reversed(range(T)):
        C_prev = C[t]
        dv = (np.copy(outputs[t]) - targets[t]) / vocab_size
        d["W_v"] += np.dot(dv, h[t + 1].T)
        d["b_v"] += dv
        dh = np.dot(p["W_v"].T, dv) + dh_next
        do = dh * tanh(C[t + 1]) * o[t] * (1 - o[t])
        dC = np.copy(dC_next) + dh * o[t] * (1 - tanh(C[t + 1]) ** 2)
        dg = dC * i[t] * (1 - g[t] ** 2)
        di = dC * g[t] * i[t] * (1 - i[t])
        df = dC * C_prev
        df = df * f[t] * (1 - f[t]) if right_forget else sigmoid(f[t]) * df
        for k, delta in (("o", do), ("g", dg), ("i", di), ("f", df)):
            d["W_" + k] += np.dot(delta, z[t].T)
            d["b_" + k] += delta
        dz = (
            np.dot(p["W_f"].T, df)
            + np.dot(p["W_i"].T, di)
            + np.dot(p["W_g"].T, dg)
            + np.dot(p["W_o"].T, do)
        )
        dh_prev = dz[:hidden_size, :]
        dC_prev = f[t] * dC
        if carry:
            dh_next, dC_next = dh_prev, dC_prev
    return d


def backward(**p):
    return _backward(p, carry=False, right_forget=False)


def backward_forget_only(**p):
    return _backward(p, carry=True, right_forget=False)


def backward_carry_only(**p):
    return _backward(p, carry=False, right_forget=True)


def right_backward(**p):
    return _backward(p, carry=True, right_forget=True)


EXPECTED = {
    "derivative_of_other",
    "derivative_argument",
    "derivative_missing",
    "path_missing",
    "shared_use_missing",
    "detached",
}
