"""The mistake: with ReLU units in the output layer the output delta is d{n} = - nn.e, as for linear units;
the derivative of the ReLU is left out there, while the hidden layers have it. Source: GitHub issue
dannyneil/spiking_relu_conversion #1, "ReLU in backprop" (nnbp.m)."""

import numpy as np

rng = np.random.RandomState(8)
m = 5
x = rng.randn(m, 3)
y = rng.uniform(0, 1, (m, 3))
at = {"W1": rng.randn(4, 4), "W2": rng.randn(3, 5)}


def with_bias(a):
    return np.column_stack([np.ones(m), a])


def nnff(W1, W2):
    a1 = with_bias(x)
    a2 = with_bias(np.maximum(0, a1 @ W1.T))
    return a1, a2, np.maximum(0, a2 @ W2.T)


def loss(W1, W2):
    e = y - nnff(W1, W2)[-1]
    return 1 / 2 * np.sum(e**2) / m


def _backward(W1, W2, right):
    a1, a2, a3 = nnff(W1, W2)
    d3 = -(y - a3)
    if right:
        d3 = d3 * (a3 > 0)
    d_act = (a2 > 0).astype(float)
    d2 = (d3 @ W2) * d_act
    return {"W1": (d2[:, 1:].T @ a1) / m, "W2": (d3.T @ a2) / m}


def backward(W1, W2):
    return _backward(W1, W2, False)


def right_backward(W1, W2):
    return _backward(W1, W2, True)


EXPECTED = {"derivative_missing"}
