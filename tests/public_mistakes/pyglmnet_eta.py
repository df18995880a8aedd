"""The mistake: above the threshold eta the inverse link is the line z * exp(eta) + (1 - eta) * exp(eta); the gradient has its slope as eta, not exp(eta).
Source: GitHub issue glm-tools/pyglmnet #181, "Probable wrong gradient in linearized Poisson case"."""

import numpy as np

rng = np.random.RandomState(181)
n_samples = 6
X = rng.randn(n_samples, 3)
y = rng.poisson(2, (n_samples, 1)).astype(float)
eta, reg_lambda, alpha = 0.7, 0.4, 0.5
at = {"beta0": np.array([0.6]), "beta": rng.randn(3, 1) * 0.8}


def qu(z):
    return np.where(z > eta, z * np.exp(eta) + (1 - eta) * np.exp(eta), np.exp(np.minimum(z, eta)))


def loss(beta0, beta):
    q = qu(beta0 + np.dot(X, beta))
    logL = np.sum(y * np.log(q) - q)
    return -1.0 / n_samples * logL + reg_lambda * 0.5 * (1 - alpha) * np.sum(beta**2)


def _backward(beta0, beta, slope):
    z = beta0 + np.dot(X, beta)
    q = qu(z)
    grad_beta0 = np.sum(q[z <= eta] - y[z <= eta]) + np.sum(1 - y[z > eta] / q[z > eta]) * slope
    grad_beta0 *= 1.0 / n_samples
    grad_beta = np.zeros([X.shape[1], 1])
    selector = np.where(z.ravel() <= eta)[0]
    grad_beta += np.transpose(np.dot((q[selector] - y[selector]).T, X[selector, :]))
    selector = np.where(z.ravel() > eta)[0]
    grad_beta += slope * np.transpose(np.dot((1 - y[selector] / q[selector]).T, X[selector, :]))
    grad_beta *= 1.0 / n_samples
    grad_beta += reg_lambda * (1 - alpha) * beta
    return {"beta0": np.array([grad_beta0]), "beta": grad_beta}


def backward(beta0, beta):
    return _backward(beta0, beta, eta)


def right_backward(beta0, beta):
    return _backward(beta0, beta, np.exp(eta))


EXPECTED = {"derivative_of_other", "other_operand", "?"}
