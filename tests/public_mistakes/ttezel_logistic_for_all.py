"""The mistake: backPropagate has out * (1 - out), the logistic function's slope, for every activation; here the activation is the hyperbolic one. The weights of the
output are also changed before they carry the error back. Read off the update. Source: GitHub issue ttezel/nn #8, "SGD" (JavaScript, here NumPy; momentum 0)."""

import numpy as np

rng = np.random.RandomState(8)
x = rng.randn(3)
desired = np.array([0.4, -0.6])
learning_rate = 0.5
at = {"w1": rng.randn(4, 3), "b1": rng.randn(4) * 0.3, "w2": rng.randn(2, 4), "b2": rng.randn(2) * 0.3}


def loss(w1, b1, w2, b2):
    h = np.tanh(w1 @ x + b1)
    return 0.5 * np.sum((desired - np.tanh(w2 @ h + b2)) ** 2)


def _backward(w1, b1, w2, b2, slope, stale):
    h = np.tanh(w1 @ x + b1)
    out = np.tanh(w2 @ h + b2)
    n1, m1, n2, m2 = w1.copy(), b1.copy(), w2.copy(), b2.copy()
    errorSigs = np.zeros(2)
    for n in range(2):
        errorSigs[n] = (desired[n] - out[n]) * slope(out[n])
        for p in range(4):
            n2[n, p] += learning_rate * errorSigs[n] * h[p]
        m2[n] += learning_rate * errorSigs[n]
    carry = n2 if stale else w2
    for n in range(4):
        nextLayerErrorSum = 0
        for d in range(2):
            nextLayerErrorSum += errorSigs[d] * carry[d, n]
        errorSig = nextLayerErrorSum * slope(h[n])
        for p in range(3):
            n1[n, p] += learning_rate * errorSig * x[p]
        m1[n] += learning_rate * errorSig
    r = learning_rate
    return {"w1": (w1 - n1) / r, "b1": (b1 - m1) / r, "w2": (w2 - n2) / r, "b2": (b2 - m2) / r}


def backward(**at):
    return _backward(**at, slope=lambda a: a * (1 - a), stale=True)


def right_backward(**at):
    return _backward(**at, slope=lambda a: 1 - a * a, stale=False)


EXPECTED = {"derivative_of_other", "stale_weights"}
