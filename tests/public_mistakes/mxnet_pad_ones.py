"""The mistake: the gradient of np.pad is 1 for every entry that was kept: the gradient that comes from above (here mult) is not multiplied in.
Source: GitHub issue apache/mxnet #19043, "[Numpy][Bug] The gradient of np.pad is wrong!"."""

import numpy as np

rng = np.random.RandomState(13)
mult = rng.randn(3, 3, 3)
zeros = np.zeros((3, 1, 3))
at = {"a": rng.randn(3, 3, 3)}


def loss(a):
    b = np.concatenate([a[:, 1:], zeros], axis=1) * mult
    return b.sum()


def pad_backward(grad_out, right):
    if right:
        return grad_out[:, :2]
    return np.ones_like(grad_out[:, :2])


def _backward(a, right):
    grad = np.zeros_like(a)
    grad[:, 1:] = pad_backward(mult, right)
    return {"a": grad}


def backward(a):
    return _backward(a, False)


def right_backward(a):
    return _backward(a, True)


EXPECTED = {"factor_missing"}
