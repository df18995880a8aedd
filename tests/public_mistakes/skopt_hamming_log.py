"""The mistake: the gradient of the kernel is taken by the length scale l, where the parameters are theta = log(l): the factor l = exp(theta) is missing. Source:
GitHub issue scikit-optimize/scikit-optimize #330, "Derivative of the HammingKernel should be with respect to the log(length_scale) and not the length_scale"
(in the marginal likelihood of a Gaussian process)."""

import numpy as np

rng = np.random.RandomState(330)
X = rng.randint(0, 3, (5, 3))
y = rng.randn(5)
indicator = (X[:, None, :] != X[None, :, :]).astype(float)
at = {"theta": np.array([-0.6, 0.4, 0.9])}


def loss(theta):
    length_scale = np.exp(theta)
    K = np.exp(-np.sum(length_scale * indicator, axis=2)) + 0.3 * np.eye(5)
    return 0.5 * y @ np.linalg.inv(K) @ y + 0.5 * np.log(np.linalg.det(K))


def _backward(theta, right):
    length_scale = np.exp(theta)
    kernel_prod = np.exp(-np.sum(length_scale * indicator, axis=2))
    K = kernel_prod + 0.3 * np.eye(5)
    grad = -np.expand_dims(kernel_prod, axis=-1) * indicator
    if right:
        grad *= length_scale
    inv = np.linalg.inv(K)
    alpha = inv @ y
    inner = inv - np.outer(alpha, alpha)
    return {"theta": 0.5 * np.einsum("ij,ijk->k", inner, grad)}


def backward(theta):
    return _backward(theta, False)


def right_backward(theta):
    return _backward(theta, True)


EXPECTED = {"factor_missing", "derivative_missing"}
