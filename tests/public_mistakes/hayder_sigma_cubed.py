"""The mistake: the gradient of log pi of a Gaussian policy by theta_mu with sigma^3 in the denominator (sigma^2 is right, as the review says). Source: GitHub pull
request brynhayder/reinforcement_learning_an_introduction #5, "typo in chapter_13" (exercise 13.4)."""

import numpy as np

rng = np.random.RandomState(134)
x = rng.randn(5, 3)
actions = rng.randn(5)
returns = rng.randn(5) + 0.5
at = {"theta_mu": rng.randn(3), "theta_sigma": rng.randn(3) * 0.4}


def loss(theta_mu, theta_sigma):
    mu = x @ theta_mu
    sigma = np.exp(x @ theta_sigma)
    log_pi = -((actions - mu) ** 2) / (2 * sigma**2) - np.log(sigma) - 0.5 * np.log(2 * np.pi)
    return -np.sum(returns * log_pi)


def _backward(theta_mu, theta_sigma, power):
    mu = x @ theta_mu
    sigma = np.exp(x @ theta_sigma)
    grad_mu = ((actions - mu) / sigma**power)[:, None] * x
    grad_sigma = ((actions - mu) ** 2 / sigma**2 - 1)[:, None] * x
    return {
        "theta_mu": -np.sum(returns[:, None] * grad_mu, axis=0),
        "theta_sigma": -np.sum(returns[:, None] * grad_sigma, axis=0),
    }


def backward(**at):
    return _backward(**at, power=3)


def right_backward(**at):
    return _backward(**at, power=2)


EXPECTED = {"factor_twice"}
