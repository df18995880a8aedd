"""The mistake: the loss is 1/m ||y - X theta||^2, the gradient is X^T (X theta - y) / m, the 2 is missing. Read off the update. Source: GitHub
issue Open-Deep-ML/DML-OpenProblem #97, "Incorrect Answer and Wrong Description of Gradient Descent"."""

import numpy as np

rng = np.random.RandomState(326)
X, y = np.c_[np.ones(5), rng.randn(5, 2)], rng.randn(5)
alpha = 0.01
at = {"theta": rng.randn(3, 1)}


def loss(theta):
    m = len(y)
    return 1 / m * np.linalg.norm(y.reshape(-1, 1) - X @ theta) ** 2


def linear_regression_gradient_descent(X, y, theta, alpha, iterations=1):
    m, n = X.shape
    for _ in range(iterations):
        predictions = X @ theta
        errors = predictions - y.reshape(-1, 1)
        updates = X.T @ errors / m
        theta -= alpha * updates
    return theta


def backward(theta):
    return (theta - linear_regression_gradient_descent(X, y, theta.copy(), alpha)) / alpha


def right_backward(theta):
    return 2 * X.T @ (X @ theta - y.reshape(-1, 1)) / len(y)


EXPECTED = {"scale"}
