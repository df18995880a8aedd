"""The mistake: rpow(x, e) is e ** x, its backward is e * x ** (e - 1), that of x ** e. Source: GitHub pull request tenstorrent/tt-metal #52144,
"rpow_bw differentiates x**e instead of e**x" (C++; here NumPy; positive x)."""

import numpy as np

rng = np.random.RandomState(521)
data, wanted = rng.rand(6, 3), rng.rand(6) * 3
exponent = 1.7
at = {"weight": rng.rand(3) + 0.2, "bias": np.array(0.3)}


def rpow(input):
    return exponent**input


def rpow_bw(grad, input, right):
    if right:
        return grad * exponent**input * np.log(exponent)
    return grad * exponent * input ** (exponent - 1)


def loss(weight, bias):
    return np.mean((rpow(data @ weight + bias) - wanted) ** 2)


def _backward(weight, bias, right):
    input = data @ weight + bias
    grad = rpow_bw(2 * (rpow(input) - wanted) / len(wanted), input, right)
    return {"weight": data.T @ grad, "bias": grad.sum()}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"derivative_of_other"}
