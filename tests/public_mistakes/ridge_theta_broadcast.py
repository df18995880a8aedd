"""The mistake: alpha * theta[1:], of shape (1, 1), is added to a gradient of shape (2, 1) and broadcast: the slope's penalty also
enters the gradient of the intercept. Source: github.com/ageron/handson-ml issue 487, "Ridge Regression" (chapter 4)."""

import numpy as np

np.random.seed(42)
m = 12
X = 2 * np.random.rand(m, 1)
y = 4 + 3 * X + np.random.randn(m, 1)
X_b = np.c_[np.ones((m, 1)), X]
alpha = 0.7
at = {"theta": np.array([[1.3], [-2.1]])}


def loss(theta):
    error = X_b.dot(theta) - y
    return np.mean(error**2) + alpha / 2 * np.sum(theta[1:] ** 2)


def backward(theta):
    gradients = 2 / m * X_b.T.dot(X_b.dot(theta) - y) + alpha * theta[1:]
    return {"theta": gradients}


def right_backward(theta):
    gradients = 2 / m * X_b.T.dot(X_b.dot(theta) - y) + np.r_[np.zeros((1, 1)), alpha * theta[1:]]
    return {"theta": gradients}


EXPECTED = {"regularization_on_bias"}
