"""The mistake: the backward of the softmax layer is dX = dY * e with e = exp(X): the softmax is taken for an exp, the sum below is left out. Source:
GitHub issue wkcn/mobula #3, "[Bug] The backward propagation of Softmax is wrong" (mobula/layers/Softmax.py)."""

import numpy as np

rng = np.random.RandomState(15)
X, T = rng.randn(1, 4), np.array([[0.0, 1.0, 0.0]])
at = {"W": rng.randn(4, 3), "b": rng.randn(3)}


def loss(W, b):
    e = np.exp(X @ W + b)
    Y = e / np.sum(e)
    return -np.sum(T * np.log(Y))


def _backward(W, b, right):
    e = np.exp(X @ W + b)
    Y = e / np.sum(e)
    dY = -T / Y
    if right:
        dX = Y * (dY - np.sum(dY * Y))
    else:
        dX = np.multiply(dY, e)
    return {"W": X.T @ dX, "b": dX.sum(axis=0)}


def backward(W, b):
    return _backward(W, b, False)


def right_backward(W, b):
    return _backward(W, b, True)


EXPECTED = {"softmax_elementwise", "derivative_of_other"}
