"""Masks and choices by the numbers."""

import numpy as np

from .definition import idiom
from .samples import X, bits, y


@idiom(W=(3, 2))
def mask_as_floats(W):
    z = X @ W
    mask = (z > 0).astype(float)
    return np.sum(z * mask)


@idiom(W=(3, 2))
def mask_as_integers(W):
    z = X @ W
    return np.sum(z**2 * (z > 0.1).astype(int))


@idiom(W=(3, 2))
def mask_by_comparing_functions(W):
    z = X @ W
    return np.sum(z * np.greater(z, 0) + 0.1 * z * np.less_equal(z, 0))


@idiom(W=(3, 2))
def mask_by_heaviside(W):
    z = X @ W
    return np.sum(z**2 * np.heaviside(z, 0))


@idiom(W=(3, 2))
def mask_by_sign(W):
    z = X @ W
    return np.sum(np.sign(z) * z**2)


@idiom(w=(5,))
def selected_entries(w):
    return np.sum(w[np.array([True, False, True, True, False])] ** 2)


@idiom(w=(3,))
def samples_of_one_class(w):
    return np.mean(X[bits == 1] @ w) - np.mean(X[bits == 0] @ w) ** 2


@idiom(w=(5,))
def mean_of_the_valid(w):
    valid = np.array([1, 1, 0, 1, 0])
    return np.sum(np.exp(w) * valid) / np.sum(valid)


@idiom(w=(5,))
def nested_where(w):
    return np.where(w < -0.5, -w, np.where(w > 0.5, w**2, np.sin(w))).sum()


@idiom(w=(5,))
def select(w):
    return np.select([w < -0.4, w < 0.4], [0.1 * w, w**2], default=np.exp(w)).sum()


@idiom(w=(5,))
def piecewise(w):
    return np.piecewise(w, [w < 0, w >= 0], [lambda v: 0.2 * v, lambda v: v**2]).sum()


@idiom(w=(5,))
def logical_and(w):
    inside = np.logical_and(w > -0.5, w < 0.5)
    return np.where(inside, w**2, 0.25).sum() + np.where((w > 0) & (w < 1), w, 0).sum() + np.sum(w)


@idiom(w=(4,))
def nans_left_out(w):
    targets = np.array([0.5, np.nan, -0.3, 0.8])
    known = ~np.isnan(targets)
    return np.mean((w[known] - targets[known]) ** 2) + w[1]


@idiom(w=(4,))
def sum_without_nans(w):
    targets = np.array([0.5, np.nan, -0.3, 0.8])
    return np.nansum((w - targets) ** 2)


@idiom(w=(4,))
def mean_without_nans(w):
    targets = np.array([0.5, np.nan, -0.3, 0.8])
    return np.nanmean(np.exp(w) * targets)


@idiom(w=(3,))
def lower_bound(w):
    return np.log(np.maximum(np.exp(X @ w), 1e-8)).sum() + np.fmax(w, -5).sum()


@idiom(w=(3,))
def where_with_a_safe_argument(w):
    z = X @ w
    safe = np.where(z > 0, z, 1.0)
    return np.where(z > 0, np.log(safe), 0.1 * z).sum()


@idiom(w=(3,))
def assignment_by_where_indices(w):
    z = X @ w
    z[np.where(y > 0.5)] = 0.0
    return np.sum(z**2)


@idiom(w=(3,))
def mask_of_the_targets(w):
    p = 1 / (1 + np.exp(-X @ w))
    p[bits == 0] = 1 - p[bits == 0]
    return -np.log(p).sum()


@idiom(W=(3, 3))
def fill_the_diagonal(W):
    S = W @ W.T
    np.fill_diagonal(S, 0)
    return np.sum(S**2)


@idiom(w=(4,), needs_branch="argmax goes by the numbers")
def largest_by_argmax(w):
    return w[np.argmax(w)] ** 2 + np.sum(w)


@idiom(w=(4,), needs_branch="argsort goes by the numbers")
def ranked_by_argsort(w):
    return np.dot(w[np.argsort(-w)], np.arange(4))


@idiom(w=(4,))
def sorted_differences(w):
    return np.sum(np.sort(w)[1:] * np.arange(3)) - w[0] ** 2


@idiom(w=(4,), needs_branch="an if on the loss takes one arm")
def warning_where_it_diverges(w):
    loss = np.sum(w**2)
    if loss > 1e6 or np.isnan(loss):
        raise FloatingPointError("diverged")
    return loss


@idiom(w=(3,), needs_branch="assert goes by the numbers")
def asserted_probabilities(w):
    p = 1 / (1 + np.exp(-X @ w))
    assert np.all(p > 0)
    assert (p < 1).all()
    return np.log(p).mean()


@idiom(w=(4,), needs_branch="a loop over the entries takes one arm in each")
def entries_by_if(w):
    out = np.zeros(4)
    for i in range(4):
        if w[i] > 0:
            out[i] = w[i]
        else:
            out[i] = 0.01 * w[i]
    return np.sum(out**2)


@idiom(W=(2, 3))
def as_many_masked_as_columns(W):
    h = W.copy()
    h[W < 0.2] = 0.1 * W[W < 0.2]
    return np.sum(h**2)


@idiom(W=(3, 2))
def squares_of_the_masked(W):
    z = X @ W
    z[z < 0] = z[z < 0] ** 2
    return np.sum(z)


@idiom(w=(5,))
def masked_by_infinity(w):
    w = w.copy()
    w[[1, 3]] = -np.inf
    p = np.exp(w) / np.sum(np.exp(w))
    return np.sum(p**2)


@idiom(W=(3, 2))
def elu_by_mask(W):
    z = X @ W
    out = np.zeros(z.shape)
    out[z > 0] = z[z > 0]
    out[z <= 0] = np.exp(z[z <= 0]) - 1
    return np.sum(out**2)


@idiom(W=(3, 2))
def clipped_in_place(W):
    z = X @ W
    z[z > 1] = 1
    z[z < -1] = -1
    return np.sum(z**3)


@idiom(w=(4,))
def put_along_a_mask(w):
    out = np.where(np.isnan([0.5, np.nan, 1.0, np.nan]), w, 0.5)
    return np.sum(out**2) * np.count_nonzero(y > 0)


@idiom(w=(4,))
def entries_that_are_nan(w):
    errors = w - np.array([0.5, np.nan, -0.3, 0.8])
    return np.sum(np.where(np.isnan(errors), 0.0, errors**2)) / 3


@idiom(w=(4,))
def entries_that_are_not_nan(w):
    errors = w * np.array([0.5, np.nan, -0.3, 0.8])
    errors[np.isnan(errors)] = 0
    return np.exp(errors).sum()
