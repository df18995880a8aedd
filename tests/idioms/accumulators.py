"""Sums, products and series that grow in arrays."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(w=(3,))
def sum_in_an_accumulator(w):
    total = np.zeros(1)
    for x, target in zip(X, y):
        total += (x @ w - target) ** 2
    return total[0]


@idiom(W=(3, 2))
def vector_accumulator(W):
    h = np.zeros(2)
    for x in X:
        h += np.tanh(x @ W)
    return np.sum(h**2)


@idiom(W=(3, 2))
def vector_accumulator_with_reassignment(W):
    h = np.zeros(2)
    for x in X:
        h = h + np.exp(x @ W)
    return np.log(h).sum()


@idiom(W=(3, 2))
def matrix_accumulator_of_outer_products(W):
    covariance = np.zeros((2, 2))
    for z in X @ W:
        covariance += np.outer(z, z)
    return (covariance**2).sum() / 4


@idiom(w=(4,))
def running_product(w):
    weights = np.ones(5)
    for i in range(4):
        weights[i + 1] = weights[i] * (1 - w[i] / 2)
    return weights.sum()


@idiom(w=(4,), between=(0.2, 1.0))
def recurrence_along_a_vector(w):
    series = np.zeros(6)
    series[0] = 1.0
    series[1] = w[0]
    for t in range(2, 6):
        series[t] = w[1] * series[t - 1] + w[2] * series[t - 2] + w[3]
    return series[-1]


@idiom(w=(3, 2))
def sums_by_group(w):
    z = X @ w
    sums = np.zeros((2, 2))
    np.add.at(sums, [0, 1, 1, 0], z)
    return (sums**2).sum()


@idiom(w=(6,))
def moving_average(w):
    smooth = np.zeros(len(w) - 2)
    for i in range(len(smooth)):
        smooth[i] = np.mean(w[i : i + 3])
    return np.sum(smooth**2)


@idiom(w=(5,))
def exponential_average(w):
    s = np.zeros_like(w)
    s[0] = w[0]
    for t in range(1, len(w)):
        s[t] = 0.9 * s[t - 1] + 0.1 * w[t]
    return (s**2).sum()


@idiom(W=(3, 2))
def loss_and_gradient_together(W):
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(4):
        error = X[i] @ W - y[i]
        loss += (error**2).sum() / 4
        dW += np.outer(X[i], 2 * error) / 4
    return loss


@idiom(W=(3, 2))
def square_of_the_gradient(W):
    dW = np.zeros_like(W)
    for x, target in zip(X, y):
        dW += np.outer(x, x @ W - target)
    return np.sum(dW**2)


@idiom(w=(3,))
def history_of_states(w):
    states = np.zeros((5, 3))
    for t in range(1, 5):
        states[t] = np.tanh(states[t - 1] * w + X[t - 1])
    return np.sum(states[-1])


@idiom(W=(3, 3))
def losses_of_samples(W):
    losses = np.zeros(len(X))
    for i in range(len(X)):
        scores = X[i] @ W
        losses[i] = -scores[i % 3] + np.log(np.sum(np.exp(scores)))
    return np.mean(losses)


@idiom(w=(4,), between=(0.1, 1.2))
def table_of_dynamic_programming(w):
    alpha = np.zeros((3, 2))
    alpha[0] = w[:2]
    for t in range(1, 3):
        for j in range(2):
            alpha[t, j] = np.sum(alpha[t - 1] * np.array([0.7, 0.3])[:: 1 - 2 * j]) * w[2 + j]
    return np.log(alpha[-1].sum())
