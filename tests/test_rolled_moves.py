"""What moves entries of arrays, differentiated: each row is one function for Values and for Variables."""

import numpy as np
import pytest
from rolled import check, eager, of_arrays, traced
from table import TABLE

from autograd_scratch.primitives import exp, log, sqrt, tanh
from autograd_scratch.primitives.activations import relu
from autograd_scratch.primitives.arithmetic import add, div, mul, sub
from autograd_scratch.primitives.piecewise import less, select
from autograd_scratch.primitives.reductions import max_p, mean_p, prod_p, sum_p


def wave(*shape):
    """Return an array of numbers between -1 and 1, of which no two are equal."""
    return np.sin(1.0 + np.arange(np.prod(shape, dtype=int))).reshape(shape)


def total(ops, x):
    """Add up an array of which each entry has a weight of its own."""
    return ops.total(ops.each(mul, x, ops.table(np.cos(np.arange(np.prod(x.shape))).reshape(x.shape))))


def along_axis(ops, x, axis):
    """Return the sums along an axis."""
    shape = (*x.shape[:axis], *x.shape[axis + 1 :])
    places = np.expand_dims(np.arange(np.prod(shape, dtype=int)).reshape(shape), axis)
    return ops.put(x, np.broadcast_to(places, x.shape), shape)


def layer(ops, W, b, X):
    """Return tanh(X W + b)."""
    space = (X.shape[0], W.shape[1], X.shape[1])
    rows = ops.take(X, lambda a: np.broadcast_to(a[:, None, :], space))
    columns = ops.take(W, lambda a: np.broadcast_to(a.T[None], space))
    bias = ops.take(b, lambda a: np.broadcast_to(a, space[:2]))
    return ops.each(tanh, ops.each(add, along_axis(ops, ops.each(mul, rows, columns), 2), bias))


def windows(ops, x, kernel):
    """Return a convolution: windows of 3 entries that overlap, one apart."""
    overlapping = ops.take(x, lambda a: np.lib.stride_tricks.sliding_window_view(a, 3))
    kernels = ops.take(kernel, lambda a: np.broadcast_to(a, overlapping.shape))
    return along_axis(ops, ops.each(mul, overlapping, kernels), 1)


def attention(ops, Q, K):
    """Return the softmax of all products, written out, and its entropy-like sum."""
    n, m, k = Q.shape[0], K.shape[0], K.shape[1]
    q = ops.take(Q, lambda a: np.broadcast_to(a[:, None, :], (n, m, k)))
    keys = ops.take(K, lambda a: np.broadcast_to(a[None], (n, m, k)))
    scores = along_axis(ops, ops.each(mul, q, keys), 2)
    top = ops.take(ops.along(max_p, scores, terms=(m,)), lambda a: np.broadcast_to(a[:, None], (n, m)))
    powers = ops.each(exp, ops.each(sub, scores, top))
    sums = ops.take(along_axis(ops, powers, 1), lambda a: np.broadcast_to(a[:, None], (n, m)))
    return ops.each(div, powers, sums)


