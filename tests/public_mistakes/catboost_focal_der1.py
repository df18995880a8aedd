"""The mistake: der1 of the focal objective (which CatBoost makes large) is the derivative with respect to
p, not multiplied by dp/da = p (1 - p); and for the targets 0 the logarithm lacks its factor 1 - p. Source:
GitHub issue rahowa/catboost_focal_loss #2, "An error in derivatives" (calc_ders_range; here the approx is
linear in w)."""

import math

import numpy as np

rng = np.random.RandomState(2)
X = rng.randn(6, 3)
targets = [1, 0, 1, 0, 0, 1]
gamma = 2.0
at = {"w": rng.randn(3) * 0.6}


def loss(w):
    p = 1 / (1 + np.exp(-(X @ w)))
    t = np.array(targets)
    return np.sum(t * (1 - p) ** gamma * np.log(p) + (1 - t) * p**gamma * np.log(1 - p))


def backward(w):
    approxes = X @ w
    g = np.zeros(3)
    for index in range(len(targets)):
        e = math.exp(approxes[index])
        p = e / (1 + e)
        if targets[index] > 0.0:
            der1 = -((1 - p) ** (gamma - 1)) * (gamma * math.log(p) * p + p - 1) / p
        else:
            der1 = (p ** (gamma - 1)) * (gamma * math.log(1 - p) - p) / (1 - p)
        g += der1 * X[index]
    return {"w": g}


def right_backward(w):
    approxes = X @ w
    g = np.zeros(3)
    for index in range(len(targets)):
        e = math.exp(approxes[index])
        p = e / (1 + e)
        if targets[index] > 0.0:
            der1 = -((1 - p) ** (gamma - 1)) * (gamma * math.log(p) * p + p - 1) / p
        else:
            der1 = (p ** (gamma - 1)) * (gamma * (1 - p) * math.log(1 - p) - p) / (1 - p)
        g += der1 * p * (1 - p) * X[index]
    return {"w": g}


EXPECTED = {"derivative_missing", "?"}
