"""The mistake: the penalty's gradient is made with theta whose bias column is replaced by ones, not by zeros: reg / m is added to
the gradient of each bias. Source: github.com/JWarmenhoven/Coursera-Machine-Learning issue 3, "Regarding regularized NN equation
in exercise 4"."""

import numpy as np

rng = np.random.RandomState(40)
m, features, hidden, labels = 9, 4, 5, 3
X = np.c_[np.ones((m, 1)), rng.randn(m, features)]
y_matrix = np.eye(labels)[rng.randint(0, labels, m)]
reg = 2.0
at = {"theta1": rng.randn(hidden, features + 1) * 0.5, "theta2": rng.randn(labels, hidden + 1) * 0.5}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoidGradient(z):
    return sigmoid(z) * (1 - sigmoid(z))


def forward(theta1, theta2):
    a1 = X
    z2 = theta1.dot(a1.T)
    a2 = np.c_[np.ones((m, 1)), sigmoid(z2.T)]
    z3 = theta2.dot(a2.T)
    a3 = sigmoid(z3)
    return a1, z2, a2, a3


def loss(theta1, theta2):
    a3 = forward(theta1, theta2)[-1]
    J = -1 * (1 / m) * np.sum(np.log(a3.T) * y_matrix + np.log(1 - a3).T * (1 - y_matrix))
    J += (reg / (2 * m)) * (np.sum(np.square(theta1[:, 1:])) + np.sum(np.square(theta2[:, 1:])))
    return J


def _gradient(theta1, theta2, column):
    a1, z2, a2, a3 = forward(theta1, theta2)
    d3 = a3.T - y_matrix
    d2 = theta2[:, 1:].T.dot(d3.T) * sigmoidGradient(z2)
    delta1 = d2.dot(a1)
    delta2 = d3.T.dot(a2)
    theta1_ = np.c_[column((theta1.shape[0], 1)), theta1[:, 1:]]
    theta2_ = np.c_[column((theta2.shape[0], 1)), theta2[:, 1:]]
    return {"theta1": delta1 / m + theta1_ * reg / m, "theta2": delta2 / m + theta2_ * reg / m}


def backward(theta1, theta2):
    return _gradient(theta1, theta2, np.ones)


def right_backward(theta1, theta2):
    return _gradient(theta1, theta2, np.zeros)


EXPECTED = {"regularization_on_bias"}
