"""Means, variances, quantiles and other statistics."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(w=(3,))
def coefficient_of_determination(w):
    residual = np.sum((y - X @ w) ** 2)
    total = np.sum((y - np.mean(y)) ** 2)
    return 1 - residual / total


@idiom(w=(3,))
def correlation_by_hand(w):
    z = X @ w
    a, b = z - z.mean(), y - y.mean()
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


@idiom(w=(3,))
def correlation_matrix(w):
    return np.corrcoef(X @ w, y)[0, 1]


@idiom(W=(3, 2))
def covariance_by_hand(W):
    Z = X @ W
    Z = Z - Z.mean(0)
    C = Z.T @ Z / (len(Z) - 1)
    return np.sum(C**2)


@idiom(W=(3, 2))
def covariance_matrix(W):
    return np.sum(np.cov(X @ W, rowvar=False) ** 2)


@idiom(w=(5,))
def variance_and_mean(w):
    return np.var(w) + np.mean(w) ** 3 + np.std(w)


@idiom(w=(5,))
def skewness(w):
    z = (w - w.mean()) / w.std()
    return np.mean(z**3)


@idiom(w=(5,), between=(0.5, 2.0))
def geometric_mean(w):
    return np.exp(np.log(w).mean()) + np.prod(w) ** (1 / len(w))


@idiom(w=(5,), between=(0.5, 2.0))
def harmonic_mean(w):
    return len(w) / np.sum(1 / w)


@idiom(w=(5,))
def average_with_weights(w):
    return np.average(w**2, weights=[1, 2, 3, 2, 1])


@idiom(w=(4,), between=(0.2, 1.5))
def average_with_weights_of_parameters(w):
    return np.average(y, weights=w)


@idiom(w=(5,))
def median(w):
    return np.median(w) ** 2 + w.sum()


@idiom(w=(5,))
def percentile(w):
    return np.percentile(w, 30) * np.quantile(w, 0.75)


@idiom(w=(5,))
def largest_and_smallest(w):
    return w.max() - w.min() + np.ptp(w) ** 2


@idiom(w=(5,))
def cumulative_sums_and_products(w):
    return np.cumsum(w**2)[2] + np.cumprod(w)[3] + np.sum(np.cumsum(w)[::-1] * w)


@idiom(w=(5,))
def discounted_returns(w):
    returns, running = np.zeros_like(w), 0.0
    for t in reversed(range(len(w))):
        running = w[t] + 0.9 * running
        returns[t] = running
    return np.sum(returns**2)


@idiom(w=(5,))
def finite_differences(w):
    return np.sum(np.gradient(w) ** 2) + np.sum(np.diff(w, n=2) ** 2)


@idiom(w=(5,))
def trapezoids(w):
    t = np.linspace(0, 1, 5)
    return np.trapezoid(np.exp(w), t) + np.sum((w[1:] + w[:-1]) / 2 * np.diff(t))


@idiom(w=(4,))
def interpolation(w):
    return np.sum(np.interp([0.3, 1.7, 2.5], np.arange(4), w) ** 2)


@idiom(w=(4,))
def counts_with_weights(w):
    return np.sum(np.bincount([0, 1, 1, 2], weights=w) ** 2)


@idiom(P=(4, 2))
def centroids(P):
    assigned = np.array([0, 1, 0, 1])
    centres = np.array([P[assigned == k].mean(axis=0) for k in range(2)])
    return np.sum((P - centres[assigned]) ** 2)


@idiom(centres=(2, 2))
def distance_to_the_nearest(centres):
    points = X[:, :2]
    d = ((points[:, None, :] - centres[None]) ** 2).sum(-1)
    return d.min(axis=1).mean()


@idiom(mu=(2,), log_pi=(2,))
def mixture_of_gaussians(mu, log_pi):
    pi = np.exp(log_pi) / np.exp(log_pi).sum()
    density = pi * np.exp(-0.5 * (y[:, None] - mu) ** 2) / np.sqrt(2 * np.pi)
    return -np.log(density.sum(axis=1)).sum()


@idiom(w=(3,))
def statistics_in_a_dict(w):
    z = X @ w
    stats = {name: getattr(np, name)(z) for name in ("mean", "std", "max", "min")}
    return stats["mean"] * stats["std"] + stats["max"] - stats["min"]


@idiom(w=(4,))
def histogram_with_weights(w):
    counts, _ = np.histogram([0.0, 1.0, 1.0, 0.2], bins=2, weights=w)
    return np.sum(counts**2)


@idiom(w=(5,))
def variance_by_two_moments(w):
    return np.mean(w**2) - np.mean(w) ** 2


@idiom(W=(4, 3))
def largest_of_each_row_and_column(W):
    return np.amax(W, axis=1).sum() + np.amin(W, axis=0).prod()


@idiom(w=(6,))
def autocorrelation(w):
    c = w - w.mean()
    return np.sum(c[:-2] * c[2:]) / np.sum(c**2)
