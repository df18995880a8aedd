"""The mistake: on the way back to the hidden state before, the gates' own derivatives are left out: dphs = dc . c + do . o + di . i
+ df . f, with dc * dtangent(c), do * dsigmoid(o), ... in the weights' gradients only.
Source: github.com/llSourcell/LSTM_Networks issue 4, "Is there something missing in dphs derivation?"."""

import numpy as np

np.random.seed(4)
xs, ys, rl = 2, 3, 3
sequence = [np.random.randn(xs) for _ in range(rl)]
expected = [np.random.randn(ys) for _ in range(rl)]
at = {
    "f": np.random.randn(ys, ys + xs) * 0.6,
    "i": np.random.randn(ys, ys + xs) * 0.6,
    "c": np.random.randn(ys, ys + xs) * 0.6,
    "o": np.random.randn(ys, ys + xs) * 0.6,
    "w": np.random.randn(ys, ys) * 0.8,
}


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def dsigmoid(v):
    return v * (1 - v)


def tangent(v):
    return np.tanh(v)


def dtangent(v):
    return 1 - v**2


class LSTM:
    def __init__(self, f, i, c, o):
        self.f, self.i, self.c, self.o = f, i, c, o
        self.hs, self.cs = np.zeros(ys), np.zeros(ys)

    def forwardProp(self, x):
        self.x = np.hstack((self.hs, x))
        f = sigmoid(np.dot(self.f, self.x))
        i = sigmoid(np.dot(self.i, self.x))
        c = tangent(np.dot(self.c, self.x))
        self.cs = self.cs * f + i * c
        o = sigmoid(np.dot(self.o, self.x))
        self.hs = o * tangent(self.cs)
        return self.cs, self.hs, f, i, c, o


def forward(f, i, c, o, w):
    net = LSTM(f, i, c, o)
    rec = []
    for t in range(rl):
        pcs = net.cs
        cs, hs, gf, gi, gc, go = net.forwardProp(sequence[t])
        rec.append((net.x, pcs, cs, hs, gf, gi, gc, go, np.dot(w, hs)))
    return rec


def loss(f, i, c, o, w):
    total = 0
    for t, r in enumerate(forward(f, i, c, o, w)):
        total = total + 0.5 * np.sum((r[-1] - expected[t]) ** 2)
    return total


def _backward(f, i, c, o, w, right):
    rec = forward(f, i, c, o, w)
    fu, iu, cu, ou, tu = (
        np.zeros_like(f),
        np.zeros_like(i),
        np.zeros_like(c),
        np.zeros_like(o),
        np.zeros_like(w),
    )
    dfcs, dfhs = np.zeros(ys), np.zeros(ys)
    for t in reversed(range(rl)):
        x, pcs, cs, hs, gf, gi, gc, go, out = rec[t]
        error = out - expected[t]
        tu += np.outer(error, hs)
        e = np.dot(error, w) + dfhs
        do = tangent(cs) * e
        dcs = e * go * dtangent(tangent(cs)) + dfcs
        dc = dcs * gi
        di = dcs * gc
        df = dcs * pcs
        ou += np.outer(do * dsigmoid(go), x)
        cu += np.outer(dc * dtangent(gc), x)
        iu += np.outer(di * dsigmoid(gi), x)
        fu += np.outer(df * dsigmoid(gf), x)
        dfcs = dcs * gf
        if right:
            dc, do, di, df = dc * dtangent(gc), do * dsigmoid(go), di * dsigmoid(gi), df * dsigmoid(gf)
        dfhs = np.dot(dc, c)[:ys] + np.dot(do, o)[:ys] + np.dot(di, i)[:ys] + np.dot(df, f)[:ys]
    return {"f": fu, "i": iu, "c": cu, "o": ou, "w": tu}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_missing"}
