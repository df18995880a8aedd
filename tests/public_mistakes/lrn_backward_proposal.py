"""The mistake (a proposal; the code was right): in the cross term of the local response normalization's backward, grad_j is replaced by grad_i and
a factor scale_i^-beta is added, which is in b_j already. Source: GitHub issue BVLC/caffe #5105, "LRN Backward"."""

import numpy as np

rng = np.random.RandomState(11)
target = rng.randn(3, 5)
alpha, beta, n, k = 2.0, 0.75, 3, 1.0
window = np.array([[1.0 if abs(i - j) <= n // 2 else 0.0 for j in range(5)] for i in range(5)])
at = {"a": rng.randn(3, 5) * 1.5}


def loss(a):
    scale = k + alpha / n * (a**2 @ window)
    b = a * scale**-beta
    return 0.5 * np.sum((b - target) ** 2)


def backward(a):
    scale = k + alpha / n * (a**2 @ window)
    b = a * scale**-beta
    grad = b - target
    cross = grad * ((b / scale) @ window)
    return {"a": grad * scale**-beta - 2 * alpha * beta / n * a * scale**-beta * cross}


def right_backward(a):
    scale = k + alpha / n * (a**2 @ window)
    b = a * scale**-beta
    grad = b - target
    cross = (grad * b / scale) @ window
    return {"a": grad * scale**-beta - 2 * alpha * beta / n * a * cross}


EXPECTED = {"factor_twice", "other_operand"}
