"""The mistake: the penalty is taken back from grad1[0] and grad2[0], the rows of the first units, where
the columns of the biases, [:, 0], belong. Source: GitHub issue zduey/machinelearning_coursera #2, "Failing
to pass test on CheckNNGradients when reg_param != 0" (ex4_utils.py of commit 4528c62)."""

import numpy as np

rng = np.random.RandomState(42)
m = 5
X = rng.randn(m, 3)
Y = np.eye(3)[rng.randint(0, 3, m)]
reg_param = 2.0
at = {"theta1": rng.randn(4, 4) * 0.6, "theta2": rng.randn(3, 5) * 0.6}


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(theta1, theta2):
    a1 = np.hstack((np.ones((m, 1)), X))
    a2 = np.hstack((np.ones((m, 1)), sigmoid(a1.dot(theta1.T))))
    return a1, a2, sigmoid(a2.dot(theta2.T))


def loss(theta1, theta2):
    h = forward(theta1, theta2)[-1]
    cost = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    return cost + reg_param / (2 * m) * (np.sum(theta1[:, 1:] ** 2) + np.sum(theta2[:, 1:] ** 2))


def _backward(theta1, theta2, where):
    a1, a2, a3 = forward(theta1, theta2)
    delta3 = a3 - Y
    delta2 = (delta3.dot(theta2) * a2 * (1 - a2))[:, 1:]
    D1, D2 = delta2.T.dot(a1), delta3.T.dot(a2)
    grad1 = (1.0 / m) * D1 + (reg_param / m) * theta1
    grad1[where] = grad1[where] - (reg_param / m) * theta1[where]
    grad2 = (1.0 / m) * D2 + (reg_param / m) * theta2
    grad2[where] = grad2[where] - (reg_param / m) * theta2[where]
    return {"theta1": grad1, "theta2": grad2}


def backward(theta1, theta2):
    return _backward(theta1, theta2, 0)


def right_backward(theta1, theta2):
    return _backward(theta1, theta2, (slice(None), 0))


EXPECTED = {"regularization_on_bias", "regularization_missing"}
