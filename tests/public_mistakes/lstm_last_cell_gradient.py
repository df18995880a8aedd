"""The mistake: the layer hands on all hidden states and the last cell state cLast; the gradient that comes to cLast from outside
is not added at the last step.
Source: github.com/deeplearning4j/deeplearning4j issue 8838, "lstmLayer_bp: not taking into account gradient contribution from
last cell state"."""

import numpy as np

rng = np.random.RandomState(8838)
nIn, nOut, bS, T = 2, 3, 2, 3
x = rng.randn(T, bS, nIn)
at = {
    "Wx": rng.randn(nIn, 4 * nOut) * 0.6,
    "Wr": rng.randn(nOut, 4 * nOut) * 0.6,
    "b": rng.randn(4 * nOut) * 0.2,
    "V": rng.randn(nOut, 2) * 0.6,
    "Vc": rng.randn(nOut, 2) * 0.6,
}
labels = rng.randn(T, bS, 2)
labels_c = rng.randn(bS, 2)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstmLayer(Wx, Wr, b):
    h, c = np.zeros((bS, nOut)), np.zeros((bS, nOut))
    cache, hs = [], []
    for t in range(T):
        z = x[t] @ Wx + h @ Wr + b
        i, f = sigmoid(z[:, :nOut]), sigmoid(z[:, nOut : 2 * nOut])
        g, o = np.tanh(z[:, 2 * nOut : 3 * nOut]), sigmoid(z[:, 3 * nOut :])
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        cache.append((h, c, i, f, g, o, c_new))
        h, c = h_new, c_new
        hs.append(h)
    return hs, c, cache


def loss(Wx, Wr, b, V, Vc):
    hs, cLast, cache = lstmLayer(Wx, Wr, b)
    total = np.sum((cLast @ Vc - labels_c) ** 2)
    for t in range(T):
        total += np.sum((hs[t] @ V - labels[t]) ** 2)
    return total / bS


def _backward(Wx, Wr, b, V, Vc, right):
    hs, cLast, cache = lstmLayer(Wx, Wr, b)
    dyc = 2 * (cLast @ Vc - labels_c) / bS
    dLdcLast = dyc @ Vc.T
    grads = {
        "Wx": np.zeros_like(Wx),
        "Wr": np.zeros_like(Wr),
        "b": np.zeros_like(b),
        "V": np.zeros_like(V),
        "Vc": cLast.T @ dyc,
    }
    dh_next = np.zeros((bS, nOut))
    dc_next = dLdcLast if right else np.zeros((bS, nOut))
    for t in range(T - 1, -1, -1):
        h_prev, c_prev, i, f, g, o, c = cache[t]
        dy = 2 * (hs[t] @ V - labels[t]) / bS
        grads["V"] += hs[t].T @ dy
        dh = dy @ V.T + dh_next
        dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
        dz = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c_prev * f * (1 - f),
                dc * i * (1 - g**2),
                dh * np.tanh(c) * o * (1 - o),
            ],
            axis=1,
        )
        grads["Wx"] += x[t].T @ dz
        grads["Wr"] += h_prev.T @ dz
        grads["b"] += dz.sum(axis=0)
        dh_next = dz @ Wr.T
        dc_next = dc * f
    return grads


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"path_missing", "detached"}
