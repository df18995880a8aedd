"""The mistake: the transposed convolution puts w * x[i] at 2 * i, the gradient of x[i] is taken from dy[i] (its neighbour) and not from
dy[2 * i]. Source: GitHub issue pytorch/pytorch #63314, "Incorrect computation of gradients for transposed 2d convolution when stride=2 on CPU"
(kernel size 1, one row; x from a linear layer)."""

import numpy as np

rng = np.random.RandomState(633)
inp, target = rng.randn(3), rng.randn(7)
stride = 2
at = {"W": rng.randn(4, 3) * 0.7, "w": np.array([-0.7767])}


def conv_transpose(x, w):
    y = np.zeros((len(x) - 1) * stride + 1)
    for i in range(len(x)):
        y[i * stride] += w[0] * x[i]
    return y


def loss(W, w):
    y = conv_transpose(np.tanh(W @ inp), w)
    return np.sum((y - target) ** 2)


def _backward(W, w, right):
    x = np.tanh(W @ inp)
    yd = 2 * (conv_transpose(x, w) - target)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(x)):
        dw[0] += yd[i * stride] * x[i]
        dx[i] += yd[i * stride if right else i] * w[0]
    return {"W": np.outer(dx * (1 - x**2), inp), "w": dw}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"?", "other_operand", "permuted"}
