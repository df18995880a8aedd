"""Losses: what stands at the end of a forward pass."""

import numpy as np

from .definition import idiom
from .samples import X, bits, labels, one_hot, y

m = X.shape[0]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@idiom(w=(3,), b=())
def mean_squared_error(w, b):
    return np.mean((X @ w + b - y) ** 2)


@idiom(w=(3, 1), b=())
def half_sum_over_2m(w, b):
    error = np.dot(X, w) + b - y.reshape(-1, 1)
    return 1 / (2 * m) * np.sum(np.square(error))


@idiom(w=(3,))
def squared_norm_of_residuals(w):
    return 0.5 * np.linalg.norm(X @ w - y) ** 2


@idiom(w=(3,))
def root_mean_squared_error(w):
    return np.sqrt(((X.dot(w) - y) ** 2).mean())


@idiom(w=(3,))
def mean_absolute_error(w):
    return np.abs(y - X @ w).mean()


@idiom(w=(3,))
def huber_by_where(w):
    error = X @ w - y
    is_small = np.abs(error) <= 1.0
    return np.mean(np.where(is_small, 0.5 * error**2, np.abs(error) - 0.5))


@idiom(w=(3,))
def log_cosh(w):
    return np.log(np.cosh(X @ w - y)).sum()


@idiom(w=(3,))
def quantile_loss(w):
    e = y - X @ w
    return np.maximum(0.9 * e, (0.9 - 1) * e).mean()


@idiom(w=(3,), b=())
def binary_cross_entropy(w, b):
    p = sigmoid(X @ w + b)
    return -np.mean(bits * np.log(p) + (1 - bits) * np.log(1 - p))


@idiom(w=(3, 1), b=(1, 1))
def cross_entropy_of_columns(w, b):
    A = sigmoid(np.dot(w.T, X.T) + b)
    Y = bits.reshape(1, -1)
    cost = -1 / m * np.sum(np.dot(Y, np.log(A).T) + np.dot(1 - Y, np.log(1 - A).T))
    return np.squeeze(cost)


@idiom(w=(3, 1), b=())
def cross_entropy_by_multiply(w, b):
    a = sigmoid(X @ w + b)
    Y = bits[:, None]
    logprobs = np.multiply(np.log(a), Y) + np.multiply(np.log(1 - a), 1 - Y)
    return -np.sum(logprobs) / m


@idiom(w=(3,))
def cross_entropy_with_clip(w):
    p = np.clip(sigmoid(X @ w), 1e-7, 1 - 1e-7)
    return -(bits * np.log(p) + (1 - bits) * np.log(1 - p)).mean()


@idiom(w=(3,))
def cross_entropy_on_logits(w):
    z = X @ w
    return (np.maximum(z, 0) - z * bits + np.log1p(np.exp(-np.abs(z)))).mean()


@idiom(w=(3,))
def cross_entropy_by_index(w):
    p = sigmoid(X @ w)
    return -(np.log(p[bits == 1]).sum() + np.log(1 - p[bits == 0]).sum()) / len(bits)


@idiom(w=(3,))
def logistic_of_signs(w):
    sign = 2 * bits - 1
    return np.log(1 + np.exp(-sign * (X @ w))).sum()


@idiom(w=(3,), b=())
def hinge(w, b):
    sign = np.where(bits > 0, 1, -1)
    return np.maximum(0, 1 - sign * (X @ w + b)).mean() + 0.5 * np.dot(w, w)


@idiom(w=(3,))
def squared_hinge(w):
    margin = np.maximum(0, 1 - (2 * bits - 1) * X.dot(w))
    return (margin**2).sum()


@idiom(W=(3, 3))
def hinge_of_classes(W):
    scores = X.dot(W)
    correct = scores[np.arange(m), labels].reshape(m, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(m), labels] = 0
    return margins.sum() / m


@idiom(W=(3, 3))
def hinge_of_classes_in_loops(W):
    loss = 0.0
    for i in range(m):
        scores = X[i].dot(W)
        for j in range(3):
            if j != labels[i]:
                loss += np.maximum(0, scores[j] - scores[labels[i]] + 1)
    return loss / m


@idiom(W=(3, 3))
def divergence_of_distributions(W):
    e = np.exp(X @ W)
    q = e / e.sum(axis=1, keepdims=True)
    p = 0.8 * one_hot + 0.2 / 3
    return np.sum(p * np.log(p / q), axis=1).mean()


@idiom(mu=(2,), logvar=(2,))
def divergence_of_gaussians(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))


@idiom(w=(3,))
def poisson(w):
    rate = np.exp(X @ w)
    return (rate - labels * np.log(rate)).mean()


@idiom(w=(3,), log_sigma=())
def gaussian_likelihood(w, log_sigma):
    sigma = np.exp(log_sigma)
    return (0.5 * np.log(2 * np.pi * sigma**2) + (y - X @ w) ** 2 / (2 * sigma**2)).sum()


@idiom(W=(3, 2))
def cosine_distance(W):
    a, b = X[0] @ W, X[1] @ W
    return 1 - np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))


@idiom(W=(3, 2))
def triplet(W):
    anchor, near, far = X[0] @ W, X[1] @ W, X[2] @ W
    return np.maximum(0, np.sum((anchor - near) ** 2) - np.sum((anchor - far) ** 2) + 2.0)


@idiom(W=(3, 2))
def contrastive(W):
    d = np.sqrt(np.sum((X[:2] @ W - X[2:] @ W) ** 2, axis=1))
    same = np.array([1, 0])
    return np.mean(same * d**2 + (1 - same) * np.maximum(0, 1.5 - d) ** 2)


@idiom(w=(3,))
def focal(w):
    p = sigmoid(X @ w)
    pt = np.where(bits == 1, p, 1 - p)
    return -((1 - pt) ** 2 * np.log(pt)).mean()


@idiom(W=(3, 3))
def dice(W):
    p = sigmoid(X @ W)
    overlap = np.sum(p * one_hot)
    return 1 - (2 * overlap + 1) / (np.sum(p) + np.sum(one_hot) + 1)


@idiom(w=(3,))
def weighted_by_class(w):
    p = sigmoid(X @ w)
    weights = np.where(bits == 1, 3.0, 1.0)
    return np.average(-(bits * np.log(p) + (1 - bits) * np.log(1 - p)), weights=weights)
