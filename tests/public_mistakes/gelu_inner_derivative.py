"""The mistake: in the derivative of GELU (tanh form) the derivative of what stands in the tanh, sqrt(2/pi) (1 + 3 * 0.044715 x^2),
is left out of the second term. Source: GitHub pull request ravin-d-27/PyDeepFlow #89 ("Corrected GELU Derivative"; the formula
of that library before it)."""

import numpy as np

rng = np.random.RandomState(8)
X, y = rng.randn(6, 3), rng.randn(6, 1)
at = {"w1": rng.randn(3, 4), "b1": rng.randn(1, 4) * 0.1, "w2": rng.randn(4, 1), "b2": rng.randn(1, 1)}


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def _gelu_derivative(x, right):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    if right:
        return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2)


def forward(w1, b1, w2, b2):
    Z = [np.dot(X, w1) + b1]
    A = [X, gelu(Z[0])]
    Z.append(np.dot(A[1], w2) + b2)
    A.append(Z[1])
    return Z, A


def loss(w1, b1, w2, b2):
    return np.mean((forward(w1, b1, w2, b2)[1][-1] - y) ** 2)


def _backward(w1, b1, w2, b2, right):
    Z, A = forward(w1, b1, w2, b2)
    delta = 2 * (A[2] - y) / len(y)
    gw2, gb2 = np.dot(A[1].T, delta), np.sum(delta, axis=0, keepdims=True)
    delta = np.dot(delta, w2.T) * _gelu_derivative(Z[0], right)
    return {"w1": np.dot(A[0].T, delta), "b1": np.sum(delta, axis=0, keepdims=True), "w2": gw2, "b2": gb2}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"factor_missing", "derivative_missing", "derivative_of_other"}
