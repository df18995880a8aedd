"""The mistake: dt = 1 / (1 - h_next ** 2) stands for dh_next * (1 - h_next ** 2): the inverse of tanh's derivative, and the
gradient from above is not in it at all. (The proposal of the issue; the book's line was right.)
Source: GitHub issue oreilly-japan/deep-learning-from-scratch-2 #26."""

import numpy as np

rng = np.random.RandomState(1)
N, T, D, H = 2, 3, 3, 4
xs, ts = rng.randn(N, T, D), rng.randn(N, T, H) * 0.5
at = {"Wx": rng.randn(D, H) / np.sqrt(D), "Wh": rng.randn(H, H) / np.sqrt(H), "b": rng.randn(H) * 0.1}


class RNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.cache = None

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        t = np.dot(h_prev, Wh) + np.dot(x, Wx) + b
        h_next = np.tanh(t)
        self.cache = (x, h_prev, h_next)
        return h_next

    def backward(self, dh_next, right):
        Wx, Wh, b = self.params
        x, h_prev, h_next = self.cache
        if right:
            dt = dh_next * (1 - h_next**2)
        else:
            dt = 1 / (1 - h_next**2)
        self.grads = [np.dot(x.T, dt), np.dot(h_prev.T, dt), np.sum(dt, axis=0)]
        return np.dot(dt, Wx.T), np.dot(dt, Wh.T)


class TimeRNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.layers = None

    def forward(self, xs):
        self.layers = []
        hs, h = [], np.zeros((N, H))
        for t in range(T):
            layer = RNN(*self.params)
            h = layer.forward(xs[:, t, :], h)
            hs.append(h)
            self.layers.append(layer)
        return np.stack(hs, axis=1)

    def backward(self, dhs, right):
        grads = [0, 0, 0]
        dh = 0
        for t in reversed(range(T)):
            layer = self.layers[t]
            dx, dh = layer.backward(dhs[:, t, :] + dh, right)
            for i, grad in enumerate(layer.grads):
                grads[i] = grads[i] + grad
        return {"Wx": grads[0], "Wh": grads[1], "b": grads[2]}


def loss(Wx, Wh, b):
    hs = TimeRNN(Wx, Wh, b).forward(xs)
    return 0.5 * np.sum((hs - ts) ** 2) / N


def _backward(Wx, Wh, b, right):
    net = TimeRNN(Wx, Wh, b)
    hs = net.forward(xs)
    return net.backward((hs - ts) / N, right)


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"?"}
