"""The mistake: the backward of addmm has dmat2 = grads.mm(mat2.t()) (copied from dmat1), where mat1.t().mm(grads) belongs. Source: GitHub
pull request pytorch/pytorch #7748 (review by ngimel: "There's a typo here")."""

import numpy as np

rng = np.random.RandomState(2)
target = rng.randn(3, 3)
at = {"mat": rng.randn(3, 3), "mat1": rng.randn(3, 3), "mat2": rng.randn(3, 3)}


def loss(mat, mat1, mat2):
    out = mat + mat1 @ mat2
    return 0.5 * np.sum((np.tanh(out) - target) ** 2)


def _grads(mat, mat1, mat2):
    y = np.tanh(mat + mat1 @ mat2)
    return (y - target) * (1 - y**2)


def backward(mat, mat1, mat2):
    grads = _grads(mat, mat1, mat2)
    dmat1 = grads @ mat2.T
    dmat2 = grads @ mat2.T
    return {"mat": grads, "mat1": dmat1, "mat2": dmat2}


def right_backward(mat, mat1, mat2):
    grads = _grads(mat, mat1, mat2)
    return {"mat": grads, "mat1": grads @ mat2.T, "mat2": mat1.T @ grads}


EXPECTED = {"other_operand"}
