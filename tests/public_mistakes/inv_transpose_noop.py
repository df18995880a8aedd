"""The mistake: result.transpose(-2, -1) in NumPy names the axes in their old order: nothing is transposed in the gradient of the inverse. Source: GitHub
issue pytorch/pytorch.github.io #2135, "Linalg autograd blog post: error in NumPy gradient computation for linalg.inv"."""

import numpy as np

rng = np.random.RandomState(2135)
b, wanted = rng.randn(3, 2), rng.randn(3, 2)
at = {"a": rng.randn(3, 3) + 2 * np.eye(3)}


def forward(a):
    result = np.linalg.inv(a)
    return result, result @ b


def loss(a):
    return np.sum((forward(a)[1] - wanted) ** 2)


def inv_backward(result, grad):
    return -(result.transpose(-2, -1) @ (grad @ result.transpose(-2, -1)))


def right_inv_backward(result, grad):
    return -(result.T @ (grad @ result.T))


def backward(a):
    result, x = forward(a)
    return {"a": inv_backward(result, 2 * (x - wanted) @ b.T)}


def right_backward(a):
    result, x = forward(a)
    return {"a": right_inv_backward(result, 2 * (x - wanted) @ b.T)}


EXPECTED = {"transposed"}
