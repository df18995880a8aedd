"""Nothing is wrong in what is returned, but dh, the gradient handed in, is changed in place (dh[:, t, :] = dprev_h + dh[:, t, :]), so that a
loss sum(h * dh) evaluated afterwards is another one (the asker's numerical check failed: "all gradients wrong, weird"). Source: GitHub
issue Burton2000/CS231n-2017 #7, "A question on rnn_layer"."""

import numpy as np

rng = np.random.RandomState(321)
N, D, T, H = 2, 3, 4, 3
x, h0 = rng.randn(N, T, D), rng.randn(N, H)
dout = rng.randn(N, T, H)
at = {"Wx": rng.randn(D, H), "Wh": rng.randn(H, H), "b": rng.randn(H)}


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da.dot(Wx.T), da.dot(Wh.T), x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    h, cache = np.zeros((N, T, H)), []
    prev = h0
    for t in range(T):
        prev, c = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h[:, t, :] = prev
        cache.append(c)
    return h, cache


def rnn_backward(dh, cache):
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev_h = np.zeros((N, H))
    for t in reversed(range(T)):
        dh[:, t, :] = dprev_h + dh[:, t, :]
        dx[:, t, :], dprev_h, dWx_temp, dWh_temp, db_temp = rnn_step_backward(dh[:, t, :], cache[t])
        dWx += dWx_temp
        dWh += dWh_temp
        db += db_temp
    return dx, dprev_h, dWx, dWh, db


def loss(Wx, Wh, b):
    return np.sum(rnn_forward(x, h0, Wx, Wh, b)[0] * dout)


def backward(Wx, Wh, b):
    cache = rnn_forward(x, h0, Wx, Wh, b)[1]
    return dict(zip(("Wx", "Wh", "b"), rnn_backward(dout, cache)[2:]))


def right_backward(Wx, Wh, b):
    cache = rnn_forward(x, h0, Wx, Wh, b)[1]
    return dict(zip(("Wx", "Wh", "b"), rnn_backward(dout.copy(), cache)[2:]))


EXPECTED = set()
