"""Arrays that are made first and filled afterwards, by index, in loops."""

import numpy as np

from .definition import idiom
from .samples import X, y


@idiom(W=(3, 2))
def empty_like_another(W):
    z = X @ W
    a = np.empty_like(z)
    a[:] = np.tanh(z)
    return a.sum()


@idiom(W=(3, 2))
def vector_accumulator_with_reassignment(W):
    h = np.zeros(2)
    for x in X:
        h = h + np.exp(x @ W)
    return np.log(h).sum()


@idiom(w=(5,))
def exponential_average(w):
    s = np.zeros_like(w)
    s[0] = w[0]
    for t in range(1, len(w)):
        s[t] = 0.9 * s[t - 1] + 0.1 * w[t]
    return (s**2).sum()


@idiom(W=(3, 2))
def square_of_the_gradient(W):
    dW = np.zeros_like(W)
    for x, target in zip(X, y):
        dW += np.outer(x, x @ W - target)
    return np.sum(dW**2)


@idiom(w=(3,))
def buffer_of_objects(w):
    out = np.empty(4, dtype=object)
    for i in range(4):
        out[i] = X[i] @ w
    return np.sum(out**2)