ROWS = {
    "broadcasting of a row": (
        lambda ops, x, b: total(ops, ops.each(mul, x, ops.take(b, lambda a: np.broadcast_to(a, (2, 3))))),
        [wave(2, 3), wave(3)],
    ),
    "broadcasting of a column, and of both": (
        lambda ops, x, y: total(
            ops,
            ops.each(
                mul,
                ops.take(x, lambda a: np.broadcast_to(a[:, None], (2, 3))),
                ops.take(y, lambda a: np.broadcast_to(a, (2, 3))),
            ),
        ),
        [wave(2), wave(3)],
    ),
    "broadcasting of a single number": (
        lambda ops, x, s: total(ops, ops.each(mul, x, ops.take(s, lambda a: np.broadcast_to(a, (2, 3))))),
        [wave(2, 3), 0.7],
    ),
    "a single number among arrays": (lambda ops, x, s: total(ops, ops.each(mul, x, s)), [wave(2, 3), 0.7]),
    "a single number among arrays, twice": (
        lambda ops, x, s: total(ops, ops.each(mul, ops.each(add, ops.each(mul, x, s), s), s)),
        [wave(4), -1.3],
    ),
    "a single number in both arms": (
        lambda ops, x, s, t: total(
            ops, ops.each(select, ops.each(less, x, s), s, ops.each(mul, ops.each(log, t), x))
        ),
        [wave(5), 0.1, 2.0],
    ),
    "a single number as a condition": (
        lambda ops, x, y, s: total(ops, ops.each(select, ops.each(less, s, 0.5), x, ops.each(mul, y, s))),
        [wave(4), wave(4), 0.7],
    ),
    "a single number times a sum": (
        lambda ops, x, s: ops.each(mul, ops.total(ops.each(tanh, x)), s),
        [wave(2, 3), 0.7],
    ),
    "a single number times a sum of some": (
        lambda ops, x, s: ops.each(mul, ops.total(ops.take(ops.each(tanh, x), lambda a: a[[0, 0, 1]])), s),
        [wave(3, 2), 0.7],
    ),
    "a single number times a sum of a part": (
        lambda ops, x, s: ops.each(mul, ops.total(ops.take(ops.each(tanh, x), lambda a: a[1:])), s),
        [wave(3, 2), 0.7],
    ),
    "the terms of a single number": (
        lambda ops, x, s: total(ops, ops.along(TABLE["dot"], x, ops.each(mul, x, s), s, terms=(3, 3, 0))),
        [wave(2, 3), 0.3],
    ),
    "a class for all rows": (
        lambda ops, x: total(ops, ops.along(TABLE["cross_entropy"], ops.table(2.0), x, terms=(0, 3))),
        [wave(4, 3)],
    ),
    "a class of each row": (
        lambda ops, x: total(
            ops, ops.along(TABLE["cross_entropy"], ops.table([0.0, 2.0, 1.0, 2.0]), x, terms=(0, 3))
        ),
        [wave(4, 3)],
    ),
    "transposed": (lambda ops, x: total(ops, ops.each(tanh, ops.take(x, lambda a: a.T))), [wave(2, 3)]),
    "axes permuted": (
        lambda ops, x: total(ops, ops.take(ops.each(tanh, x), lambda a: a.transpose(2, 0, 1))),
        [wave(2, 3, 4)],
    ),
    "reshaped": (
        lambda ops, x: total(ops, along_axis(ops, ops.take(x, lambda a: a.reshape(4, 3)), 0)),
        [wave(2, 6)],
    ),
    "a transpose reshaped": (
        lambda ops, x: total(ops, ops.each(tanh, ops.take(x, lambda a: a.T.reshape(2, 6)))),
        [wave(4, 3)],
    ),
    "a slice": (lambda ops, x: total(ops, ops.take(x, lambda a: a[1:, ::2])), [wave(3, 4)]),
    "a slice from behind": (lambda ops, x: total(ops, ops.take(x, lambda a: a[::-1, ::-2])), [wave(3, 4)]),
    "a slice of a slice": (
        lambda ops, x: total(ops, ops.take(ops.take(x, lambda a: a[1:]), lambda a: a[:, 1:-1])),
        [wave(3, 4)],
    ),
    "a diagonal": (lambda ops, x: total(ops, ops.take(x, lambda a: a.diagonal())), [wave(3, 3)]),
    "one entry": (lambda ops, x: ops.take(ops.each(tanh, x), lambda a: a[1, 2]), [wave(3, 4)]),
    "overlapping windows": (lambda ops, x, k: total(ops, windows(ops, x, k)), [wave(6), wave(3)]),
    "a gather with repeats": (
        lambda ops, x: total(ops, ops.each(tanh, ops.take(x, lambda a: a[[2, 0, 2, 2, 1]]))),
        [wave(3, 2)],
    ),
    "a gather of a gather": (
        lambda ops, x: total(ops, ops.take(ops.take(x, lambda a: a[[2, 0, 2]]), lambda a: a[[1, 1, 0, 2]])),
        [wave(3)],
    ),
    "a put by a table": (
        lambda ops, x: total(ops, ops.put(ops.each(tanh, x), [4, 0, 4, 1], (5,))),
        [wave(4)],
    ),
    "a put that adds up in its order": (
        lambda ops, x: total(ops, ops.put(x, [[1, 0, 1], [1, 1, 0]], (2,))),
        [np.array([[1e8, 2.0, -1e8], [3.0, 4.0, 5.0]])],
    ),
    "a put of a put": (
        lambda ops, x: total(ops, ops.put(ops.put(x, [4, 0, 4, 1], (5,)), [1, 0, 1, 0, 2], (3,))),
        [wave(4)],
    ),
    "sums along each axis": (
        lambda ops, x: ops.each(
            mul, total(ops, along_axis(ops, x, 0)), total(ops, along_axis(ops, ops.each(tanh, x), 1))
        ),
        [wave(3, 4)],
    ),
    "sums along several axes": (
        lambda ops, x: total(ops, along_axis(ops, along_axis(ops, x, 2), 0)),
        [wave(2, 3, 4)],
    ),
    "a plain adjoint through a part": (
        lambda ops, x: ops.total(ops.take(ops.take(x, lambda a: a[1:]), lambda a: a[:, :2])),
        [wave(3, 4)],
    ),
    "a plain adjoint through repeats": (
        lambda ops, x: ops.total(ops.take(x, lambda a: a[[2, 0, 2, 2]])),
        [wave(3)],
    ),
    "a plain adjoint through a put of a part": (
        lambda ops, x: ops.total(ops.put(ops.take(x, lambda a: a[:2]), [3, 3], (4,))),
        [wave(3)],
    ),
    "a mean of a part": (
        lambda ops, x: ops.along(mean_p, ops.take(x, lambda a: a[1:]), terms=(3,)),
        [wave(4)],
    ),
    "the same array twice": (
        lambda ops, x: total(ops, ops.each(mul, x, ops.take(x, lambda a: a.T))),
        [wave(3, 3)],
    ),
    "arms that are not taken": (
        lambda ops, x: total(ops, ops.each(select, ops.each(less, 0.0, x), ops.each(log, x), x)),
        [wave(2, 3)],
    ),
    "arms that are not taken, after a gather": (
        lambda ops, x: total(
            ops,
            ops.each(
                select,
                ops.take(ops.each(less, 0.0, x), lambda a: a[[1, 0, 1]]),
                ops.take(ops.each(sqrt, ops.each(mul, 2.0, x)), lambda a: a[[1, 0, 1]]),
                0.0,
            ),
        ),
        [wave(2, 5)],
    ),
    "arms that are not taken, summed": (
        lambda ops, x: total(
            ops,
            along_axis(
                ops, ops.each(select, ops.each(less, 0.0, x), ops.each(log, x), ops.each(exp, x)), 1
            ),
        ),
        [wave(2, 5)],
    ),
    "a part of what has no slope elsewhere": (
        lambda ops, x: total(ops, ops.take(ops.each(sqrt, x), lambda a: a[[1, 3, 1]])),
        [np.array([0.0, 1.0, -2.0, 2.0])],
    ),
    "rows of what has no slope elsewhere": (
        lambda ops, x: total(
            ops, ops.each(exp, ops.take(ops.each(log, ops.each(mul, x, x)), lambda a: a[1:]))
        ),
        [np.array([[0.0, 0.0], [1.0, -2.0], [3.0, -4.0]])],
    ),
    "terms that are not taken": (
        lambda ops, x, y: total(
            ops,
            ops.each(
                select,
                ops.each(less, 0.0, x),
                ops.along(TABLE["logsumexp"], ops.each(sqrt, ops.each(mul, y, 1.0)), terms=(2,)),
                ops.each(mul, x, x),
            ),
        ),
        [np.array([1.0, -1.0, 2.0]), np.array([[1.0, 4.0], [-1.0, 0.0], [4.0, 9.0]])],
    ),
    "a single number that is not taken": (
        lambda ops, x, s: total(
            ops, ops.each(select, ops.each(less, 0.0, x), ops.each(sqrt, ops.each(mul, s, 1.0)), x)
        ),
        [np.array([-1.0, -2.0]), -1.0],
    ),
    "a row that is not taken": (
        lambda ops, x, b: total(
            ops,
            ops.each(
                select,
                ops.each(less, 0.0, x),
                ops.take(ops.each(log, ops.each(mul, b, 1.0)), lambda a: np.broadcast_to(a, (2, 3))),
                x,
            ),
        ),
        [np.array([[1.0, -1.0, -1.0], [2.0, 1.0, -3.0]]), np.array([2.0, 3.0, 0.0])],
    ),
    "a column of sums that is not taken": (
        lambda ops, x, y: total(
            ops,
            ops.each(
                select, ops.each(less, 0.0, x), along_axis(ops, ops.each(sqrt, ops.each(mul, y, 1.0)), 1), x
            ),
        ),
        [np.array([1.0, -1.0]), np.array([[1.0, 4.0], [-1.0, 0.0]])],
    ),
    "products, which are not alike": (
        lambda ops, x: total(ops, ops.along(prod_p, ops.each(exp, x), terms=(4,))),
        [wave(3, 4)],
    ),
    "soft targets, which are not alike": (
        lambda ops, x, t: total(ops, ops.along(TABLE["soft_cross_entropy[3]"], x, t, terms=(3, 3))),
        [wave(2, 3), np.full((2, 3), 1.0 / 3.0)],
    ),
    "log_softmax at an index": (
        lambda ops, x: total(ops, ops.along(TABLE["log_softmax[1]"], x, terms=(3,))),
        [wave(2, 3)],
    ),
    "ties in a maximum": (
        lambda ops, x: total(ops, ops.along(max_p, ops.each(relu, x), terms=(3,))),
        [np.array([[1.0, 1.0, -1.0], [-1.0, -2.0, -3.0], [2.0, 3.0, 3.0]])],
    ),
    "sums of one term": (
        lambda ops, x: total(ops, ops.along(sum_p, ops.each(tanh, x), terms=(1,))),
        [wave(3, 1)],
    ),
    "a table by an array": (
        lambda ops, x: total(ops, ops.each(mul, ops.table(wave(2, 3)), x)),
        [wave(2, 3)],
    ),
    "an argument that plays no part": (lambda ops, x, y: total(ops, ops.each(tanh, x)), [wave(2), wave(3)]),
    "a layer": (lambda ops, *args: total(ops, layer(ops, *args)), [wave(3, 2), wave(2), wave(4, 3)]),
    "two layers": (
        lambda ops, W, b, V, c, X: total(ops, layer(ops, V, c, layer(ops, W, b, X))),
        [wave(3, 2), wave(2), wave(2, 3), wave(3), wave(4, 3)],
    ),
    "attention": (lambda ops, *args: total(ops, attention(ops, *args)), [wave(3, 2), wave(4, 2)]),
    "no entries at all": (
        lambda ops, x, y: ops.each(add, ops.total(x), total(ops, y)),
        [wave(0, 3), wave(2)],
    ),
    "one row": (lambda ops, *args: total(ops, layer(ops, *args)), [wave(3, 2), wave(2), wave(1, 3)]),
}


@pytest.mark.parametrize("name", ROWS)
def test_moves(name):
    function, arrays = ROWS[name]
    check(function, arrays)


def test_arms_that_are_not_taken_take_no_part():
    names = [name for name in ROWS if "not taken" in name or "no slope" in name]
    assert len(names) > 5
    for name in names:
        function, arrays = ROWS[name]
        value, slopes = eager(function, arrays)
        found = of_arrays(traced(function, arrays), arrays)
        assert found == pytest.approx([value, *slopes], rel=1e-12)
