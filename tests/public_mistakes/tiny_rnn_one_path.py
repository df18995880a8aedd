"""The mistakes: of the paths to W only the one through h1 is taken (h3 -> h2 -> h1 -> W), of those to U only the one through h2; the
matrix of dh_t/dh_{t-1} is collapsed to a vector, dtanh(z).dot(U); and the sign of y - y_ is turned.
Source: notebook "Backpropagation on RNN" of github.com/thsis/INFOSYS (W.dot(x) with a scalar x, three steps)."""

import numpy as np

x = np.array([0.2, 0.3, 0.4])
y = 1.0
at = {"W": np.array([0.9, 0.4]), "U": np.array([[0.3, 0.5], [-0.6, 0.4]]), "w": np.array([0.7, -0.5])}


def loss(W, U, w):
    h1 = np.tanh(W.dot(x[0]))
    h2 = np.tanh(W.dot(x[1]) + U.dot(h1))
    h3 = np.tanh(W.dot(x[2]) + U.dot(h2))
    y_ = w.dot(h3)
    return 0.5 * (y - y_) ** 2


def dtanh(v):
    return 1 - np.tanh(v) ** 2


def backward(W, U, w):
    h1 = np.tanh(W.dot(x[0]))
    h2 = np.tanh(W.dot(x[1]) + U.dot(h1))
    h3 = np.tanh(W.dot(x[2]) + U.dot(h2))
    y_ = w.dot(h3)
    dldy_ = y - y_
    dy_dh3 = w
    dh3dh2 = dtanh(W.dot(x[2]) + U.dot(h2)).dot(U)
    dh2dh1 = dtanh(W.dot(x[1]) + U.dot(h1)).dot(U)
    dh1dW = dtanh(W.dot(x[0])) * x[0]
    dh2dU = dtanh(W.dot(x[1]) + U.dot(h1)).dot(h1)
    dW = dldy_ * dy_dh3 * dh3dh2 * dh2dh1 * dh1dW
    dU = dldy_ * dy_dh3 * dh3dh2 * dh2dU
    return {"W": dW, "U": np.zeros_like(U) + dU}


def right_backward(W, U, w):
    h = [np.zeros(2)]
    for t in range(3):
        h.append(np.tanh(W.dot(x[t]) + U.dot(h[-1])))
    d = (w.dot(h[3]) - y) * w
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    for t in (2, 1, 0):
        d = d * (1 - h[t + 1] ** 2)
        dW += d * x[t]
        dU += np.outer(d, h[t])
        d = U.T.dot(d)
    return {"W": dW, "U": dU}


EXPECTED = {"?"}
