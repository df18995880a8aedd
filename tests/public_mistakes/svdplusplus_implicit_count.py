"""The mistake: the penalty of the implicit item vectors is divided by the number of the user's implicit ratings in the loss, in the gradient
lambda * y_j stands without the division. Source: GitHub pull request mlpack/mlpack #1458 (review of svdplusplus_function_impl.hpp: "should be
normalized i.e. you should divide it by implicitCount"; C++, here NumPy; the loss is as the review has it)."""

import numpy as np

rng = np.random.RandomState(1458)
users, items, rank, lam = 3, 4, 2, 0.15
data = [(0, 1, 4.0), (0, 2, 3.0), (1, 0, 5.0), (2, 3, 1.0), (1, 3, 2.0)]
implicit = {0: [1, 2], 1: [0, 2, 3], 2: [3]}
at = {
    "bu": rng.randn(users) * 0.3,
    "bi": rng.randn(items) * 0.3,
    "p": rng.randn(users, rank),
    "q": rng.randn(items, rank),
    "y": rng.randn(items, rank),
}


def user_vector(u, p, y):
    count = len(implicit[u])
    vec = p[u]
    for j in implicit[u]:
        vec = vec + y[j] / np.sqrt(count)
    return vec


def loss(bu, bi, p, q, y):
    cost = 0.0
    for u, i, rating in data:
        error = rating - bu[u] - bi[i] - np.dot(user_vector(u, p, y), q[i])
        implicit_norm = 0.0
        for j in implicit[u]:
            implicit_norm = implicit_norm + np.sum(y[j] ** 2) / len(implicit[u])
        penalty = np.sum(p[u] ** 2) + np.sum(q[i] ** 2) + bu[u] ** 2 + bi[i] ** 2 + implicit_norm
        cost = cost + error**2 + lam * penalty
    return cost


def _gradient(bu, bi, p, q, y, right):
    g = {
        "bu": np.zeros_like(bu),
        "bi": np.zeros_like(bi),
        "p": np.zeros_like(p),
        "q": np.zeros_like(q),
        "y": np.zeros_like(y),
    }
    for u, i, rating in data:
        count = len(implicit[u])
        vec = user_vector(u, p, y)
        error = rating - bu[u] - bi[i] - np.dot(vec, q[i])
        g["p"][u] += 2 * (lam * p[u] - error * q[i])
        g["q"][i] += 2 * (lam * q[i] - error * vec)
        g["bu"][u] += 2 * (lam * bu[u] - error)
        g["bi"][i] += 2 * (lam * bi[i] - error)
        for j in implicit[u]:
            g["y"][j] += 2 * (lam * y[j] / (count if right else 1) - error * q[i] / np.sqrt(count))
    return g


def backward(**w):
    return _gradient(**w, right=False)


def right_backward(**w):
    return _gradient(**w, right=True)


EXPECTED = {"factor_missing", "sum_for_mean", "scale"}
