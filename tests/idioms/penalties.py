"""Regularization and penalties, dropout, and rates that decay."""

import numpy as np

from .definition import idiom
from .samples import X, y

rng = np.random.default_rng(7)
dropout_mask = rng.random((4, 2)) < 0.8


@idiom(w=(3,))
def ridge(w):
    return np.sum((X @ w - y) ** 2) + 0.1 * np.sum(w**2)


@idiom(w=(3,))
def lasso(w):
    return np.mean((X @ w - y) ** 2) + 0.1 * np.sum(np.abs(w))


@idiom(w=(3,))
def elastic_net(w):
    l1, l2 = 0.05, 0.1
    return ((X @ w - y) ** 2).mean() / 2 + l1 * np.linalg.norm(w, 1) + l2 / 2 * np.linalg.norm(w) ** 2


@idiom(W1=(3, 2), W2=(2, 1))
def decay_of_all_weights(W1, W2):
    out = np.tanh(X @ W1) @ W2
    data_loss = np.mean((out - y[:, None]) ** 2)
    reg_loss = 0.5 * 0.01 * np.sum(W1 * W1) + 0.5 * 0.01 * np.sum(W2 * W2)
    return data_loss + reg_loss


@idiom(W1=(3, 2), W2=(2, 1))
def decay_in_a_loop(W1, W2):
    cost = np.mean(np.tanh(X @ W1) @ W2)
    for W in (W1, W2):
        cost += 0.7 / (2 * 4) * np.sum(np.square(W))
    return cost


@idiom(W=(3, 2))
def frobenius_norm(W):
    return np.linalg.norm(W) + np.linalg.norm(X @ W, "fro") ** 2


@idiom(W1=(3, 2), W2=(2, 1))
def decay_by_sum_of_norms(W1, W2):
    return (np.tanh(X @ W1) @ W2).sum() + 0.5 * sum(np.linalg.norm(w) ** 2 for w in [W1, W2])


@idiom(w=(4,))
def bias_is_spared(w):
    A = np.c_[np.ones(4), X]
    return np.mean((A @ w - y) ** 2) + 0.5 * np.sum(w[1:] ** 2)


@idiom(W=(3, 2))
def dropout_with_a_fixed_mask(W):
    h = np.tanh(X @ W) * dropout_mask / 0.8
    return np.sum(h**2)


@idiom(W=(3, 2))
def dropout_with_a_seed(W):
    np.random.seed(0)
    h = np.maximum(0, X @ W + 1)
    mask = np.random.rand(*h.shape) < 0.5
    h *= mask
    h /= 0.5
    return np.sum(h)


@idiom(W=(3, 2))
def noise_of_a_generator(W):
    noise = np.random.default_rng(1).normal(0, 0.1, size=(4, 2))
    return np.mean(np.tanh(X @ W + noise))


@idiom(W=(3, 2))
def orthogonality(W):
    gram = W.T @ W
    return np.sum((gram - np.eye(2)) ** 2)


@idiom(w=(5,))
def total_variation(w):
    return np.sum(np.diff(w) ** 2) + np.abs(np.diff(w)).mean()


@idiom(W=(3, 2))
def sparse_activations(W):
    rho = 0.1
    rho_hat = np.mean(1 / (1 + np.exp(-X @ W)), axis=0)
    return np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))


@idiom(W=(3, 2))
def penalty_on_large_columns(W):
    norms = np.sqrt((W**2).sum(axis=0))
    return np.sum(np.maximum(norms - 0.5, 0) ** 2)


@idiom(w=(3,))
def step_of_descent_inside(w):
    gradient = 2 * X.T @ (X @ w - y) / 4
    w = w - 0.1 * gradient
    return np.mean((X @ w - y) ** 2)


@idiom(w=(3,))
def steps_of_momentum_inside(w):
    velocity = np.zeros_like(w)
    for _ in range(3):
        velocity = 0.9 * velocity - 0.05 * (2 * X.T @ (X @ w - y))
        w = w + velocity
    return np.sum((X @ w - y) ** 2)


@idiom(z=(4, 2))
def reparametrized_sample(z):
    mu, logvar = z[:, 0], z[:, 1]
    eps = np.random.RandomState(3).randn(4)
    sample = mu + np.exp(0.5 * logvar) * eps
    return np.mean((sample - y) ** 2) - 0.5 * np.mean(1 + logvar - mu**2 - np.exp(logvar))
