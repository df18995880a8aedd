"""The mistake: on the way back to the hidden state before, dhnext = dhRaw * Whh, where Whh' belongs (states are rows, and the
forward pass multiplies by Whh from the right).
Source: Data Science Stack Exchange question 10545, "Gradient Check is failing for RNN" (POS tagging, Julia; here in NumPy)."""

import numpy as np

np.random.seed(10545)
n_in, n_hid, n_out, T = 4, 3, 3, 4
x = {t: np.eye(n_in)[[t % n_in]].T for t in range(1, T + 1)}
y = {t: np.eye(n_out)[[(2 * t) % n_out]].T for t in range(1, T + 1)}
hPrev = np.random.randn(1, n_hid) * 0.3
at = {
    "Wxh": np.random.randn(n_in, n_hid) * 0.7,
    "Whh": np.random.randn(n_hid, n_hid) * 0.7,
    "Bh": np.random.randn(1, n_hid) * 0.1,
    "Why": np.random.randn(n_hid, n_out) * 0.7,
    "By": np.random.randn(1, n_out) * 0.1,
}


def forwardRNN(Wxh, Whh, Bh, Why, By):
    h, p, cost = {0: hPrev}, {}, 0.0
    for time in range(1, T + 1):
        h[time] = np.tanh(np.dot(x[time].T, Wxh) + np.dot(h[time - 1], Whh) + Bh)
        score = np.dot(h[time], Why) + By
        p[time] = (np.exp(score) / np.sum(np.exp(score))).T
        cost += -np.sum(np.log(np.dot(y[time].T, p[time])))
    return cost, h, p


def loss(Wxh, Whh, Bh, Why, By):
    return forwardRNN(Wxh, Whh, Bh, Why, By)[0]


def _backward(Wxh, Whh, Bh, Why, By, right):
    cost, h, p = forwardRNN(Wxh, Whh, Bh, Why, By)
    dWxh, dWhh, dBh = np.zeros(Wxh.shape), np.zeros(Whh.shape), np.zeros(Bh.shape)
    dWhy, dBy = np.zeros(Why.shape), np.zeros(By.shape)
    dhnext = np.zeros((1, n_hid))
    for time in range(T, 0, -1):
        dy = p[time] - y[time]
        dWhy = dWhy + np.dot(dy, h[time]).T
        dBy = dBy + dy.T
        dh = np.dot(Why, dy).T + dhnext
        dhRaw = (1 - h[time] * h[time]) * dh
        dWxh = dWxh + np.dot(x[time], dhRaw)
        dBh = dBh + dhRaw
        dWhh = dWhh + np.dot(h[time - 1].T, dhRaw)
        dhnext = np.dot(dhRaw, Whh.T if right else Whh)
    return dWxh, dWhh, dBh, dWhy, dBy


def backward(Wxh, Whh, Bh, Why, By):
    return _backward(Wxh, Whh, Bh, Why, By, False)


def right_backward(Wxh, Whh, Bh, Why, By):
    return _backward(Wxh, Whh, Bh, Why, By, True)


EXPECTED = {"transposed"}
