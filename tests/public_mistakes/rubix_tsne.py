"""The mistake: the gradient of t-SNE with the plain distance d where d^2 belongs in the kernel, q normalized by twice the sum with the diagonal in it, and the
weight d for (1 + d^2)^-1. Source: GitHub pull request RubixML/ML #421, "Fix TSNE gradient computation" (PHP; here NumPy; one degree of freedom; the cost is the
documented KL divergence)."""

import numpy as np

rng = np.random.RandomState(421)
n, dofs, c = 5, 1.0, 4.0
p = rng.rand(n, n) + 0.05
np.fill_diagonal(p, 0)
p = p + p.T
p = p / p.sum()
off = ~np.eye(n, dtype=bool)
at = {"y": rng.randn(n, 2)}


def loss(y):
    d2 = np.sum((y[:, None, :] - y[None, :, :]) ** 2, axis=2)
    kernel = off / (1 + d2 / dofs)
    q = kernel / np.sum(kernel)
    return np.sum(np.where(off, p * np.log(np.where(off, p, 1) / np.where(off, q, 1)), 0))


def gradient_of(pqd, y):
    gradient = []
    for i, vector in enumerate(pqd):
        yHat = y[i] - y
        gradient.append(vector @ yHat)
    return {"y": np.array(gradient) * c}


def backward(y):
    distances = np.sqrt(np.sum((y[:, None, :] - y[None, :, :]) ** 2, axis=2))
    q = ((distances / dofs) + 1.0) ** ((1.0 + dofs) / -2.0)
    q = q / np.maximum(q.sum() * 2.0, 1e-8)
    pqd = (p - q) * distances
    return gradient_of(pqd, y)


def right_backward(y):
    d2 = np.sum((y[:, None, :] - y[None, :, :]) ** 2, axis=2)
    kernel = 1 / (1 + d2 / dofs)
    q = kernel / (kernel.sum() - np.trace(kernel))
    return gradient_of((p - q) * kernel, y)


EXPECTED = {"?"}
