"""Nothing is wrong in the asker's gradient (the sum over the samples, divided by len(x)); the course's example had half of it, with a
2 too many. The cost is 1 / (2 m) * sum of squares. Source: GitHub issue 42-AI/bootcamp_machine-learning #20."""

import numpy as np

X = np.array([[-6, -7, -9], [13, -2, 14], [-7, 14, -1], [-8, -4, 6], [-5, -9, 6], [1, -5, 11], [9, -11, 8]])
Y = np.array([2, 14, -13, 5, 12, 4, -19])
at = {"theta": np.array([3.0, 0.5, -6.0])}


def cost(y, y_hat):
    return sum([(y_hat[i] - y[i]) ** 2 for i in range(len(y))]) / (2 * len(y))


def gradient(x, y, theta):
    if (
        len(y) == 0
        or len(x) == 0
        or len(theta) == 0
        or y.shape[0] != x.shape[0]
        or x.shape[1] != theta.shape[0]
    ):
        return None
    res = []
    for j in range(len(theta)):
        line = sum([(theta.dot(x[i]) - y[i]) * (x[i][j]) for i in range(len(x))]) / len(x)
        res.append(line)
    return np.array(res)


def loss(theta):
    return cost(Y, [theta.dot(X[i]) for i in range(len(X))])


def backward(theta):
    return gradient(X, Y, theta)


right_backward = backward

EXPECTED = set()
