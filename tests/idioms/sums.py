"""Sums of products by einsum, and products of more than two axes."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(W=(3, 2))
def matrix_product(W):
    return np.tanh(np.einsum("ij,jk->ik", X, W)).sum()


@idiom(W=(3, 2))
def without_output(W):
    return np.einsum("ij,jk", X, W).mean() + np.einsum("ij->", W)


@idiom(w=(3,))
def quadratic_form(w):
    return np.einsum("i,ij,j->", w, X[:3], w)


@idiom(W=(4, 3))
def products_of_rows(W):
    return np.sum(np.einsum("ij,ij->i", W, X) ** 2)


@idiom(W=(4, 3))
def products_of_entries(W):
    return np.sum(np.einsum("ij,ij->ij", W, X) ** 2)


@idiom(w=(4,))
def vector_with_itself(w):
    return np.einsum("i,i", w, w) + np.einsum("i,i->i", w, y).prod()


@idiom(W=(3, 3))
def trace_and_diagonal(W):
    return np.einsum("ii", W) * np.einsum("ii->i", W).sum() + np.einsum("ij->ji", W)[0, 1] ** 2


@idiom(u=(3,), v=(2,))
def outer_product(u, v):
    return np.sum(np.einsum("i,j->ij", u, v) ** 2)


@idiom(A=(2, 3, 2), B=(2, 2, 3))
def batch_of_matrices(A, B):
    return np.sum(np.einsum("bij,bjk->bik", A, B) ** 2)


@idiom(A=(2, 3, 2), B=(2, 2, 3))
def batch_by_ellipsis(A, B):
    return np.tanh(np.einsum("...ij,...jk->...ik", A, B)).sum()


@idiom(W=(2, 3, 3))
def bilinear(W):
    return np.sum(np.einsum("ni,kij,nj->nk", X, W, X) ** 2)


@idiom(W=(4, 1))
def stretched_axis(W):
    return np.sum(np.einsum("ij,ij->i", X, W) ** 2)


@idiom(A=(2, 3, 2), B=(2, 2))
def matmul_of_batches(A, B):
    return np.sum(np.matmul(A, B) ** 2) + (A @ B)[0, 0, 0]


@idiom(A=(2, 3), B=(3, 2, 2))
def tensordot(A, B):
    return np.sum(np.tensordot(A, B, axes=1) ** 2) + np.tensordot(A, B, axes=([1], [0])).mean()


@idiom(W=(3, 2))
def sum_of_a_product(W):
    return (X[:, :, None] * W[None, :, :]).sum(axis=1).prod(axis=1).sum()
