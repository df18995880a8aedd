"""The mistake: in the derivative of mish, exp(x) * omega / delta^2, the term exp(3 x) of omega is left out. Source: GitHub pull request
explosion/thinc #578, "Improve mish activation, test against PyTorch" ("Fix incorrect numerator of backprop_mish in Ops")."""

import numpy as np

xp = np
rng = np.random.RandomState(578)
inputs, truth = rng.randn(5, 3), rng.randn(5, 2)
at = {"W": rng.randn(2, 3) * 0.7, "b": rng.randn(2) * 0.1}


def affine(W, b):
    return inputs @ W.T + b


def mish(X):
    return X * xp.tanh(xp.log(1.0 + xp.exp(X)))


def backprop_mish(dY, X, right):
    omega = 4.0 * (X + 1.0)
    omega += 4.0 * xp.exp(2.0 * X)
    if right:
        omega += xp.exp(3.0 * X)
    omega += xp.exp(X) * ((4.0 * X) + 6.0)
    delta = 2.0 * xp.exp(X)
    delta += xp.exp(2.0 * X)
    delta += 2.0
    return dY * ((xp.exp(X) * omega) / (delta**2))


def loss(W, b):
    return ((mish(affine(W, b)) - truth) ** 2).sum() / len(truth)


def _backprop(W, b, right):
    X = affine(W, b)
    dY = 2 * (mish(X) - truth) / len(truth)
    dX = backprop_mish(dY, X, right)
    return {"W": dX.T @ inputs, "b": dX.sum(axis=0)}


def backward(**w):
    return _backprop(**w, right=False)


def right_backward(**w):
    return _backprop(**w, right=True)


EXPECTED = {"?", "derivative_of_other"}
