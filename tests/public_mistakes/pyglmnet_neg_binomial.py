"""The mistake: the gradient of the negative binomial is that of log(mu + r) * (mu + r) + y * log(mu) (of the formula with mu for y and a turned sign); the log
likelihood has y * log(mu) - (y + r) * log(mu + r). Source: GitHub repository glm-tools/pyglmnet, commit c35829c, "Fixed derivatives for the negative
binomial" (the gradient before it, the cost after it, without its constants)."""

import numpy as np

rng = np.random.RandomState(358)
n_samples, r = 6, 15.0
X = rng.randn(n_samples, 3)
y = rng.poisson(3, (n_samples, 1)).astype(float)
reg_lambda, alpha = 0.4, 0.5
at = {"beta0": np.array([0.5]), "beta": rng.randn(3, 1) * 0.8}


def mu_of(z):
    return np.log(1 + np.exp(z))


def loss(beta0, beta):
    mu = mu_of(beta0 + np.dot(X, beta))
    logL = np.sum(y * np.log(mu) - np.log(mu + r) * (y + r))
    return -logL / n_samples + reg_lambda * 0.5 * (1 - alpha) * np.sum(beta**2)


def _backward(beta0, beta, right):
    z = beta0 + np.dot(X, beta)
    mu = mu_of(z)
    grad_mu = 1 / (1 + np.exp(-z))
    if right:
        partial = grad_mu * ((r + y) / (r + mu) - y / mu)
        grad_beta0 = np.sum(partial)
        grad_beta = np.dot(partial.T, X)
    else:
        partial_beta = grad_mu * (1 + np.log(mu + r))
        partial_beta_2 = y * (grad_mu / mu)
        grad_beta0 = np.sum(partial_beta + partial_beta_2)
        grad_beta = np.dot(partial_beta.T, X) + np.dot(partial_beta_2.T, X)
    grad_beta0 *= 1.0 / n_samples
    grad_beta = grad_beta.T * 1.0 / n_samples + reg_lambda * (1 - alpha) * beta
    return {"beta0": np.array([grad_beta0]), "beta": grad_beta}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_loss", "?"}
