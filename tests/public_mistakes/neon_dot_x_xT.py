"""The mistake: in the gradient of dot(x, x.T) only the left x counts, the gradient of x.T is not added to x's. Source: GitHub issue
NervanaSystems/neon #169, "Incorrect AutoDiff for dot(x, x.T) ?"."""

import numpy as np

rng = np.random.RandomState(1)
next_error = rng.randn(3, 3)
at = {"x": rng.randn(3, 4)}


def loss(x):
    return np.sum(next_error * np.dot(x, x.T))


def backward(x):
    left, right = x, x.T
    d_left = np.dot(next_error, right.T)
    return {"x": d_left}


def right_backward(x):
    left, right = x, x.T
    d_left = np.dot(next_error, right.T)
    d_right = np.dot(left.T, next_error)
    return {"x": d_left + d_right.T}


EXPECTED = {"shared_use_missing", "path_missing"}
