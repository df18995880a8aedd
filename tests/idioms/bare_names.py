"""NumPy's functions by their bare names."""

from numpy import (
    arange,
    array,
    concatenate,
    dot,
    empty,
    exp,
    log,
    maximum,
    mean,
    ones,
    outer,
    sqrt,
    square,
    tanh,
    where,
    zeros,
    zeros_like,
)
from numpy import sum as total

from .definition import idiom
from .samples import X, labels, y


@idiom(W=(3, 2), b=(2,))
def layer(W, b):
    return total(tanh(dot(X, W) + b))


@idiom(W=(3, 2))
def filled_rows(W):
    out = zeros((4, 2))
    for i in range(4):
        out[i] = maximum(0, dot(X[i], W))
    return total(square(out))


@idiom(W=(3, 3))
def softmax(W):
    p = empty((4, 3))
    for i, x in enumerate(X):
        e = exp(x @ W)
        p[i, :] = e / total(e)
    return -mean(log(p[arange(4), labels]))


@idiom(w=(3,))
def accumulator(w):
    squares = zeros_like(w)
    for x in X:
        squares += (w * x) ** 2
    return sqrt(total(squares))


@idiom(a=(), b=(), c=())
def array_of_scalars(a, b, c):
    w = array([a, b, c])
    return total((X @ w - y) ** 2) + total(where(w > 0, w, 0))


@idiom(w=(3,), b=(1,))
def with_ones(w, b):
    A = concatenate((X, ones((4, 1))), axis=1)
    return mean(square(dot(A, concatenate((w, b))) - y))


@idiom(w=(3,))
def outer_products(w):
    M = zeros((3, 3))
    for x in X[:2]:
        M += outer(x * w, x)
    return total(M**2)
