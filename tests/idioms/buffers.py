"""Arrays that are made first and filled afterwards, by index, in loops."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(W=(3, 2))
def products_entry_by_entry(W):
    out = np.zeros((4, 2))
    for i in range(4):
        for j in range(2):
            for k in range(3):
                out[i, j] += X[i, k] * W[k, j]
    return np.sum(out**2)


@idiom(W=(3, 2))
def rows_of_a_product(W):
    Z = np.empty((X.shape[0], W.shape[1]))
    for i in range(X.shape[0]):
        Z[i] = X[i] @ W
    return np.tanh(Z).sum()


@idiom(W=(3, 2))
def columns_of_a_product(W):
    Z = np.zeros([4, 2])
    for j in range(2):
        Z[:, j] = X.dot(W[:, j])
    return (Z * Z).mean()


@idiom(w=(3,))
def predictions_in_a_vector(w):
    predictions = np.zeros(len(X))
    for i, x in enumerate(X):
        predictions[i] = 1 / (1 + np.exp(-np.dot(w, x)))
    return np.mean((predictions - y) ** 2)


@idiom(w=(3,))
def errors_like_the_targets(w):
    errors = np.zeros_like(y)
    for i in range(len(y)):
        errors[i] = y[i] - X[i] @ w
    return (errors**2).sum() / len(errors)


@idiom(W=(3, 2))
def empty_like_another(W):
    z = X @ W
    a = np.empty_like(z)
    a[:] = np.tanh(z)
    return a.sum()


@idiom(w=(3,))
def full_of_a_constant(w):
    bias = np.full((4,), 0.5)
    bias[1:] += X[1:] @ w
    return np.exp(bias).sum()


@idiom(a=(2,), b=(3,))
def concatenated_by_slices(a, b):
    both = np.zeros(5)
    both[:2] = a
    both[2:] = b
    return np.sum(both * np.arange(5)) + np.prod(both)


@idiom(A=(2, 2), B=(2, 2))
def block_matrix(A, B):
    M = np.zeros((4, 4))
    M[:2, :2] = A
    M[2:, 2:] = B
    M[0, 3] = A[0, 0] * B[1, 1]
    return np.sum(M @ M @ np.ones(4))


@idiom(w=(3,))
def diagonal_by_index(w):
    D = np.zeros((3, 3))
    D[np.arange(3), np.arange(3)] = w
    return np.sum((X @ D) ** 2)


@idiom(w=(3,))
def triangle_by_index(w):
    L = np.zeros((3, 3))
    L[np.tril_indices(3, -1)] = w
    return ((L + np.eye(3)) @ np.array([1.0, -2.0, 0.5])).sum() + (L @ L).sum()


@idiom(w=(4,))
def toeplitz_by_index(w):
    T = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            T[i, j] = w[abs(i - j)]
    return y @ T @ y + (w**3).sum()


@idiom(X1=(3, 2), X2=(2, 2))
def pairwise_distances(X1, X2):
    D = np.zeros((3, 2))
    for i in range(3):
        for j in range(2):
            D[i, j] = np.sqrt(np.sum((X1[i] - X2[j]) ** 2))
    return D.sum()


@idiom(P=(3, 2))
def kernel_matrix(P):
    K = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            K[i][j] = np.exp(-np.sum((P[i] - P[j]) ** 2))
    return K.sum()


@idiom(w=(5,))
def padded_by_slices(w):
    padded = np.zeros(9)
    padded[2:-2] = w
    return sum(padded[i] * padded[i + 2] for i in range(7)) + np.sin(padded).sum()


@idiom(w=(3,))
def column_of_ones(w):
    A = np.ones((4, 3))
    A[:, 1:] = X[:, :2] * w[0]
    return np.sum((A @ w - y) ** 2)


@idiom(W1=(3, 2), W2=(2, 1))
def activations_of_layers_in_buffers(W1, W2):
    hidden, out = np.zeros((4, 2)), np.zeros((4, 1))
    for i in range(4):
        for j in range(2):
            hidden[i, j] = np.tanh(np.dot(X[i], W1[:, j]))
        out[i] = hidden[i] @ W2
    return np.mean((out - y.reshape(4, 1)) ** 2)


@idiom(w=(3,))
def buffer_of_objects(w):
    out = np.empty(4, dtype=object)
    for i in range(4):
        out[i] = X[i] @ w
    return np.sum(out**2)


@idiom(w=(3,))
def buffer_made_by_a_helper(w):
    def make(n):
        return np.zeros(n)

    out = make(4)
    for i in range(4):
        out[i] = np.dot(X[i], w)
    return np.sum(np.exp(out))


@idiom(w=(3,))
def buffer_by_multiplication(w):
    out = np.zeros(4) * 1.0
    out[:] = X @ w
    return np.sum(out**2)


@idiom(w=(3,))
def copy_of_the_data_is_filled(w):
    out = X.copy()
    out[:, 0] = X @ w
    return np.sum(np.tanh(out))


@idiom(w=(3,))
def grid_of_a_stencil(w):
    grid = np.zeros((4, 4))
    grid[1, 1:] = w
    new = np.zeros((4, 4))
    new[1:-1, 1:-1] = (grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:]) / 4
    return np.sum(new**2)
