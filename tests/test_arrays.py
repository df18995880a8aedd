"""Arrays of Values: a network that somebody wrote with NumPy runs on them as it stands."""

import copy
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from table import slope

import autograd_scratch as ag
from autograd_scratch import Module, Value, data, derive, gradients, values
from autograd_scratch.arrays.containers import arrange, entries
from autograd_scratch.errors import (
    AutogradError,
    DataError,
    DetachedNumberError,
    GraphError,
    RuleError,
    ShapeError,
    TracingError,
)

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
POSITIVE = np.abs(A) + 0.1
B = np.array([[1.0, -2.0, 0.25], [0.5, 3.0, -1.5]])
SQUARE = np.array([[0.5, 2.0], [-1.0, 0.75]])
CUBE = np.sin(np.arange(24.0)).reshape(2, 3, 4)
MASK = np.array([[True, False, True], [False, True, True]])


def written(target, index, change):
    target[index] = change(target[index])
    return target


def ordered(a, method, *args):
    a = a * 1.0
    getattr(a, method)(*args)
    return a


def grown(x):
    x = x * 1.0
    x += B
    x -= 0.5
    x *= x
    x /= 3.0
    return x


FUNCTIONS = {
    "a + b": lambda a: a + B,
    "b - a": lambda a: B - a,
    "a * a": lambda a: a * a,
    "a / b": lambda a: a / B,
    "1 / a": lambda a: 1 / a,
    "2 ** a": lambda a: 2**a,
    "a ** 3": lambda a: a**3,
    "-a": lambda a: -a,
    "+a": lambda a: +a,
    "abs": abs,
    "float64 on the left": lambda a: np.float64(2.0) * a - np.float64(1.0),
    "float64 on the right": lambda a: a / np.float64(2.0),
    "integers of NumPy": lambda a: a * np.arange(3) + np.int64(2),
    "in place": grown,
    "broadcasting": lambda a: a[:, None, :] - a[None, :, :] * B[0],
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "sign": np.sign,
    "square": np.square,
    "reciprocal": np.reciprocal,
    "absolute": np.abs,
    "maximum of 0 and a": lambda a: np.maximum(0, a),
    "maximum of a and 0": lambda a: np.maximum(a, 0.0),
    "minimum": lambda a: np.minimum(a, B),
    "fmax": lambda a: np.fmax(a, 0.25),
    "fmin": lambda a: np.fmin(0.25, a),
    "where": lambda a: np.where(a > 0, a, 0.0),
    "where, of three": lambda a: np.where(a > 0, a * a, np.where(a < -1, -a, B)),
    "exp of where": lambda a: np.exp(np.where(a > 0, a, 0)),
    "exp of maximum": lambda a: np.exp(np.maximum(0, a)),
    "division by where": lambda a: 1.0 / (1 + np.where(a > 0, a, 0.0)),
    "power of where": lambda a: np.where(a > 0, a, 0.0) ** 2,
    "clip": lambda a: np.clip(a, -1.0, 1.0),
    "clip, one side": lambda a: a.clip(0, None),
    "mask": lambda a: a * (a > 0),
    "boolean index": lambda a: a[a > 0],
    "boolean index on the left": lambda a: written(a * 1.0, A < 0, lambda x: 0.0 * x),
    "zeros by a mask": lambda a: np.tanh(written(a * 1.0, A < 0, lambda x: 0)),
    "integer index": lambda a: a[np.arange(2), [2, 0]],
    "rows many times": lambda a: a[[0, 1, 0]],
    "slices": lambda a: a[:, ::-1][1:, :2],
    "new axis": lambda a: a[..., None],
    "a @ b.T": lambda a: a @ B.T,
    "b.T @ a": lambda a: B.T @ a,
    "a @ a.T": lambda a: a @ a.T,
    "a @ vector": lambda a: a @ B[0],
    "vector @ a": lambda a: B[0, :2] @ a,
    "vector @ vector": lambda a: a[0] @ B[0],
    "batch @ a": lambda a: CUBE.transpose(0, 2, 1) @ a.T,
    "batch @ batch": lambda a: a[:, None, :] @ CUBE,
    "vector @ batch": lambda a: a[0] @ CUBE,
    "dot": lambda a: np.dot(a, B.T),
    "method dot": lambda a: a.dot(B.T),
    "dot from the left": lambda a: np.dot(B, a.T),
    "method dot of floats": lambda a: B.dot(a.T),
    "dot of many axes": lambda a: np.dot(a, CUBE),
    "dot with a number": lambda a: np.dot(a, 2.0),
    "dot of a number": lambda a: np.dot(2.0, a),
    "dot of a number and a batch": lambda a: np.dot(a[0, 0], CUBE),
    "dot of an array without axes": lambda a: np.dot(np.array(2.0), a[:, :2]),
    "dot of a square with a Value": lambda a: np.dot(a[:, :2], a[1, 2]),
    "inner with a number": lambda a: np.inner(2.0, a),
    "multi_dot": lambda a: np.linalg.multi_dot([a, B.T]),
    "inner": lambda a: np.inner(a, B),
    "outer": lambda a: np.outer(a, B[0]),
    "vdot": lambda a: np.vdot(a, B),
    "tensordot": lambda a: np.tensordot(a, CUBE, axes=([0, 1], [0, 1])),
    "tensordot, one axis": lambda a: np.tensordot(a, B.T, axes=1),
    "kron": lambda a: np.kron(a[0], B[0]),
    "convolve": lambda a: np.convolve(a[0], a[1]),
    "einsum, product": lambda a: np.einsum("ij,kj->ik", a, B),
    "einsum, implicit": lambda a: np.einsum("ij,kj", a, B),
    "einsum, batch": lambda a: np.einsum("bd,bdk->kb", a, CUBE),
    "einsum, all": lambda a: np.einsum("ij,ij", a, B),
    "einsum, outer": lambda a: np.einsum("i,j->ji", a[0], a[1]),
    "einsum, three": lambda a: np.einsum("ij,kj,kl->il", a, B, a),
    "einsum, one": lambda a: np.einsum("ij->j", a),
    "einsum, diagonal": lambda a: np.einsum("ii", a[:, :2]),
    "einsum, ellipsis": lambda a: np.einsum("...j,j->...", a, B[0]),
    "einsum, nothing summed": lambda a: np.einsum("ij,ij->ij", a, B),
    "einsum, a number": lambda a: np.einsum(",ij->ji", a[0, 0], B * a),
    "einsum, stretched": lambda a: np.einsum("ij,ij->i", a, B[:, :1]),
    "einsum, lone index": lambda a: np.einsum("ij,k->i", a, B[0]),
    "sum": np.sum,
    "method sum": lambda a: a.sum(axis=0),
    "sum, keepdims": lambda a: a.sum(axis=1, keepdims=True),
    "sum over two axes": lambda a: (a[:, :, None] * CUBE).sum(axis=(0, 2)),
    "sum where": lambda a: np.sum(a, axis=1, where=MASK, initial=1.0),
    "mean": np.mean,
    "mean, axis": lambda a: a.mean(axis=-1, keepdims=True),
    "mean where": lambda a: np.mean(a, axis=0, where=MASK),
    "var": np.var,
    "var, ddof": lambda a: a.var(axis=1, ddof=1, keepdims=True),
    "std": lambda a: np.std(a, axis=0),
    "average": lambda a: np.average(a, axis=1, weights=[1.0, 2.0, 3.0]),
    "prod": lambda a: a.prod(axis=1),
    "max": np.max,
    "method max": lambda a: a.max(axis=1, keepdims=True),
    "min": lambda a: a.min(axis=0),
    "ptp": lambda a: np.ptp(a, axis=1),
    "median": lambda a: np.median(a, axis=1),
    "sort": lambda a: np.sort(a, axis=1),
    "median of all": np.median,
    "nanmedian": lambda a: np.nanmedian(a, axis=0, keepdims=True),
    "percentile": lambda a: np.percentile(a, [10, 55.0]),
    "percentile by rows": lambda a: np.percentile(a, [[10, 55.0]], axis=1),
    "quantile, other method": lambda a: np.quantile(a, 0.3, method="hazen"),
    "nanquantile": lambda a: np.nanquantile(a, 0.8, axis=1),
    "sort of all": lambda a: np.sort(a, axis=None),
    "sort in place": lambda a: ordered(a, "sort", 0),
    "partition": lambda a: np.partition(a, 1, axis=0),
    "partition in place": lambda a: ordered(a, "partition", 1, 0),
    "unique": np.unique,
    "bincount": lambda a: np.bincount([0, 2, 2], weights=a[0]),
    "histogram of weights": lambda a: np.histogram([0.0, 1.0, 1.0], bins=2, weights=a[0])[0],
    "histogram of weights, density": lambda a: np.histogram([0.1, 1, 9], [0, 1, 5], None, True, a[0])[0],
    "edges of a histogram": lambda a: np.histogram(a, bins=3)[1],
    "nan_to_num": np.nan_to_num,
    "cumsum": lambda a: np.cumsum(a, axis=1),
    "cumprod": lambda a: a.cumprod(axis=0),
    "running maximum": lambda a: np.maximum.accumulate(a, axis=1),
    "add.reduceat": lambda a: np.add.reduceat(a[0], [0, 2]),
    "add.at": lambda a: added(a),
    "multiply.outer": lambda a: np.multiply.outer(a[0], B[0]),
    "trace": np.trace,
    "diag": np.diag,
    "diag of a vector": lambda a: np.exp(np.diag(a[0])),
    "triu": np.triu,
    "diff": np.diff,
    "trapezoid": lambda a: (np.trapezoid if hasattr(np, "trapezoid") else np.trapz)(a[0]),
    "norm": np.linalg.norm,
    "norms of rows": lambda a: np.linalg.norm(a, axis=1, keepdims=True),
    "norm fro": lambda a: np.linalg.norm(a, "fro"),
    "norm 1": lambda a: np.linalg.norm(a, 1, axis=0),
    "norm inf": lambda a: np.linalg.norm(a, np.inf, axis=1),
    "norm 3": lambda a: np.linalg.norm(a[0], 3),
    "norm 1 of a matrix": lambda a: np.linalg.norm(a, 1),
    "matrix_power": lambda a: np.linalg.matrix_power(a[:, :2], 3),
    "stack": lambda a: np.stack([a, B, a * a], axis=1),
    "concatenate": lambda a: np.concatenate([B, a], axis=1),
    "hstack": lambda a: np.hstack([a, np.ones((2, 1))]),
    "vstack": lambda a: np.vstack([a[0], a[1], B]),
    "reshape": lambda a: a.reshape(3, -1),
    "transpose": lambda a: np.transpose(a),
    "T": lambda a: a.T,
    "ravel": lambda a: a.ravel(),
    "flip": np.flip,
    "roll": lambda a: np.roll(a, 1, axis=1),
    "tile": lambda a: np.tile(a, (2, 1)),
    "repeat": lambda a: np.repeat(a, 2, axis=0),
    "pad": lambda a: np.exp(np.pad(a, 1)),
    "windows": lambda a: np.lib.stride_tricks.sliding_window_view(a, 2, axis=1),
    "strides": lambda a: np.lib.stride_tricks.as_strided(a, (2, 2, 2), a.strides + a.strides[1:]),
    "split": lambda a: np.split(a, 3, axis=1)[1],
    "take": lambda a: np.take(a, [0, 2], axis=1),
    "select": lambda a: np.exp(np.select([a > 1, a < 0], [a, -a], 0.5)),
    "ones_like": lambda a: np.sqrt(np.ones_like(a)) * a,
    "zeros_like": lambda a: written(np.zeros_like(a), (0, 1), lambda x: a[1, 1] * 3.0),
    "full_like": lambda a: np.full_like(a, 0.5) - a,
    "out": lambda a: np.multiply(a, B, out=np.zeros_like(a)),
    "out where": lambda a: np.divide(B, a, out=np.zeros_like(a), where=MASK),
    "iteration": lambda a: np.stack([row * row.sum() for row in a]),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "softmax": lambda a: softmax(a),
    "constants": lambda a: np.ones_like(a) + 2.0,
}
OF_POSITIVE = {
    "log": np.log,
    "sqrt": np.sqrt,
    "a ** b": lambda a: a**B,
    "a ** a": lambda a: a**a,
    "power": lambda a: np.power(a, 0.5),
    "log of where": lambda a: np.log(np.where(MASK, a, 1)),
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "expm1": np.expm1,
    "exp2": np.exp2,
    "cbrt": np.cbrt,
    "tan": np.tan,
    "arcsin": lambda a: np.arcsin(a / 4.0),
    "arccos": lambda a: np.arccos(a / 4.0),
    "arctan": np.arctan,
    "arctan2": lambda a: np.arctan2(a, B),
    "sinh": np.sinh,
    "cosh": np.cosh,
    "arcsinh": np.arcsinh,
    "arccosh": lambda a: np.arccosh(a + 1.0),
    "arctanh": lambda a: np.arctanh(a / 4.0),
    "hypot": lambda a: np.hypot(a, B),
    "hypot.reduce": lambda a: np.hypot.reduce(a, axis=1),
    "logaddexp": lambda a: np.logaddexp(a, B),
    "logaddexp.reduce": lambda a: np.logaddexp.reduce(a, axis=1),
    "copysign": lambda a: np.copysign(a, B),
    "fmod": lambda a: np.fmod(a, 0.77),
    "a % b": lambda a: a % 0.77,
    "a // b": lambda a: a // 0.77,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "rint": np.rint,
    "round": lambda a: np.round(a * 0.97, 1),
    "method round": lambda a: a.round(),
    "degrees": np.degrees,
    "deg2rad": np.deg2rad,
    "fabs": np.fabs,
}


