"""The mistake: a pretrained RBM is used as a layer of a network and fine-tuned; its backprop never writes the gradient of the bias,
which stays 0.
Source: github.com/OpenANN/OpenANN issue 76, "Backpropagation in RBM does not work" ("The gradient of the bias is always 0")."""

import numpy as np

np.random.seed(76)
N, D, H, F = 4, 4, 3, 2
X = np.random.rand(N, D)
T = np.random.rand(N, F)
at = {
    "W": np.random.randn(H, D) * 0.6,
    "bh": np.random.randn(H) * 0.2,
    "V": np.random.randn(F, H) * 0.6,
    "bv": np.random.randn(F) * 0.2,
}


def prob(a):
    return 1 / (1 + np.exp(-a))


def loss(W, bh, V, bv):
    error = 0.0
    for n in range(N):
        ph = prob(W @ X[n] + bh)
        y = V @ ph + bv
        error += np.sum((y - T[n]) ** 2) / 2
    return error / N


def _backward(W, bh, V, bv, right):
    Wd, bhd, Vd, bvd = np.zeros_like(W), np.zeros_like(bh), np.zeros_like(V), np.zeros_like(bv)
    for n in range(N):
        ph = prob(W @ X[n] + bh)
        e = (V @ ph + bv - T[n]) / N
        deltas = (V.T @ e) * ph * (1 - ph)
        Vd += np.outer(e, ph)
        bvd += e
        Wd += np.outer(deltas, X[n])
        if right:
            bhd += deltas
    return [Wd, bhd, Vd, bvd]


def backward(W, bh, V, bv):
    return _backward(W, bh, V, bv, False)


def right_backward(W, bh, V, bv):
    return _backward(W, bh, V, bv, True)


EXPECTED = {"bias_forgotten"}
