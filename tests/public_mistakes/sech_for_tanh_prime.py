"""The mistake: the derivative of tanh is taken to be sech(A1), of the activation; 1 - A1 ** 2 is right. Source:
community.deeplearning.ai, "Back propagation not working accurately" (Neural Networks and Deep Learning, week 3, May 2024)."""

import numpy as np

X = np.array([[0.4, -1.2, 2.1], [1.3, 0.5, -0.7]])
Y = np.array([[1, 0, 1]])
at = {"W": np.array([[0.8, -0.6]]), "b": np.array([[0.35]])}


def forward(W, b):
    Z1 = np.dot(W, X) + b
    A1 = np.tanh(Z1)
    A2 = 1 / (1 + np.exp(-A1))
    return Z1, A1, A2


def loss(W, b):
    Z1, A1, A2 = forward(W, b)
    cost = -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    return np.sum(cost) / 3


def backward(W, b):
    Z1, A1, A2 = forward(W, b)
    dA2 = -Y / A2 + (1 - Y) / (1 - A2)
    dA1 = dA2 * A2 * (1 - A2)
    dZ1 = dA1 * (1 / np.cosh(A1))
    return {"W": np.dot(dZ1, X.T) / 3, "b": np.sum(dZ1, axis=1, keepdims=True) / 3}


def right_backward(W, b):
    Z1, A1, A2 = forward(W, b)
    dA2 = -Y / A2 + (1 - Y) / (1 - A2)
    dA1 = dA2 * A2 * (1 - A2)
    dZ1 = dA1 * (1 - A1**2)
    return {"W": np.dot(dZ1, X.T) / 3, "b": np.sum(dZ1, axis=1, keepdims=True) / 3}


EXPECTED = {"derivative_of_other"}
