"""The mistake: the derivative of the log marginal likelihood by the parameters of the mean has the wrong
sign, dmLL = -dot(Mgrads, alpha); the parameters of the kernel and of the noise are right. Source: GitHub
issue STOR-i/GaussianProcesses.jl #26 (Julia, here NumPy; a linear mean)."""

import numpy as np

rng = np.random.RandomState(26)
n = 5
x, y = np.sort(rng.uniform(0, 4, n)), rng.randn(n)
Mgrads = np.column_stack([np.ones(n), x])
r2 = (x[:, None] - x[None, :]) ** 2
at = {"logNoise": rng.randn(1) * 0.2 - 0.7, "beta": rng.randn(2), "ll": rng.randn(1) * 0.3}


def update(logNoise, beta, ll):
    K = np.exp(-0.5 * r2 / np.exp(2 * ll[0]))
    cK = K + np.exp(2 * logNoise[0]) * np.eye(n)
    res = y - Mgrads @ beta
    return K, cK, res, np.linalg.solve(cK, res)


def loss(logNoise, beta, ll):
    K, cK, res, alpha = update(logNoise, beta, ll)
    return -0.5 * res @ alpha - 0.5 * np.linalg.slogdet(cK)[1] - 0.5 * n * np.log(2 * np.pi)


def _backward(logNoise, beta, ll, sign):
    K, cK, res, alpha = update(logNoise, beta, ll)
    ααinvcKI = np.outer(alpha, alpha) - np.linalg.inv(cK)
    return {
        "logNoise": np.array([np.exp(2 * logNoise[0]) * np.trace(ααinvcKI)]),
        "beta": sign * (Mgrads.T @ alpha),
        "ll": np.array([0.5 * np.sum(ααinvcKI * K * r2 / np.exp(2 * ll[0]))]),
    }


def backward(**p):
    return _backward(**p, sign=-1)


def right_backward(**p):
    return _backward(**p, sign=1)


EXPECTED = {"sign"}
