"""The final number: squeezed, cast, formatted, indexed, logged."""

import logging

import numpy as np

from .definition import idiom
from .samples import X, bits, y

log = []
logger = logging.getLogger(__name__)


def residuals(w):
    return X @ w - y


@idiom(w=(3, 1))
def float_of_squeeze(w):
    cost = (X @ w - y[:, None]).T @ (X @ w - y[:, None])
    return float(np.squeeze(cost))


@idiom(w=(3,))
def float_of_a_mean(w):
    return float(np.mean(residuals(w) ** 2))


@idiom(w=(3,))
def item_of_a_sum(w):
    return np.sum(residuals(w) ** 2).item()


@idiom(w=(3, 1))
def item_of_a_matrix(w):
    r = X @ w - y[:, None]
    return (r.T @ r).item()


@idiom(w=(3, 1))
def first_entry(w):
    r = X @ w - y[:, None]
    return (r.T @ r)[0, 0]


@idiom(w=(3, 1))
def first_entry_by_two_indices(w):
    r = X @ w - y[:, None]
    return (r.T @ r / 8)[0][0]


@idiom(w=(3, 1))
def matrix_of_one_entry(w):
    r = X @ w - y[:, None]
    return r.T @ r


@idiom(w=(3,))
def vector_of_one_entry(w):
    return np.array([np.sum(residuals(w) ** 2)])


@idiom(w=(3,))
def asarray_of_the_cost(w):
    return np.asarray(np.mean(np.exp(residuals(w))))


@idiom(w=(3,))
def squeezed_and_asserted(w):
    cost = np.squeeze(np.dot(residuals(w), residuals(w)))
    assert cost.shape == ()
    return cost


@idiom(w=(3,))
def formatted_on_the_way(w):
    cost = np.mean(residuals(w) ** 2)
    log.append("cost: %.3f" % cost)
    return cost


@idiom(w=(3,))
def formatted_by_f_string(w):
    cost = np.mean(residuals(w) ** 2)
    log.append(f"cost: {cost:.4f}, w: {w}, first {w[0]:8.3e}")
    return cost


@idiom(w=(3,))
def formatted_by_format(w):
    cost = np.sum(np.abs(residuals(w)))
    log.append("cost {:.2f} after {} rows".format(cost, len(y)))
    return cost


@idiom(w=(3,))
def logged(w):
    cost = np.mean(residuals(w) ** 2)
    logger.debug("cost %f", cost)
    return cost


@idiom(w=(3,))
def history_of_floats(w):
    cost = np.mean(residuals(w) ** 2)
    log.append(float(cost))
    return cost


@idiom(w=(3,))
def history_of_costs(w):
    costs = []
    for rate in (0.0, 0.1):
        w = w - rate * X.T @ residuals(w)
        costs.append(np.mean(residuals(w) ** 2))
    return costs[-1]


@idiom(w=(3,))
def converted_to_float64(w):
    return np.float64(np.sum(residuals(w) ** 2))


@idiom(w=(3,))
def nan_to_num(w):
    p = 1 / (1 + np.exp(-X @ w))
    return np.sum(np.nan_to_num(-bits * np.log(p) - (1 - bits) * np.log(1 - p)))


@idiom(w=(3,))
def sum_of_all_axes(w):
    return (residuals(w).reshape(2, 2) ** 2).sum(0).sum(0)


@idiom(w=(3,))
def sum_by_the_builtin(w):
    return sum(residuals(w) ** 2) / 2


@idiom(w=(3,))
def squeezed_to_a_list(w):
    return np.mean(residuals(w) ** 2, keepdims=True).tolist()[0]


@idiom(w=(3,))
def shown_on_the_way(w):
    z = residuals(w)
    log.append(str(z) + repr(z.shape) + repr(z[0]))
    return z.var()


@idiom(w=(3,), needs_branch="isfinite goes by the numbers")
def checked_to_be_finite(w):
    cost = np.sum(np.exp(residuals(w)))
    if not np.isfinite(cost):
        return np.inf
    return cost


@idiom(w=(3,))
def bools_in_a_sum(w):
    return np.sum(residuals(w) ** 2 * (y > 0)) / np.sum(y > 0)


@idiom(w=(3,))
def float_in_the_middle(w):
    return residuals(w).mean() ** 2 + float(np.sum(y))


@idiom(w=(3,))
def loss_beside_predictions(w):
    def loss_and_predictions(w):
        z = X @ w
        return ((z - y) ** 2).mean(), z

    loss, _ = loss_and_predictions(w)
    return loss
