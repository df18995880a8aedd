"""The mistake: the output's sigmoid derivative stands in the gradients of the hidden weights, but not in those of the output
weights."""

import numpy as np

X = np.array([[1, 1], [1, 0], [0, 1], [0, 0]])
y = np.array([0, 1, 1, 0])
at = {"w0": np.array([[0.9, 0.1], [0.3, 0.5]]), "w1": np.array([0.8, 0.7])}


def sig(x):
    return 1 / (1 + np.exp(-x))


def loss(w0, w1):
    youtput = []
    for i in range(X.shape[0]):
        h0 = sig(w0[0, 0] * X[i][0] + w0[1, 0] * X[i][1])
        h1 = sig(w0[0, 1] * X[i][0] + w0[1, 1] * X[i][1])
        y0 = sig(w1[0] * h0 + w1[1] * h1)
        youtput.append(y0)
    E = 0
    for i in range(len(y)):
        E += (y[i] - youtput[i]) ** 2
    return E / 2


def _backward(w0, w1, right):
    g0, g1 = np.zeros((2, 2)), np.zeros(2)
    for i in range(X.shape[0]):
        h0 = sig(w0[0, 0] * X[i][0] + w0[1, 0] * X[i][1])
        h1 = sig(w0[0, 1] * X[i][0] + w0[1, 1] * X[i][1])
        y0 = sig(w1[0] * h0 + w1[1] * h1)
        dey0 = -(y[i] - y0)
        g0[0, 0] += dey0 * y0 * (1 - y0) * w1[0] * h0 * (1 - h0) * X[i][0]
        g0[0, 1] += dey0 * y0 * (1 - y0) * w1[1] * h1 * (1 - h1) * X[i][0]
        g0[1, 0] += dey0 * y0 * (1 - y0) * w1[0] * h0 * (1 - h0) * X[i][1]
        g0[1, 1] += dey0 * y0 * (1 - y0) * w1[1] * h1 * (1 - h1) * X[i][1]
        f = y0 * (1 - y0) if right else 1
        g1[0] += dey0 * f * h0
        g1[1] += dey0 * f * h1
    return {"w0": g0, "w1": g1}


def backward(w0, w1):
    return _backward(w0, w1, False)


def right_backward(w0, w1):
    return _backward(w0, w1, True)


EXPECTED = {"derivative_missing"}
