"""The mistake: the gradient of the log-density of a Gaussian Markov random field is that of -0.5 * sqmahal alone: the log-determinant of Q is treated as
if it did not depend on theta. Source: GitHub pull request timweiland/GaussianMarkovRandomFields.jl #193, "Fix silently wrong Zygote gradients on the
chordal path" (Julia; NumPy here)."""

import numpy as np

rng = np.random.RandomState(21)
n = 5
L = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
lam = np.linalg.eigvalsh(L)
z = rng.randn(n)
at = {"theta": np.array([np.log(2), 0.3]), "mu": rng.randn(n)}


def loss(theta, mu):
    r = z - mu
    quad = np.sum(r * (L @ r)) + np.exp(theta[1]) * np.sum(r**2)
    logdet = np.sum(theta[0] + np.log(lam + np.exp(theta[1])))
    return -(0.5 * logdet - 0.5 * np.exp(theta[0]) * quad)


def _backward(theta, mu, with_logdet):
    r = z - mu
    Q = np.exp(theta[0]) * (L + np.exp(theta[1]) * np.eye(n))
    sq = r @ Q @ r
    d = np.array([0.5 * sq, 0.5 * np.exp(theta[0] + theta[1]) * (r @ r)])
    if with_logdet:
        d = d - 0.5 * np.array([n, np.sum(np.exp(theta[1]) / (lam + np.exp(theta[1])))])
    return {"theta": d, "mu": -Q @ r}


def backward(theta, mu):
    return _backward(theta, mu, False)


def right_backward(theta, mu):
    return _backward(theta, mu, True)


EXPECTED = {"path_missing", "detached"}
