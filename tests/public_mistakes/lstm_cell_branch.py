"""The mistake: dnext_c = ... in place of dnext_c += ...: what arrives at the cell state from the next step is thrown away.
(The asker's proposal; `+=` was right, the cell branches.)
Source: GitHub issue cthorey/CS231 #1, "lstm_step_backward line# 343 += is mistake or intend?"."""

import numpy as np

np.random.seed(231)
N, D, H, T = 2, 3, 4, 4
x, y = np.random.randn(N, T, D), np.random.randn(N, T, H) * 0.3
h0 = np.random.randn(N, H) * 0.5
at = {
    "Wx": np.random.randn(D, 4 * H) / 2,
    "Wh": np.random.randn(H, 4 * H) / 2,
    "b": np.random.randn(4 * H) / 5,
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H : 4 * H])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache, right):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    if right:
        dnext_c = dnext_c + o * (1 - np.tanh(next_c) ** 2) * dnext_h
    else:
        dnext_c = o * (1 - np.tanh(next_c) ** 2) * dnext_h
    do = np.tanh(next_c) * dnext_h
    df, dprev_c = prev_c * dnext_c, f * dnext_c
    di, dg = g * dnext_c, i * dnext_c
    da = np.hstack((i * (1 - i) * di, f * (1 - f) * df, o * (1 - o) * do, (1 - g**2) * dg))
    return np.dot(da, Wh.T), dprev_c, np.dot(x.T, da), np.dot(prev_h.T, da), np.sum(da, axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, c, hs, cache = h0, np.zeros_like(h0), [], []
    for t in range(T):
        h, c, step = lstm_step_forward(x[:, t, :], h, c, Wx, Wh, b)
        hs.append(h)
        cache.append(step)
    return np.array(hs).transpose(1, 0, 2), cache


def loss(Wx, Wh, b):
    h, _ = lstm_forward(x, h0, Wx, Wh, b)
    return np.sum((h - y) ** 2)


def _backward(Wx, Wh, b, right):
    h, cache = lstm_forward(x, h0, Wx, Wh, b)
    dh = 2 * (h - y)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(
            dh[:, t] + dprev_h, dprev_c, cache[t], right
        )
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return {"Wx": dWx, "Wh": dWh, "b": db}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"path_missing", "detached", "overwritten", "shared_use_missing"}
