"""Normalization of batches, layers, groups and weights."""

import numpy as np

from .definition import idiom
from .samples import X, image, y

running = {"mean": np.zeros(2), "var": np.ones(2)}


@idiom(W=(3, 2), gamma=(2,), beta=(2,))
def batch_norm(W, gamma, beta):
    z = X @ W
    mu = z.mean(axis=0)
    var = z.var(axis=0)
    return np.sum(np.tanh(gamma * (z - mu) / np.sqrt(var + 1e-5) + beta))


@idiom(W=(3, 2), gamma=(2,), beta=(2,))
def batch_norm_step_by_step(W, gamma, beta):
    x = X @ W
    mu = 1.0 / 4 * np.sum(x, axis=0)
    xmu = x - mu
    var = 1.0 / 4 * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + 1e-3)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return ((gamma * xhat + beta - y[:, None]) ** 2).mean()


@idiom(W=(3, 2))
def batch_norm_with_running_means(W):
    z = X @ W
    mean, var = np.mean(z, axis=0), np.var(z, axis=0)
    statistics = {"mean": 0.9 * running["mean"] + 0.1 * mean, "var": 0.9 * running["var"] + 0.1 * var}
    return np.sum((z / np.sqrt(statistics["var"] + 1e-5)) ** 2)


@idiom(gamma=(5,), beta=(5,))
def layer_norm(gamma, beta):
    mean = image.mean(-1, keepdims=True)
    std = image.std(-1, keepdims=True)
    return np.exp(gamma * (image - mean) / (std + 1e-5) + beta).mean()


@idiom(x=(2, 4))
def layer_norm_of_parameters(x):
    centred = x - np.mean(x, axis=1, keepdims=True)
    out = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
    return (out**3).sum()


@idiom(x=(2, 4), g=(4,))
def root_mean_square_norm(x, g):
    return np.sum(np.sin(x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6) * g))


@idiom(x=(2, 4, 3))
def group_norm(x):
    groups = x.reshape(2, 2, -1)
    mean = groups.mean(axis=2, keepdims=True)
    var = groups.var(axis=2, keepdims=True)
    out = ((groups - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)
    return np.sum(out * np.cos(np.arange(24).reshape(2, 4, 3)))


@idiom(x=(2, 2, 3))
def instance_norm_into_a_buffer(x):
    out = np.zeros_like(x)
    for n in range(2):
        for c in range(2):
            out[n, c] = (x[n, c] - x[n, c].mean()) / np.sqrt(x[n, c].var() + 1e-3)
    return np.sum(out * np.arange(12).reshape(2, 2, 3) ** 0.5)


@idiom(v=(3, 2), g=(2,))
def weight_norm(v, g):
    w = g * v / np.linalg.norm(v, axis=0)
    return np.mean(np.tanh(X @ w))


@idiom(W=(3, 2))
def rows_of_unit_length(W):
    z = X @ W
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return (z[:-1] * z[1:]).sum()


@idiom(W=(3, 2))
def columns_scaled_in_place(W):
    z = X @ W
    z -= z.mean(axis=0)
    z /= z.std(axis=0) + 1e-8
    return np.exp(z).mean()


@idiom(w=(5,), between=(0.1, 1.5))
def to_the_unit_interval(w):
    scaled = (w - w.min()) / (w.max() - w.min())
    return np.sum(scaled**2)


@idiom(w=(5,))
def by_the_largest(w):
    return np.sum((w / np.abs(w).max()) ** 3)


@idiom(w=(4,), between=(0.2, 1.5))
def to_a_distribution(w):
    p = w / np.sum(w)
    return -np.sum(p * np.log(p))


@idiom(W=(3, 2))
def column_by_column(W):
    z = X @ W
    out = np.zeros(z.shape)
    for j in range(z.shape[1]):
        column = z[:, j]
        out[:, j] = (column - np.mean(column)) / np.std(column)
    return np.sum(out**3)


@idiom(w=(5,))
def standard_deviation_of_a_sample(w):
    z = (w - np.mean(w)) / np.std(w, ddof=1)
    return z[0] * z[1] + z[2]


@idiom(w=(5,))
def response_of_neighbours(w):
    out = np.empty(5)
    for i in range(5):
        low, high = max(0, i - 1), min(5, i + 2)
        out[i] = w[i] / (2.0 + 0.5 * np.sum(w[low:high] ** 2)) ** 0.75
    return out.sum()
