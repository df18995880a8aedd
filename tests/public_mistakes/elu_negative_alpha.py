"""The mistake: elu_backward looks at the sign of the result, not of the input; with alpha = -2 the result
is positive everywhere, and the derivative is 1 everywhere. Source: GitHub issue pytorch/pytorch #47671, "A
problem about elu_backward" (C++; here a small net)."""

import numpy as np

rng = np.random.RandomState(476)
alpha = -2.0
X, T = rng.randn(5, 3), rng.randn(5, 2)
at = {
    "W1": rng.randn(3, 4),
    "b1": rng.randn(4) * 0.2,
    "W2": rng.randn(4, 2) * 0.7,
    "b2": rng.randn(2) * 0.2,
}


def elu(x):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def elu_backward(grad_output, result):
    return np.where(result <= 0, grad_output * (result + alpha), grad_output)


def right_elu_backward(grad_output, x):
    return np.where(x <= 0, grad_output * alpha * np.exp(x), grad_output)


def loss(W1, b1, W2, b2):
    return 0.5 * np.mean(np.sum((elu(X @ W1 + b1) @ W2 + b2 - T) ** 2, axis=1))


def _backward(W1, b1, W2, b2, right):
    z = X @ W1 + b1
    h = elu(z)
    d = (h @ W2 + b2 - T) / len(X)
    dz = right_elu_backward(d @ W2.T, z) if right else elu_backward(d @ W2.T, h)
    return {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ d, "b2": d.sum(0)}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_argument", "derivative_missing"}