def added(a):
    out = a * 1.0
    np.add.at(out, [0, 0], a[1])
    return out


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def check(function, *points, tolerance=1e-7):
    """Hold value and gradients on Values against the same function on floats, and its slopes."""
    trees = [values(point) for point in points]
    out, expected = function(*trees), function(*points)
    assert np.shape(out) == np.shape(expected)
    np.testing.assert_allclose(np.array(data(out)), expected, rtol=1e-14, atol=1e-15)
    if isinstance(out, np.ndarray):
        assert out.dtype == object
    weights = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))
    total = (out * weights).sum() if np.shape(expected) else out * weights
    assert isinstance(total, Value)
    total.backward()
    for i, (tree, point) in enumerate(zip(trees, points)):
        for place in np.ndindex(point.shape):

            def along(t, i=i, place=place):
                moved = [point * 1.0 for point in points]
                moved[i][place] = t
                return float((function(*moved) * weights).sum())

            expected_slope = slope(along, float(point[place]))
            assert tree[place].grad == pytest.approx(expected_slope, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_numpy(name):
    check(FUNCTIONS[name], A)


@pytest.mark.parametrize("name", OF_POSITIVE)
def test_functions_of_positive_numbers(name):
    check(OF_POSITIVE[name], POSITIVE)


def test_functions_of_numpy_and_of_the_package_have_the_same_nodes():
    z = values(A)
    assert np.tanh(z)[0, 0].primitive is ag.tanh
    assert (z @ B.T)[0, 0].primitive.name == "dot"
    assert z.sum().primitive.name == "sum"
    assert len(z.sum().parents) == 6
    assert z.max().primitive.name == "max"
    assert np.einsum("ij,kj->ik", z, B)[0, 0].primitive.name == "dot"
    assert (z @ B.T)[0, 0].data == ag.dot(z[0], B[0]).data
    assert (z @ B.T)[0, 0].partials == ag.dot(z[0], B[0]).partials


# Networks as people write them


def mlp(X, W1, b1, W2, b2):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    out = np.tanh(h.dot(W2) + b2)
    return np.mean((out - X[:, :1]) ** 2)


def classifier(W1, b1, W2):
    n, y = 4, np.array([0, 2, 1, 2])
    X = np.sin(np.arange(12.0)).reshape(n, 3)
    h = np.maximum(0, X @ W1 + b1)
    p = softmax(h @ W2)
    return -np.log(p[np.arange(n), y]).mean() + 0.01 * (np.sum(W1**2) + np.sum(W2 * W2))


def dead_units(W1, W2):
    z = np.cos(np.arange(6.0)).reshape(3, 2) @ W1
    h = np.where(z > 0, z, 0.0)
    z = h @ W2
    h = np.where(z > 0, z, 0.01 * z)
    return np.sqrt(np.exp(h) + h * h).sum()


def convolution(W, b):
    """Two channels, 3 filters of 2 x 2 by im2col, ReLU, the largest of each 2 x 2."""
    X = np.sin(np.arange(50.0)).reshape(2, 5, 5)
    size = 4
    columns = np.zeros((2 * 4, size * size))
    for i in range(size):
        for j in range(size):
            columns[:, i * size + j] = X[:, i : i + 2, j : j + 2].ravel()
    out = (W.reshape(3, -1) @ columns + b[:, None]).reshape(3, size, size)
    out = np.maximum(out, 0)
    return (out.reshape(3, 2, 2, 2, 2).max(axis=(2, 4)) ** 2).mean()


def convolution_of_values(X, W):
    """The image is differentiated too: padding, im2col with slices of it, einsum."""
    padded = np.pad(X, 1)
    patches = np.stack([padded[i : i + 3, j : j + 3] for i in range(3) for j in range(3)])
    return np.tanh(np.einsum("pij,fij->fp", patches, W)).sum(axis=1).prod()


def recurrent(Wx, Wh, b):
    h = np.zeros(3)
    outs = []
    for x in np.sin(np.arange(8.0)).reshape(4, 2):
        h = np.tanh(x @ Wx + h @ Wh + b)
        outs.append(h)
    return (np.stack(outs)[1:] ** 2).sum() + np.concatenate(outs).mean()


def lstm(W, b):
    h, c = np.zeros(2), np.zeros(2)
    for x in np.cos(np.arange(6.0)).reshape(3, 2):
        z = np.hstack([x, h]) @ W + b
        i, f, o, g = np.split(z, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
    return h.sum()


def layer_norm(X, gamma, beta):
    mean, var = X.mean(axis=-1, keepdims=True), X.var(axis=-1, keepdims=True)
    return (np.sin(gamma * (X - mean) / np.sqrt(var + 1e-5) + beta)).sum()


def batch_norm(X, gamma, beta):
    out = gamma * (X - np.mean(X, axis=0)) / np.sqrt(np.var(X, axis=0, ddof=1) + 1e-5) + beta
    return np.logical_not(np.isnan(out)).mean() * np.linalg.norm(out, axis=1).sum()


def attention(X, Wq, Wk, Wv):
    q, k, v = X @ Wq, X @ Wk, X @ Wv
    scores = np.einsum("td,sd->ts", q, k) / np.sqrt(q.shape[-1])
    scores = np.where(np.tril(np.ones((3, 3))) == 1, scores, -1e9)
    return (softmax(scores) @ v * X).sum()


NETWORKS = {
    mlp: [(5, 3), (3, 4), (4,), (4, 1), (1,)],
    classifier: [(3, 4), (4,), (4, 3)],
    dead_units: [(2, 3), (3, 2)],
    convolution: [(3, 2, 2, 2), (3,)],
    convolution_of_values: [(3, 3), (2, 3, 3)],
    recurrent: [(2, 3), (3, 3), (3,)],
    lstm: [(4, 8), (8,)],
    layer_norm: [(2, 4), (4,), (4,)],
    batch_norm: [(4, 2), (2,), (2,)],
    attention: [(3, 2), (2, 2), (2, 2), (2, 2)],
}


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_networks(network):
    random = np.random.default_rng(7)
    check(network, *(random.normal(size=shape) for shape in NETWORKS[network]), tolerance=1e-6)


def test_training_as_written_for_numpy():
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    random = np.random.default_rng(0)
    W1, b1, W2, b2 = (values(random.normal(size=s)) for s in [(2, 4), 4, (4, 1), 1])
    for _ in range(150):
        p = 1 / (1 + np.exp(-(np.tanh(X @ W1 + b1) @ W2 + b2)))
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
        loss.backward()
        with ag.no_grad():
            for parameter in (W1, b1, W2, b2):
                parameter -= 2.0 * gradients(parameter)
    assert loss.data < 0.1
    assert ((p > 0.5) == y).all()


# Traps


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="NumPy has these since 2.2")
def test_products_of_vectors():
    check(lambda a: np.linalg.vecdot(a, B, axis=0), A)
    check(lambda a: np.matvec(a, B[0]), A)
    check(lambda a: np.vecmat(a[:, 0], B), A)
    with pytest.raises(ShapeError, match=r"np\.matvec takes arrays of at least"):
        np.matvec(values(A[0]), B[0])


def test_equal_entries_share_the_gradient():
    z = values([0.0, 1.0, 1.0, -2.0])
    (np.maximum(z, 0).sum() + z.max()).backward()
    assert list(gradients(z)) == [0.5, 1.5, 1.5, 0.0]


def test_a_loss_of_constants_alone_has_a_gradient():
    z = values([-1.0, -2.0])
    loss = np.where(z > 0, z, 0.0).mean()
    loss.backward()
    assert (loss.data, list(gradients(z))) == (0.0, [0.0, 0.0])
    assert isinstance(np.where(z > 0, z, 0) @ [1.0, 2.0], Value)
    none = np.zeros_like(z)
    for loss in (none.sum(), none.dot(none), np.linalg.norm(none, 1), np.einsum("i,i", none, none)):
        assert isinstance(loss, Value)
        assert loss.data == 0.0


def test_constants_among_the_entries_answer_as_ieee_does():
    z = values([-1.0, 2.0])
    h = np.where(z > 0, z, 0.0)
    assert list(data(1 / h)) == [np.inf, 0.5]
    assert list(data(np.log(h))) == [-np.inf, np.log(2.0)]
    assert data((h - 1) ** 0.5)[1] == 1.0
    assert np.isnan(data((h - 1) ** 0.5)[0])
    assert list(data(h**-1)) == [np.inf, 0.5]


def test_comparisons_look_at_the_numbers():
    z = values(A)
    for result, expected in [
        (z > 0, A > 0),
        (z <= B, A <= B),
        (z == z.max(axis=1, keepdims=True), A.max(axis=1, keepdims=True) == A),
        (z != A, A != A),
        (np.isnan(z), np.isnan(A)),
        (np.isfinite(z), np.isfinite(A)),
        (np.signbit(z), np.signbit(A)),
        (np.logical_and(z, MASK), np.logical_and(A, MASK)),
        (z.argmax(axis=1), A.argmax(axis=1)),
        (np.argmin(z, axis=0), np.argmin(A, axis=0)),
        (z.argsort(axis=1), A.argsort(axis=1)),
        (np.argmax(z), np.argmax(A)),
        (np.argwhere(z > 0), np.argwhere(A > 0)),
        (np.heaviside(z, 0.5), np.heaviside(A, 0.5)),
    ]:
        assert np.array_equal(result, expected)
        assert np.asarray(result).dtype == np.asarray(expected).dtype
    assert np.allclose(z, A)
    assert np.array_equal(z, A)
    assert z.any()
    assert not (z > 5).any()
    np.testing.assert_allclose(z, A)


def test_where_of_one_argument():
    rows, columns = np.where(values(A) > 1)
    assert (list(rows), list(columns)) == ([0, 1], [2, 0])


def test_arrays_of_ones_own_making_work_as_far_as_numpy_lets_them():
    W = np.array([[Value(w) for w in row] for row in A])
    loss = np.tanh(B @ W.T).var() + np.stack([W, W]).mean()
    loss.backward()
    twin = values(A)
    other = np.tanh(B @ twin.T).var() + np.stack([twin, twin]).mean()
    other.backward()
    assert loss.data == pytest.approx(other.data, rel=1e-14)
    np.testing.assert_allclose(gradients(W), gradients(twin), rtol=1e-12)


def test_inside_no_grad_nothing_is_recorded():
    W = values(A)
    with ag.no_grad():
        out = np.tanh(B @ W.T).sum()
    assert out.parents == ()


def test_backward_of_an_array_of_one_number():
    z = values([[3.0]])
    (z * z).backward()
    assert z[0, 0].grad == 6.0
    np.squeeze(z * z).backward()
    assert z[0, 0].grad == 12.0
    with pytest.raises(ShapeError, match=r"shape \(2, 3\); write loss\.mean\(\)\.backward\(\)"):
        values(A).backward()


def test_arrays_that_take_after_one_but_hold_other_things():
    z = values(A)
    counts = np.zeros_like(z, dtype=int)
    counts += 1
    assert (counts + counts).dtype == int
    assert counts.sum() == 6
    assert not isinstance(counts.sum(), Value)
    plain = np.array([[Value(x) for x in row] for row in A])
    plain += z
    assert np.exp(np.where(plain > 0, plain, 0.0))[0, 1] == 1.0


def test_products_of_nothing():
    none = values(np.zeros((0, 3)))
    assert (none @ B.T).shape == (0, 2)
    assert data(none.T @ np.zeros((0, 2))).tolist() == [[0.0, 0.0]] * 3
    assert none.sum().data == 0.0
    assert none.prod().data == 1.0
    assert data(none.sum(axis=0)).tolist() == [0.0] * 3
    with pytest.raises(ShapeError, match="max of nothing"):
        none.max()


# From numbers to Values and back


def test_values_are_fresh_leaves_with_names():
    W = values([[1, 2.5], [Fraction(1, 2), True]], "W1")
    assert [w.name for w in W.ravel()] == ["W1[0, 0]", "W1[0, 1]", "W1[1, 0]", "W1[1, 1]"]
    assert [w.data for w in W.ravel()] == [1.0, 2.5, 0.5, 1.0]
    assert {type(w.data) for w in W.ravel()} == {float}
    assert values(np.arange(3), "b")[2].name == "b[2]"
    assert values(A.T)[2, 1].data == A[1, 2]
    for single in (values(3.0, "b"), values(np.float64(3.0), "b"), values(np.array(3), "b")):
        assert (single.data, single.name) == (3.0, "b")
    assert values([np.array([1.0, 2.0]), (3, 4)]).shape == (2, 2)
    assert values([]).shape == (0,)
    assert values([1.0])[0].name is None


def test_data_and_gradients_keep_the_form():
    W, b = values(A), Value(2.0)
    tree = {"W": W, "more": [b, (Value(3.0), 4)], "X": np.array([1, 2])}
    (W.sum() * b).backward()
    numbers, slopes = data(tree), gradients(tree)
    assert (numbers["W"] == A).all()
    assert type(numbers["W"]) is np.ndarray
    assert numbers["W"].dtype == numbers["X"].dtype == slopes["X"].dtype == float
    assert numbers["more"] == [2.0, (3.0, 4.0)]
    assert (slopes["W"] == 2.0).all()
    assert slopes["more"] == [A.sum(), (0.0, 0.0)]
    assert (slopes["X"] == 0.0).all()
    assert data(5) == 5.0
    assert data(b) == 2.0
    assert type(gradients(values(A)[0, 0])) is float
    assert type(gradients(Value(1.0))) is float
    assert data(np.array(b)) == 2.0
    assert data([]) == []
    assert data(values(np.zeros((2, 0)))).shape == (2, 0)


def test_arrange_fills_arrays_with_values():
    like = {"W": A, "b": 1.0}
    doubled = arrange(like, [Value(2.0 * x) for _, x in entries(like)])
    assert data(doubled)["W"].tolist() == (2.0 * A).tolist()
    assert isinstance(np.exp(np.maximum(0, doubled["W"])).sum(), Value)
    assert [place for place, _ in entries(like, "t")][:2] == ["t['W'][0, 0]", "t['W'][0, 1]"]


def test_arrays_are_copied_pickled_and_shown():
    W = values(A, "W")
    for twin in (copy.deepcopy(W), pickle.loads(pickle.dumps(W))):
        assert [w.name for w in twin.ravel()] == [w.name for w in W.ravel()]
        assert twin[0, 0] is not W[0, 0]
        assert np.exp(np.maximum(0, twin)).shape == (2, 3)
    assert copy.copy(W)[0, 0] is W[0, 0]
    computed = W * 2.0
    assert copy.deepcopy(computed)[0, 0] is computed[0, 0]
    with pytest.raises(GraphError, match="part of a graph"):
        pickle.dumps(computed)
    assert repr(W[:, :2]) == "values([[ 0.5  , -1.25 ],\n        [ 1.5  ,  0.375]])"
    assert str(W[0]) == str(A[0])
    assert W.tolist()[0][1] is W[0, 1]


# Modules


class Net(Module):
    def __init__(self):
        self.W = values(A)
        self.b = [values([0.5, 0.25])]
        self.mean = np.zeros(1000)
        self.cached = self.W * 2.0
        self.own = values([[1.0]], "own")


def test_arrays_of_a_module_are_its_parameters():
    net = Net()
    paths = [f"W.{i}.{j}" for i in range(2) for j in range(3)] + ["b.0.0", "b.0.1", "own.0.0"]
    assert [path for path, _ in net.named_parameters()] == paths
    assert net.W[1, 2].name == "W.1.2"
    assert net.own[0, 0].name == "own[0, 0]"
    net.load_state_dict(dict.fromkeys(paths, 1.0))
    assert (data(net.W) == 1.0).all()


def test_many_rows_are_all_found():
    class Big(Module):
        def __init__(self):
            self.W = values(np.zeros((300, 2)))

    assert len(Big().parameters()) == 600
    assert repr(Big()) == "Big, 600 parameters"


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: values("abc"), DataError, "values must be a real number, not 'abc'"),
        (lambda: values([["1", 2]], "W"), DataError, r"W\[0, 0\] must be a real number, not '1'"),
        (lambda: values([1.0, None]), DataError, r"values\[1\] must be a real number, not None"),
        (lambda: values(None), DataError, "values must be a real number, not None"),
        (lambda: values(np.array([1.0, 1j])), DataError, r"values\[0\] must be a real number, not"),
        (lambda: values(np.array(["a"])), DataError, r"values\[0\] must be a real number, not 'a'"),
        (lambda: values({"a": 1}), DataError, "must be a real number, not {'a': 1}"),
        (lambda: values([[1, 2], [3]]), ShapeError, r"rows of one length, and values\[0\] is \[1, 2\]"),
        (lambda: values([np.zeros((2, 3)), np.zeros((2, 4))]), ShapeError, "rows of one length"),
        (lambda: values(values(A)), DataError, r"values\[0, 0\] is a Value already.*values\(data\("),
        (lambda: values([Value(1.0)]), DataError, "is a Value already"),
        (lambda: values(A, 3), DataError, "the name of an array must be text, not 3"),
        (lambda: data([1.0, ["x"]]), DataError, r"data\[1\]\[0\] must be a real number, not 'x'"),
        (lambda: gradients({"W": None}), DataError, r"gradients\['W'\] must be a real number, not None"),
        (lambda: data(np.array(["a"])), DataError, r"data\[0\] must be"),
        (lambda: np.zeros(3).__setitem__(0, Value(1.0)), DetachedNumberError, r"values\(np\.zeros\(3\)\)"),
        (lambda: values(A).astype(int), DetachedNumberError, r"data\(x\)\.astype\('int64'\)"),
        (lambda: np.array(values(A), float), DetachedNumberError, r"data\(array\)"),
        (lambda: np.add(B, values(A), out=B.copy()), DetachedNumberError, "array of float64.*values"),
        (lambda: np.add.at(B.copy(), [0], values(A)), DetachedNumberError, "array of float64"),
        (lambda: np.dot(B, values(A).T, out=np.zeros((2, 2))), DetachedNumberError, "array of float64"),
        (lambda: values(A) @ B, ShapeError, r"shapes \(2, 3\) and \(3, 2\)|\(2, 3\) and \(2, 3\)"),
        (lambda: values(A) @ 2.0, ShapeError, r"write a \* b"),
        (lambda: np.quantile(values(A), 0.5, weights=B), RuleError, "takes no weights"),
        (lambda: np.linalg.tensorsolve(values(SQUARE), [1.0, 2.0]), RuleError, "does not run on Values"),
        (lambda: np.einsum("ij,jk->ik", values(A), B), ShapeError, "one of the arrays to be transposed"),
        (lambda: np.einsum("bi,bj->bij", values(A), B.T), ShapeError, "pairs axes"),
        (lambda: np.exp(values(A), where=MASK), ShapeError, r"give out=np\.zeros_like"),
        (lambda: values(A).sum(dtype=int), DataError, "leave dtype out"),
        (lambda: np.spacing(values(A)), RuleError, r"np\.spacing\(data\(x\)\)"),
        (lambda: values(A) | 1, DataError, r"\| is for conditions, such as x > 0"),
        (lambda: values(A) + "a", AutogradError, "must be a real number"),
        (lambda: values(A) + None, DataError, "must be a real number or a Value, not None"),
        (lambda: values(A) * 1j, DataError, "must be a real number"),
        (lambda: values(A) + np.ones(5), ValueError, "could not be broadcast"),
        (lambda: values(A).sum(axis=2), np.exceptions.AxisError, "out of bounds"),
        (lambda: math_exp(values(A)[0, 0]), DetachedNumberError, "autograd_scratch.exp"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


def math_exp(x):
    import math

    return math.exp(x)


def test_without_numpy():
    program = """
import sys
sys.modules["numpy"] = None
from autograd_scratch import MLP, Value, data, gradients, mse, values
from autograd_scratch.errors import MissingPackageError
model = MLP(2, [2, 1], seed=0)
loss = mse([model([1.0, 2.0])], [0.5])
loss.backward()
assert data({"a": [Value(1.0), 2]}) == {"a": [1.0, 2.0]}
assert len(gradients(model.parameters())) == 9
try:
    values([1.0])
except MissingPackageError as error:
    assert isinstance(error, ImportError)
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "pip install 'autograd-scratch[numpy]'" in run.stdout


@pytest.mark.parametrize("shape", [(3,), (2, 3), (0,)])
def test_data_and_gradients_of_an_array_are_read_and_written_at_once(shape):
    start = np.arange(float(np.prod(shape))).reshape(shape)
    W = values(start)
    (W * W).sum().backward()
    assert W.data.dtype == float
    assert np.array_equal(W.data, start)
    before = W.ravel().tolist()
    W.data -= 0.25 * W.grad  # as makemore's training loop
    assert np.array_equal(W.data, 0.5 * start)
    assert all(a is b for a, b in zip(before, W.ravel()))
    W.grad = None
    assert not any(w.is_reached for w in W.ravel())
    W.grad = np.ones(shape)
    assert np.array_equal(W.grad, np.ones(shape))
    W.data = 2.0
    assert np.array_equal(W.data, np.full(shape, 2.0))


def test_constants_among_the_entries_stay():
    W = values(np.zeros(2))
    mixed = np.concatenate([W, [1.0]])
    mixed.data = [5.0, 6.0, 7.0]
    assert mixed.data.tolist() == [5.0, 6.0, 1.0]
    assert W.data.tolist() == [5.0, 6.0]


@pytest.mark.parametrize(
    ("part", "new", "error"),
    [
        ("data", [1.0, "a"], DataError),
        ("data", None, DataError),
        ("data", np.ones(3), ShapeError),
        ("grad", [1.0, "a"], DataError),
        ("grad", np.ones((2, 2)), ShapeError),
    ],
)
def test_what_an_array_cannot_be_given_changes_nothing(part, new, error):
    W = values(np.zeros(2))
    with pytest.raises(error):
        setattr(W, part, new)
    assert W.data.tolist() == W.grad.tolist() == [0.0, 0.0]


def test_numbers_of_an_array_are_not_read_in_a_trace():
    with pytest.raises(TracingError, match="reads the number of a Value"):
        derive(lambda W: (W.data * W).sum(), inputs=[np.ones(2)])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("exp", ()),
        ("log", ()),
        ("tanh", ()),
        ("relu", ()),
        ("sigmoid", ()),
        ("leaky_relu", (0.5,)),
        ("gelu", ()),
    ],
)
def test_methods_of_a_value_go_through_an_array(name, arguments):
    W = values(np.array([[0.5, 1.5], [2.5, 3.5]]))
    out = getattr(W, name)(*arguments)
    expected = getattr(ag, name)(W, *arguments)
    assert type(out) is type(W)
    assert np.array_equal(out.data, expected.data)
    out.sum().backward()
    assert np.array_equal(
        W.grad, [[ag.grad(getattr(ag, name))(x, *arguments) for x in row] for row in W.data]
    )


@pytest.mark.parametrize(
    "write",
    [
        lambda block: block.fill(5.0),
        lambda block: block.__setitem__(slice(None), 5.0),
        lambda block: block.__setitem__(block < 9.0, 5.0),
        lambda block: block.__setitem__((0, 1), 5.0) or block.__setitem__((0, 0), 5.0),
    ],
)
@pytest.mark.parametrize("part", ["data", "grad"])
def test_what_is_written_into_a_place_of_data_or_gradients_stays(part, write):
    W = values(np.zeros((1, 2)))
    write(getattr(W, part))
    assert getattr(W, part).tolist() == [[5.0, 5.0]]
    assert [getattr(w, part) for w in W.ravel()] == [5.0, 5.0]


@pytest.mark.parametrize("part", ["data", "grad"])
def test_what_is_computed_from_data_is_an_array_of_its_own(part):
    W = values(np.ones(2), "W")
    W.grad = 1.0
    block = getattr(W, part)
    for other in (
        2.0 * block,
        block.copy(),
        copy.deepcopy(block),
        pickle.loads(pickle.dumps(block)),
        -block,
    ):
        assert repr(other).startswith("array([")
        other[0] = 7.0
    assert getattr(W, part).tolist() == [1.0, 1.0]
    assert repr(block) == "array([1., 1.])"
    assert type(pickle.loads(pickle.dumps(block))) is np.ndarray
    assert np.array_equal(W.data @ W.grad, 2.0)
    assert type(W * block) is type(W)
