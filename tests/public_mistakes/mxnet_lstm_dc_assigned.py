"""The mistake: dC = dh * o * (1 - tanh(c)**2) overwrites what comes from the next step's cell, += belongs. Source: GitHub issue apache/mxnet #4057,
"lstm python seems not correct in backward"."""

import numpy as np

rng = np.random.RandomState(4057)
T, D, H = 4, 2, 3
xs = rng.randn(T, D)
wanted = rng.randn(H)
at = {"i2h": rng.randn(4 * H, D) * 0.7, "h2h": rng.randn(4 * H, H) * 0.7, "bias": rng.randn(4 * H) * 0.3}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(i2h, h2h, bias):
    h, c = np.zeros(H), np.zeros(H)
    steps = []
    for x in xs:
        gates = i2h @ x + h2h @ h + bias
        in_gate = sigmoid(gates[:H])
        in_transform = np.tanh(gates[H : 2 * H])
        forget_gate = sigmoid(gates[2 * H : 3 * H])
        out_gate = sigmoid(gates[3 * H :])
        next_c = forget_gate * c + in_gate * in_transform
        next_h = out_gate * np.tanh(next_c)
        steps.append((x, h, c, in_gate, in_transform, forget_gate, out_gate, next_c))
        h, c = next_h, next_c
    return h, steps


def loss(**p):
    return 0.5 * np.sum((forward(**p)[0] - wanted) ** 2)


def _backward(i2h, h2h, bias, added):
    h, steps = forward(i2h, h2h, bias)
    gi2h, gh2h, gbias = np.zeros_like(i2h), np.zeros_like(h2h), np.zeros_like(bias)
    dht = h - wanted
    dct = np.zeros(H)
    for x, h_prev, c_prev, i, g, f, o, c in reversed(steps):
        dot = dht * np.tanh(c)
        if added:
            dct = dct + dht * o * (1 - np.tanh(c) ** 2)
        else:
            dct = dht * o * (1 - np.tanh(c) ** 2)
        dit, dgt, dft = dct * g, dct * i, dct * c_prev
        dgates = np.concatenate([dit * i * (1 - i), dgt * (1 - g**2), dft * f * (1 - f), dot * o * (1 - o)])
        gi2h += np.outer(dgates, x)
        gh2h += np.outer(dgates, h_prev)
        gbias += dgates
        dht = h2h.T @ dgates
        dct = dct * f
    return {"i2h": gi2h, "h2h": gh2h, "bias": gbias}


def backward(**p):
    return _backward(**p, added=False)


def right_backward(**p):
    return _backward(**p, added=True)


EXPECTED = {"overwritten", "path_missing", "detached"}
