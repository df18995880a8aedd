"""The mistake: tanh_grad returns grad * ones_like(orig) - orig * orig, a pair of parentheses is missing: grad - tanh^2, not
grad * (1 - tanh^2). Source: GitHub pull request apache/tvm #7340, "Fix tanh gradient and update tests to use downstream gradient"."""

import numpy as np
from numpy import ones_like

rng = np.random.RandomState(324)
x, y = rng.randn(5, 3), rng.randn(5, 2)
at = {"w1": rng.randn(3, 4), "b1": rng.randn(4), "w2": rng.randn(4, 2)}


def tanh_grad(orig, grad):
    """Returns grad * (1 - tanh(x) * tanh(x))."""
    return [grad * ones_like(orig) - orig * orig]


def right_tanh_grad(orig, grad):
    return [grad * (ones_like(orig) - orig * orig)]


def loss(w1, b1, w2):
    h = np.tanh(np.dot(x, w1) + b1)
    return np.mean((np.dot(h, w2) - y) ** 2)


def _backward(w1, b1, w2, of_tanh):
    h = np.tanh(np.dot(x, w1) + b1)
    grad = 2 * (np.dot(h, w2) - y) / y.size
    d_w2 = np.dot(h.T, grad)
    (grad,) = of_tanh(h, np.dot(grad, w2.T))
    return {"w1": np.dot(x.T, grad), "b1": np.sum(grad, axis=0), "w2": d_w2}


def backward(**p):
    return _backward(**p, of_tanh=tanh_grad)


def right_backward(**p):
    return _backward(**p, of_tanh=right_tanh_grad)


EXPECTED = {"?"}
