"""The mistake: the loss is the norm of the errors, the gradient that of the sum of their squares. Source: GitHub pull request
alirezadir/AIMLInterviews #25, "Fix inconsistency between loss and gradient in linear regression"."""

import numpy as np

rng = np.random.RandomState(25)
X = np.c_[np.ones(7), rng.randn(7, 3)]
y = rng.randn(7)
at = {"theta": rng.randn(4)}


def loss(theta):
    E = X @ theta - y
    return np.linalg.norm(E, 2)


def backward(theta):
    E = X @ theta - y
    grad = 2 * X.T @ E
    return {"theta": grad}


def right_backward(theta):
    E = X @ theta - y
    return {"theta": X.T @ E / np.sqrt(np.sum(E**2))}


EXPECTED = {"other_loss", "scale", "derivative_missing"}
