"""The mistake: the formula of the regularised gradient for j >= 1 is the mean of h - y plus lambda / m theta_j: the factor x_j is lost. Source:
GitHub issue fengdu78/Coursera-ML-AndrewNg-Notes #82, "logistic_regression_v1.ipynb" (the formula of the markdown cell)."""

import numpy as np

rng = np.random.RandomState(82)
X = np.insert(rng.randn(8, 3), 0, values=np.ones(8), axis=1)
y = np.array([0, 1, 1, 0, 1, 0, 0, 1])
l = 1
at = {"theta": rng.randn(4) * 0.5}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(theta):
    theta_j1_to_n = theta[1:]
    regularized_term = (l / (2 * len(X))) * np.power(theta_j1_to_n, 2).sum()
    return (
        np.mean(-y * np.log(sigmoid(X @ theta)) - (1 - y) * np.log(1 - sigmoid(X @ theta)))
        + regularized_term
    )


def _gradient(theta, right):
    m = len(X)
    grad = np.zeros(len(theta))
    error = sigmoid(X @ theta) - y
    for j in range(len(theta)):
        if j == 0:
            grad[j] = np.sum(error * X[:, j]) / m
        elif right:
            grad[j] = np.sum(error * X[:, j]) / m + l / m * theta[j]
        else:
            grad[j] = np.sum(error) / m + l / m * theta[j]
    return grad


def backward(theta):
    return _gradient(theta, False)


def right_backward(theta):
    return _gradient(theta, True)


EXPECTED = {"factor_missing", "other_operand"}
