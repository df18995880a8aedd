"""Nothing is wrong: grad = (1/m) * (X' * (h - y) + lambda * theta_reg), reported as a mistake, is the same as the reporter's formula with the
factor 1/m multiplied out. Source: GitHub issue schneems/Octave #12, "Incorrect gradient in ex2" (MATLAB; here NumPy)."""

import numpy as np

rng = np.random.RandomState(12)
X = np.c_[np.ones(7), rng.randn(7, 2)]
y = np.array([[1], [0], [0], [1], [1], [0], [1]])
lam = 2.0
at = {"theta": rng.randn(3, 1) * 0.5}


def loss(theta):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    theta_reg = np.vstack([[[0]], theta[1:]])
    J = (1 / m) * (-y.T @ np.log(h) - (1 - y).T @ np.log(1 - h)) + lam / (2 * m) * theta_reg.T @ theta_reg
    return J


def backward(theta):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    theta_reg = np.vstack([[[0]], theta[1:]])
    return (1 / m) * (X.T @ (h - y) + lam * theta_reg)


def right_backward(theta):
    m = len(y)
    h = 1 / (1 + np.exp(-X @ theta))
    theta_reg = np.vstack([[[0]], theta[1:]])
    return 1 / m * X.T @ (h - y) + lam / m * theta_reg


EXPECTED = set()
