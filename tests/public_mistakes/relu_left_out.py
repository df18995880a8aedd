"""The mistake: the derivative of ReLU is left out, at the hidden layer and at the output, and the 1/N of the loss as well.
Source: Data Science Stack Exchange question 120115, "Bugs in the backpropagation algorithm in Python"."""

import numpy as np

series = [2.16, 3.19, 1.85, 4.84, 0.55, 4.20, 1.68, 4.74, 0.14, 5.68]
x = np.array([series[i : i + 3] for i in range(7)])
y = np.array(series[3:10])
at = {
    "w1": np.array([[0.31, -0.52, 0.27], [-0.44, 0.12, 0.35], [0.58, 0.21, -0.63], [-0.17, 0.49, 0.08]]),
    "w2": np.array([0.62, -0.81, 0.33, 0.29]),
}


def ReLU(s):
    return np.maximum(0, s)


def MSE(a, b):
    return (a - b) ** 2


def loss(w1, w2):
    s1 = np.dot(w1, x.T)
    y1 = ReLU(s1)
    s2 = np.dot(w2, y1)
    y2 = ReLU(s2)
    return np.sum(MSE(y2, y)) / (2 * len(y2))


def backward(w1, w2):
    y1 = ReLU(np.dot(w1, x.T))
    y2 = ReLU(np.dot(w2, y1))
    delta_w2 = np.dot(y2 - y, y1.T)
    delta_w1 = np.dot(np.dot(w2.reshape(4, 1), (y2 - y).reshape(1, 7)), x)
    return {"w1": delta_w1, "w2": delta_w2}


def right_backward(w1, w2):
    s1 = np.dot(w1, x.T)
    y1 = ReLU(s1)
    s2 = np.dot(w2, y1)
    d2 = (ReLU(s2) - y) * (s2 > 0) / len(y)
    d1 = np.dot(w2.reshape(4, 1), d2.reshape(1, 7)) * (s1 > 0)
    return {"w1": np.dot(d1, x), "w2": np.dot(d2, y1.T)}


EXPECTED = {"derivative_missing", "factor_missing", "sum_for_mean", "scale"}
