"""The mistake: dV = g(-f[j]) - lbda * V[j]: the factor U[i] of the first term is missing, so every feature gets the same number. Source: GitHub
issue gamboviol/climf #1 and pull request #2 (climf.py); the same in daviddwlee84/MachineLearningPractice #1."""

import numpy as np

rng = np.random.RandomState(19)
data = [[0, 2, 3], [1, 2], [0, 1, 3]]
lbda = 0.1
at = {"U": rng.randn(3, 2), "V": rng.randn(4, 2)}


def g(x):
    return 1 / (1 + np.exp(-x))


def dg(x):
    return np.exp(x) / (1 + np.exp(x)) ** 2


def loss(U, V):
    F = -0.5 * lbda * (np.sum(U * U) + np.sum(V * V))
    for i in range(len(U)):
        f = {j: np.sum(U[i] * V[j]) for j in data[i]}
        for j in f:
            F = F + np.log(g(f[j]))
            for k in f:
                F = F + np.log(1 - g(f[k] - f[j]))
    return -F


def _backward(U, V, right):
    gU, gV = -lbda * U, -lbda * V
    for i in range(len(U)):
        f = {j: np.dot(U[i], V[j]) for j in data[i]}
        for j in f:
            dV = g(-f[j]) * U[i] if right else g(-f[j])
            for k in f:
                dV = dV + dg(f[j] - f[k]) * (1 / (1 - g(f[k] - f[j])) - 1 / (1 - g(f[j] - f[k]))) * U[i]
            gV[j] += dV
            gU[i] += g(-f[j]) * V[j]
            for k in f:
                gU[i] += (V[j] - V[k]) * dg(f[k] - f[j]) / (1 - g(f[k] - f[j]))
    return {"U": -gU, "V": -gV}


def backward(U, V):
    return _backward(U, V, False)


def right_backward(U, V):
    return _backward(U, V, True)


EXPECTED = {"factor_missing"}
