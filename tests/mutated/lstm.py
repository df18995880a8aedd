"""An LSTM over three steps with a matrix for each gate; the last state is compared with a target."""

import numpy as np

rng = np.random.default_rng(7)
steps, size = 3, 2
xs = rng.normal(size=(steps, 2))
target = rng.normal(size=size)
at = {
    "Wf": rng.normal(size=(size, 4)),
    "Wi": rng.normal(size=(size, 4)),
    "Wg": rng.normal(size=(size, 4)),
    "Wo": rng.normal(size=(size, 4)),
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(Wf, Wi, Wg, Wo):
    h, c = np.zeros(size), np.zeros(size)
    cache = []
    for x in xs:
        z, c_prev = np.concatenate([h, x]), c
        f, i, g, o = sigmoid(Wf @ z), sigmoid(Wi @ z), np.tanh(Wg @ z), sigmoid(Wo @ z)
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        cache.append((z, f, i, g, o, c_prev, c))
    return h, cache


def loss(Wf, Wi, Wg, Wo):
    h, _ = forward(Wf, Wi, Wg, Wo)
    return np.sum((h - target) ** 2)


def backward(Wf, Wi, Wg, Wo):
    h, cache = forward(Wf, Wi, Wg, Wo)
    dWf, dWi, dWg, dWo = np.zeros_like(Wf), np.zeros_like(Wi), np.zeros_like(Wg), np.zeros_like(Wo)
    dh, dc = 2 * (h - target), np.zeros(size)
    for z, f, i, g, o, c_prev, c in reversed(cache):
        tc = np.tanh(c)
        do = dh * tc * o * (1 - o)
        dc = dc + dh * o * (1 - tc**2)
        df = dc * c_prev * f * (1 - f)
        di = dc * g * i * (1 - i)
        dg = dc * i * (1 - g**2)
        dWf += np.outer(df, z)
        dWi += np.outer(di, z)
        dWg += np.outer(dg, z)
        dWo += np.outer(do, z)
        dz = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh = dz[:size]
        dc = dc * f
    return {"Wf": dWf, "Wi": dWi, "Wg": dWg, "Wo": dWo}
