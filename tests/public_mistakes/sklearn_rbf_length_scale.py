"""The mistake: the gradient of the RBF kernel by length_scale has length_scale^2 in the denominator, where
length_scale^3 belongs (it is the one by log(length_scale)). Source: GitHub issue scikit-learn/scikit-learn
#11113 (the anisotropic kernel; loss sum(A * K))."""

import numpy as np

rng = np.random.RandomState(111)
X, A = rng.randn(4, 3), rng.randn(4, 4)
at = {"length_scale": rng.uniform(0.6, 2.2, 3)}


def kernel(length_scale):
    dists = np.sum((X[:, None, :] - X[None, :, :]) ** 2 / length_scale**2, axis=-1)
    return np.exp(-0.5 * dists)


def loss(length_scale):
    return np.sum(A * kernel(length_scale))


def backward(length_scale):
    K_gradient = (X[:, np.newaxis, :] - X[np.newaxis, :, :]) ** 2 / (length_scale**2)
    K_gradient *= kernel(length_scale)[..., np.newaxis]
    return {"length_scale": np.einsum("ij,ijk->k", A, K_gradient)}


def right_backward(length_scale):
    K_gradient = (X[:, np.newaxis, :] - X[np.newaxis, :, :]) ** 2 / (length_scale**3)
    K_gradient *= kernel(length_scale)[..., np.newaxis]
    return {"length_scale": np.einsum("ij,ijk->k", A, K_gradient)}


EXPECTED = {"factor_missing", "derivative_missing"}
