"""A recurrent network over four steps, with an output and a squared error at each."""

import numpy as np

rng = np.random.default_rng(6)
steps = 4
xs = rng.normal(size=(steps, 2))
targets = rng.normal(size=(steps, 2))
at = {
    "Wx": rng.normal(size=(3, 2)),
    "Wh": rng.normal(size=(3, 3)),
    "bh": rng.normal(size=3),
    "Wy": rng.normal(size=(2, 3)),
    "by": rng.normal(size=2),
}


def forward(Wx, Wh, bh, Wy, by):
    hs, ys = {-1: np.zeros(3)}, {}
    for t in range(steps):
        hs[t] = np.tanh(Wx @ xs[t] + Wh @ hs[t - 1] + bh)
        ys[t] = Wy @ hs[t] + by
    return hs, ys


def loss(Wx, Wh, bh, Wy, by):
    _, ys = forward(Wx, Wh, bh, Wy, by)
    return sum(np.sum((ys[t] - targets[t]) ** 2) for t in range(steps))


def backward(Wx, Wh, bh, Wy, by):
    hs, ys = forward(Wx, Wh, bh, Wy, by)
    dWx, dWh, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(steps)):
        dy = 2 * (ys[t] - targets[t])
        dWy += np.outer(dy, hs[t])
        dby += dy
        dh = Wy.T @ dy + dhnext
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWx += np.outer(draw, xs[t])
        dWh += np.outer(draw, hs[t - 1])
        dhnext = Wh.T @ draw
    return {"Wx": dWx, "Wh": dWh, "bh": dbh, "Wy": dWy, "by": dby}
