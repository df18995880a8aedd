"""NumPy's functions by their bare names."""

from numpy import (
    concatenate,
    dot,
    mean,
    ones,
    sqrt,
    square,
    tanh,
    zeros_like,
)
from numpy import sum as total

from .definition import idiom
from .samples import X, y


@idiom(W=(3, 2), b=(2,))
def layer(W, b):
    return total(tanh(dot(X, W) + b))


@idiom(w=(3,))
def accumulator(w):
    squares = zeros_like(w)
    for x in X:
        squares += (w * x) ** 2
    return sqrt(total(squares))


@idiom(w=(3,), b=(1,))
def with_ones(w, b):
    A = concatenate((X, ones((4, 1))), axis=1)
    return mean(square(dot(A, concatenate((w, b))) - y))
