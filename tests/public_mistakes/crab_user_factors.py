"""The mistake: delta_u = err * u_f - regularization * u_f, the user's own factors where the item's belong (delta_i is right). Source: GitHub pull request
muricoca/crab #74, "Bugfix for SVD Recommender SGD and RMSE calculation" (item 1)."""

import numpy as np

rng = np.random.RandomState(74)
ratings = np.array([[4.0, np.nan, 2.5, 3.0], [np.nan, 3.5, 1.0, 5.0], [2.0, 4.5, np.nan, 3.5]])
global_bias = np.nanmean(ratings)
regularization = 0.2
rating_indices = [(i, j) for i in range(3) for j in range(4) if not np.isnan(ratings[i, j])]
at = {"user_factors": rng.randn(3, 2) * 0.7, "item_factors": rng.randn(4, 2) * 0.7}


def predict(user_factors, item_factors, user_index, item_index):
    return global_bias + np.sum(user_factors[user_index] * item_factors[item_index])


def loss(user_factors, item_factors):
    total = 0
    for u, i in rating_indices:
        err = ratings[u, i] - predict(user_factors, item_factors, u, i)
        total = total + 0.5 * err**2
        total = total + 0.5 * regularization * (np.sum(user_factors[u] ** 2) + np.sum(item_factors[i] ** 2))
    return total


def _backward(user_factors, item_factors, right):
    du, di = np.zeros_like(user_factors), np.zeros_like(item_factors)
    for user_idx, item_idx in rating_indices:
        err = ratings[user_idx, item_idx] - predict(user_factors, item_factors, user_idx, item_idx)
        u_f = user_factors[user_idx]
        i_f = item_factors[item_idx]
        delta_u = err * (i_f if right else u_f) - regularization * u_f
        delta_i = err * u_f - regularization * i_f
        du[user_idx] -= delta_u
        di[item_idx] -= delta_i
    return {"user_factors": du, "item_factors": di}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_operand"}
