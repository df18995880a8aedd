"""Shapes: broadcasting, transposes, stacks, slices."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(w=(3,), b=(4, 1))
def broadcast_of_both(w, b):
    return np.sum(np.tanh(w + b))


@idiom(w=(3,))
def new_axes(w):
    return np.sum(np.exp(w[:, None] - w[None, :]) * np.arange(9).reshape(3, 3))


@idiom(w=(3,))
def expand_dims(w):
    return np.sum((X @ np.expand_dims(w, 1) - np.expand_dims(y, axis=-1)) ** 2)


@idiom(W=(2, 3))
def column_samples(W):
    Z = np.dot(W, X.T) + np.zeros((2, 1))
    return np.sum(Z**2) / X.shape[0]


@idiom(a=(3,), b=(2,))
def concatenate(a, b):
    v = np.concatenate((a, b))
    return np.sum(v[1:] * v[:-1])


@idiom(a=(2, 2), b=(2, 2))
def stacks(a, b):
    h, v, d = np.hstack((a, b)), np.vstack((a, b)), np.stack([a, b], axis=-1)
    return np.sum(h @ v) + np.prod(d, axis=-1).sum()


@idiom(a=(3,), b=(3,))
def column_stack(a, b):
    return (X @ np.column_stack([a, b])).prod(axis=1).sum()


@idiom(w=(3,), b=())
def append_a_bias(w, b):
    theta = np.append(w, b)
    return np.sum((np.hstack([X, np.ones((4, 1))]) @ theta - y) ** 2)


@idiom(W=(4, 3))
def slices_and_steps(W):
    return np.sum(W[::2] * W[1::2]) + W[-1, 0] ** 2 + np.mean(W[:, 1:] ** 3)


@idiom(W=(2, 3, 2))
def swapped_axes(W):
    return np.sum(np.swapaxes(W, 0, 2) ** 2 @ np.ones((2, 1))) + W.transpose(2, 0, 1)[0, 1, 2] ** 3


@idiom(W=(2, 3))
def flattened(W):
    v = W.flatten()
    return np.dot(v, v[::-1]) + W.ravel("F")[1] * W.reshape(-1)[2]


@idiom(w=(3,))
def tiled(w):
    return np.sum(np.tile(w, (4, 1)) * X**2) + (np.repeat(w, 2) ** 2).sum()


@idiom(W=(3, 2))
def rolled(W):
    return np.sum(W * np.roll(W, 1, axis=0)) + np.fliplr(W)[0, 0] * W[0, 0] + np.rot90(W)[0, 0]


@idiom(w=(6,))
def split_in_three(w):
    a, b, c = np.split(w, 3)
    return np.dot(a, b) + np.sum(c**2) * a[0]


@idiom(w=(7,))
def split_at_places(w):
    W, b, c = np.split(w, [4, 6])
    return np.sum((W.reshape(2, 2) @ b + c) ** 2)


@idiom(W=(3, 3))
def diagonal_and_triangles(W):
    return np.trace(W @ W) + np.sum(np.tril(W) * np.triu(W).T) + np.diag(W).prod()


@idiom(a=(3,), b=(3,))
def outer_and_cross(a, b):
    return np.sum(np.outer(a, b) ** 2) + np.cross(a, b)[0] + np.inner(a, b)


@idiom(w=(3,))
def mesh(w):
    A, B = np.meshgrid(w, y)
    return np.sum(np.sin(A * B))


@idiom(w=(3,))
def power_features(w):
    x = y[:, None] ** np.arange(3)
    return np.mean((x @ w - np.sin(y)) ** 2)


@idiom(w=(3,))
def vandermonde(w):
    return np.sum((np.vander(y, 3) @ w - np.polyval(w, y + 0.5)) ** 2)


@idiom(W=(3, 2))
def atleast_two_dimensions(W):
    x = np.atleast_2d(X[0])
    return np.squeeze(x @ W).sum() ** 2


@idiom(w=(3,))
def broadcast_to(w):
    W = np.broadcast_to(w, (4, 3))
    return np.sum(np.tanh(W * X))


@idiom(W=(4, 3))
def moved_axis_and_sums(W):
    return np.sum(np.moveaxis(W, 0, 1).sum(axis=0) ** 2) + np.cumsum(W, axis=0)[-2].mean()


@idiom(W=(3, 2), b=(2,))
def unpacked_shape(W, b):
    m, n = X.shape
    out = np.zeros((m, 1)) + X @ W + b.reshape(1, -1)
    return np.sum(out**2) / (m * n)


@idiom(W=(2, 2))
def block(W):
    M = np.block([[W, np.eye(2)], [np.zeros((2, 2)), W.T]])
    return np.sum(M @ M)


@idiom(w=(3,))
def multiplied_without_broadcast(w):
    out = X * w
    return np.sum(np.multiply(out, out)) + np.subtract(out, 1).mean() + np.divide(out, 2).sum()


@idiom(W=(3, 2))
def iteration_over_rows(W):
    return sum(np.tanh(row).sum() * (i + 1) for i, row in enumerate(X @ W))


@idiom(W=(2, 3))
def iteration_over_entries(W):
    total = 0
    for index, w in np.ndenumerate(W):
        total += w**2 * sum(index)
    return total


@idiom(W=(2, 3))
def in_place_operators(W):
    Z = W @ X.T
    Z += 0.5
    Z *= 2
    Z **= 2
    return Z.mean()


@idiom(W=(3, 2), b=(2,))
def out_argument(W, b):
    Z = X @ W
    np.add(Z, b, out=Z)
    np.tanh(Z, out=Z)
    return Z.sum()


@idiom(w=(4,))
def padded_with_edges(w):
    return np.sum(np.pad(w, 2, mode="edge") ** 2) + np.sum(np.pad(w, (1, 2), mode="reflect") ** 3)


@idiom(a=(), b=())
def from_one_to_another(a, b):
    t = np.linspace(0, 1, 4)
    return np.sum(np.sin(a + (b - a) * t))


@idiom(a=(), b=())
def linspace_between_parameters(a, b):
    return np.sum(np.linspace(a, b, 4) ** 2)


@idiom(w=(3,), b=())
def inserted(w, b):
    return np.sum(np.insert(w, 1, b) ** 2 * np.arange(4)) + np.sum(np.delete(w, 0) ** 3)


@idiom(s=())
def full_of_a_parameter(s):
    return np.sum(np.full((2, 2), s) ** 2) + np.sum(s * np.ones(3)) + (s * np.eye(2)).sum()
