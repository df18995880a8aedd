"""The mistake: the backward pass of logsoftmax is diff_src = diff_dst - sum(diff_dst * dst), where
diff_dst - exp(dst) * sum(diff_dst) belongs. Source: GitHub issue uxlfoundation/oneDNN #616, "Backward pass
of the logsoftmax primitive seems to be incorrect"."""

import numpy as np

rng = np.random.RandomState(616)
X, coef = rng.randn(4, 3), rng.randn(4, 5)
at = {"W": rng.randn(3, 5), "b": rng.randn(5) * 0.3}


def logsoftmax(z):
    s = z - z.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))


def loss(W, b):
    return -np.sum(coef * logsoftmax(X @ W + b))


def _backward(W, b, right):
    dst = logsoftmax(X @ W + b)
    diff_dst = -coef
    if right:
        diff_src = diff_dst - np.exp(dst) * np.sum(diff_dst, axis=1, keepdims=True)
    else:
        diff_src = diff_dst - np.sum(diff_dst * dst, axis=1, keepdims=True)
    return {"W": X.T @ diff_src, "b": diff_src.sum(axis=0)}


def backward(W, b):
    return _backward(W, b, False)


def right_backward(W, b):
    return _backward(W, b, True)


EXPECTED = {"other_operand", "derivative_of_other", "?"}
