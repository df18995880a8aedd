"""The mistake: the backward pass goes on as if every hidden unit were active: neither the mask of the
dropout nor 1 / (1 - p). Source: GitHub pull request rohitg00/ai-engineering-from-scratch #17 (review of
07-regularization/code/main.py: "Backprop currently ignores the dropout mask"; plain Python loops, as
there)."""

import math

import numpy as np

rng = np.random.RandomState(17)
hidden_size, p_drop = 5, 0.4
data = [(rng.randn(2), float(rng.rand() > 0.5)) for _ in range(4)]
masks = (rng.rand(4, hidden_size) > p_drop).astype(float)
at = {
    "w1": rng.randn(hidden_size, 2),
    "b1": rng.randn(hidden_size) * 0.5,
    "w2": rng.randn(hidden_size) * 0.7,
    "b2": rng.randn(1) * 0.3,
}


def forward(x, mask, w1, b1, w2, b2):
    z1 = [w1[i][0] * x[0] + w1[i][1] * x[1] + b1[i] for i in range(hidden_size)]
    h = [max(0.0, z) * mask[i] / (1 - p_drop) for i, z in enumerate(z1)]
    out = 1 / (1 + math.exp(-sum(w2[i] * h[i] for i in range(hidden_size)) - b2[0]))
    return z1, h, out


def loss(**w):
    total = 0.0
    for (x, target), mask in zip(data, masks):
        out = forward(x, mask, **w)[-1]
        total += -(target * math.log(out) + (1 - target) * math.log(1 - out))
    return total


def _backward(w, right):
    g = {k: np.zeros_like(v) for k, v in w.items()}
    for (x, target), mask in zip(data, masks):
        z1, h, p = forward(x, mask, **w)
        d_loss = -(target / p) + (1 - target) / (1 - p)
        d_sigmoid = p * (1 - p)
        d_out = d_loss * d_sigmoid
        for i in range(hidden_size):
            d_h = d_out * w["w2"][i]
            if right:
                d_h *= mask[i] / (1 - p_drop)
            d_h *= 1.0 if z1[i] > 0 else 0.0
            g["w2"][i] += d_out * h[i]
            g["w1"][i][0] += d_h * x[0]
            g["w1"][i][1] += d_h * x[1]
            g["b1"][i] += d_h
        g["b2"][0] += d_out
    return g


def backward(**w):
    return _backward(w, False)


def right_backward(**w):
    return _backward(w, True)


EXPECTED = {"factor_missing"}
