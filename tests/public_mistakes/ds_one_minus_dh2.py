"""The mistake: dz2 = dh2 * (1 - dh2), the slope of the sigmoid written with the error dh2 = h2 - y in the place of h2 (and the error itself gone); right is
dh2 * h2 * (1 - h2). Source: Data Science SE question 20139, "Gradients for bias terms in backpropagation" (the second answer names it)."""

import numpy as np

rng = np.random.RandomState(20139)
x = rng.randn(5, 3)
y = rng.rand(5, 2)
at = {
    "theta1": rng.randn(3, 4),
    "b1": rng.randn(1, 4) * 0.3,
    "theta2": rng.randn(4, 2),
    "b2": rng.randn(1, 2) * 0.3,
}


def forward(theta1, b1, theta2, b2):
    z1 = x.dot(theta1) + b1
    h1 = 1 / (1 + np.exp(-z1))
    z2 = h1.dot(theta2) + b2
    h2 = 1 / (1 + np.exp(-z2))
    return h1, h2


def loss(theta1, b1, theta2, b2):
    h1, h2 = forward(theta1, b1, theta2, b2)
    return 0.5 * np.sum((h2 - y) ** 2)


def _backward(theta1, b1, theta2, b2, right):
    h1, h2 = forward(theta1, b1, theta2, b2)
    dh2 = h2 - y
    if right:
        dz2 = dh2 * h2 * (1 - h2)
    else:
        dz2 = dh2 * (1 - dh2)
    H1 = np.transpose(h1)
    dw2 = np.dot(H1, dz2)
    db2 = np.sum(dz2, axis=0, keepdims=True)
    dz1 = dz2.dot(theta2.T) * h1 * (1 - h1)
    dw1 = np.dot(x.T, dz1)
    db1 = np.sum(dz1, axis=0, keepdims=True)
    return {"theta1": dw1, "b1": db1, "theta2": dw2, "b2": db2}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"derivative_argument", "other_operand", "?"}
