"""The mistake: the gradient of regularised logistic regression is written without the feature x_j, 1/m * sum(h - y) + lambda/m *
theta_j, so all components differ by their penalty only. Source: github.com/fengdu78/Coursera-ML-AndrewNg-Notes issue 82 (the
formula of the notebook logistic_regression_v1)."""

import numpy as np

rng = np.random.RandomState(26)
X = np.insert(rng.randn(14, 3), 0, values=1, axis=1)
y = (rng.rand(14) > 0.45).astype(int)
l = 1.5
at = {"theta": rng.randn(4) * 0.8}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cost(theta, X, y):
    return np.mean(-y * np.log(sigmoid(X @ theta)) - (1 - y) * np.log(1 - sigmoid(X @ theta)))


def regularized_cost(theta, X, y, l=1):
    theta_j1_to_n = theta[1:]
    regularized_term = (l / (2 * len(X))) * np.power(theta_j1_to_n, 2).sum()
    return cost(theta, X, y) + regularized_term


def loss(theta):
    return regularized_cost(theta, X, y, l)


def _gradient(theta, right):
    m = len(X)
    grad = np.zeros(theta.shape)
    for j in range(len(theta)):
        for i in range(m):
            h = sigmoid(X[i] @ theta)
            if j == 0:
                grad[j] += (h - y[i]) * X[i, 0]
            elif right:
                grad[j] += (h - y[i]) * X[i, j]
            else:
                grad[j] += h - y[i]
        grad[j] /= m
        if j >= 1:
            grad[j] += l / m * theta[j]
    return {"theta": grad}


def backward(theta):
    return _gradient(theta, False)


def right_backward(theta):
    return _gradient(theta, True)


EXPECTED = {"factor_missing", "other_operand"}
