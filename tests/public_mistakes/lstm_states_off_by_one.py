"""The mistake: h and C are lists that begin with the initial state, so h_t is h[t + 1]; the backward pass reads h[t] and C[t] as
if they were the states of step t, and C[t - 1] (for t = 0 the last of the list) as the state before.
Source: lzwjava.github.io, "LSTM Implementation Bugs and Fixes" (2025-09-06), point 1, off-by-one indexing in backprop."""

import numpy as np

np.random.seed(906)
vocab, hidden, T = 3, 3, 4
inputs = [np.eye(vocab)[[i]].T for i in (0, 2, 1, 0)]
targets = [np.eye(vocab)[[i]].T for i in (2, 1, 0, 1)]
z_size = hidden + vocab
at = {}
for gate in "figo":
    at["W_" + gate] = np.random.randn(hidden, z_size) * 0.6
    at["b_" + gate] = np.random.randn(hidden, 1) * 0.2
at["W_v"] = np.random.randn(vocab, hidden) * 0.6
at["b_v"] = np.random.randn(vocab, 1) * 0.2


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def softmax(u):
    e = np.exp(u - np.max(u))
    return e / np.sum(e)


def forward(p):
    h, C = [np.zeros((hidden, 1))], [np.zeros((hidden, 1))]
    zs, fs, is_, gs, os_, outputs = [], [], [], [], [], []
    for t in range(T):
        z = np.vstack((h[-1], inputs[t]))
        f = sigmoid(np.dot(p["W_f"], z) + p["b_f"])
        i = sigmoid(np.dot(p["W_i"], z) + p["b_i"])
        g = np.tanh(np.dot(p["W_g"], z) + p["b_g"])
        o = sigmoid(np.dot(p["W_o"], z) + p["b_o"])
        C.append(f * C[-1] + i * g)
        h.append(o * np.tanh(C[-1]))
        outputs.append(softmax(np.dot(p["W_v"], h[-1]) + p["b_v"]))
        zs.append(z), fs.append(f), is_.append(i), gs.append(g), os_.append(o)
    return zs, fs, is_, gs, os_, C, h, outputs


def loss(**p):
    outputs = forward(p)[-1]
    total = 0.0
    for t in range(T):
        total += -np.sum(np.log(outputs[t]) * targets[t])
    return total


def _backward(p, right):
    z, f, i, g, o, C, h, outputs = forward(p)
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    dh_next, dC_next = np.zeros_like(h[-1]), np.zeros_like(C[-1])
    for t in reversed(range(T)):
        if right:
            h_t, C_t, C_prev = h[t + 1], C[t + 1], C[t]
        else:
            h_t, C_t, C_prev = h[t], C[t], C[t - 1]
        dv = outputs[t] - targets[t]
        grads["W_v"] += np.dot(dv, h_t.T)
        grads["b_v"] += dv
        dh = np.dot(p["W_v"].T, dv) + dh_next
        do = dh * np.tanh(C_t) * o[t] * (1 - o[t])
        dC = dC_next + dh * o[t] * (1 - np.tanh(C_t) ** 2)
        dg = dC * i[t] * (1 - g[t] ** 2)
        di = dC * g[t] * i[t] * (1 - i[t])
        df = dC * C_prev * f[t] * (1 - f[t])
        dz = np.zeros_like(z[t])
        for name, d in (("f", df), ("i", di), ("g", dg), ("o", do)):
            grads["W_" + name] += np.dot(d, z[t].T)
            grads["b_" + name] += d
            dz = dz + np.dot(p["W_" + name].T, d)
        dh_next = dz[:hidden]
        dC_next = f[t] * dC
    return grads


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"other_operand"}
