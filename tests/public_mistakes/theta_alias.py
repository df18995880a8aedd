"""The mistake: thetaZero = theta is no copy, and index 1 is zeroed, not 0: the penalty of theta[1] is left out, that of the
bias theta[0] counted, and the person's own theta changed in place."""

import numpy as np

rng = np.random.RandomState(10)
X = np.c_[np.ones(12), rng.randn(12, 4)]
y = (rng.rand(12, 1) > 0.5) * 1
lambda_ = 1.0
at = {"theta": rng.randn(5)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def costFunctionReg(theta, X, y, lambda_):
    m, n = X.shape
    theta = theta.reshape((n, 1))
    h_theta = sigmoid(X @ theta)
    J = (1 / m) * (-y.T @ np.log(h_theta) - (1 - y).T @ np.log(1 - h_theta)) + (lambda_ / (2 * m)) * (
        theta[1 : theta.size]
    ).T @ theta[1 : theta.size]
    thetaZero = theta
    thetaZero[1] = 0
    grad = ((1 / m) * (h_theta - y).T @ X) + lambda_ / m * thetaZero.T
    grad = grad.reshape((n, 1))
    return J, grad


def loss(theta):
    return costFunctionReg(theta, X, y, lambda_)[0]


def loss_rewritten(theta):
    m, n = X.shape
    theta = theta.reshape((n, 1))
    h_theta = sigmoid(X @ theta)
    return (1 / m) * (-y.T @ np.log(h_theta) - (1 - y).T @ np.log(1 - h_theta)) + (lambda_ / (2 * m)) * (
        theta[1 : theta.size]
    ).T @ theta[1 : theta.size]


def backward(theta):
    return costFunctionReg(theta, X, y, lambda_)[1]


def right_backward(theta):
    m, n = X.shape
    h = sigmoid(X @ theta.reshape((n, 1)))
    thetaZero = theta.copy()
    thetaZero[0] = 0
    return {"theta": ((h - y).T @ X / m).ravel() + lambda_ / m * thetaZero}


EXPECTED = {"regularization_missing", "regularization_on_bias"}
