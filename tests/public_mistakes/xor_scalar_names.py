"""The mistake: the output weights' gradients are dey0 * h0 and dey0 * h1, without y0 * (1 - y0), which the hidden weights' gradients
have. All scalars, one weight at a time; the gradient is read off the updates of one pattern. Source: Stack Overflow question
59399842, "XOR gate with Backpropagation"."""

import numpy as np

X, y = np.array([[1, 1], [1, 0], [0, 1], [0, 0]]), np.array([0, 1, 1, 0])
at = {"w0": np.array([[0.9, 0.1], [0.3, 0.5]]), "w1": np.array([0.8, 0.7])}
rate = 0.1


def sig(v):
    return 1 / (1 + np.exp(-v))


def hidden(x, w0):
    h0 = sig(w0[0, 0] * x[0] + w0[1, 0] * x[1])
    h1 = sig(w0[0, 1] * x[0] + w0[1, 1] * x[1])
    return h0, h1


def loss(w0, w1):
    total = 0
    for i in range(X.shape[0]):
        h0, h1 = hidden(X[i], w0)
        total = total + 0.5 * (y[i] - sig(w1[0] * h0 + w1[1] * h1)) ** 2
    return total


def _sum(w0, w1, right):
    g0, g1 = np.zeros((2, 2)), np.zeros(2)
    for i in range(X.shape[0]):
        h0, h1 = hidden(X[i], w0)
        y0 = sig(w1[0] * h0 + w1[1] * h1)
        dey0 = -(y[i] - y0)
        deW0_00 = dey0 * y0 * (1 - y0) * w1[0] * h0 * (1 - h0) * X[i][0]
        deW0_01 = dey0 * y0 * (1 - y0) * w1[1] * h1 * (1 - h1) * X[i][0]
        deW0_10 = dey0 * y0 * (1 - y0) * w1[0] * h0 * (1 - h0) * X[i][1]
        deW0_11 = dey0 * y0 * (1 - y0) * w1[1] * h1 * (1 - h1) * X[i][1]
        if right:
            deW1_00 = dey0 * y0 * (1 - y0) * h0
            deW1_10 = dey0 * y0 * (1 - y0) * h1
        else:
            deW1_00 = dey0 * h0
            deW1_10 = dey0 * h1
        g0[0, 0] += deW0_00
        g0[0, 1] += deW0_01
        g0[1, 0] += deW0_10
        g0[1, 1] += deW0_11
        g1[0] += deW1_00
        g1[1] += deW1_10
    return {"w0": g0, "w1": g1}


def backward(w0, w1):
    return _sum(w0, w1, False)


def right_backward(w0, w1):
    return _sum(w0, w1, True)


EXPECTED = {"derivative_missing"}
