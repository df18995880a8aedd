"""Equations of arrays as NumPy: each kind of map, forward and adjoint, against the maps themselves."""

import math
import random
import re
from dataclasses import replace
from math import prod

import pytest

from autograd_scratch import derive
from autograd_scratch.primitives import exp, maximum, tanh
from autograd_scratch.primitives.conditions import both, either, opposite
from autograd_scratch.primitives.logits import logsumexp_p
from autograd_scratch.primitives.norms import norm_of
from autograd_scratch.primitives.piecewise import clamp_p, less, select, sign, step
from autograd_scratch.primitives.powers import power
from autograd_scratch.primitives.reductions import dot_p, max_p, mean_p, min_p, prod_p
from autograd_scratch.primitives.special import erf
from autograd_scratch.program.compilation import compiled
from autograd_scratch.program.equations import Equations, flat
from autograd_scratch.program.forms import leaves
from autograd_scratch.program.gradients import gradient
from autograd_scratch.program.notation import array_source
from autograd_scratch.program.rolled.structure import Along, Put, Take, summed, taken
from autograd_scratch.program.variables import Trace
from autograd_scratch.stepping.maps import Map, fitted, spread, strides_of

np = pytest.importorskip("numpy")


class Given:
    """A trace under construction, with what people would do to arrays."""

    def __init__(self):
        self.trace = Trace()
        self.numbers = random.Random(1)
        self.arguments = []

    def leaf(self, name, *shape):
        self.arguments.append(self.trace.leaf(name, shape))
        return self.arguments[-1]

    def table(self, name, *shape):
        return self.trace.table([self.numbers.gauss(0, 1) for _ in range(prod(shape))], shape, name)

    def along(self, inner, *args):
        return self.trace.apply(Along(inner, tuple(arg.shape[-1] for arg in args)), args)

    def contract(self, subscripts, *args):
        """A sum of products, as einsum has it."""
        before, after = subscripts.split("->")
        names = before.split(",")
        sizes = {n: size for axes, arg in zip(names, args) for n, size in zip(axes, arg.shape)}
        letters = [*after, *(n for n in sizes if n not in after)]
        space = tuple(sizes[n] for n in letters)
        product = None
        for axes, arg in zip(names, args):
            factor = taken(spread(arg.shape, space, [letters.index(n) for n in axes]), arg)
            product = factor if product is None else product * factor
        shape = tuple(sizes[n] for n in after)
        return summed(Map(space, shape, 0, (*strides_of(shape), *[0] * (len(space) - len(shape)))), product)

    def index(self, x, index):
        """What NumPy's indices and views of `x` take."""
        places = np.arange(prod(x.shape)).reshape(x.shape)
        chosen = index(places) if callable(index) else places[index]
        return taken(fitted(chosen.shape, x.shape, chosen.ravel().tolist()), x)

    def everything(self, x):
        return summed(Map(x.shape, (), 0, (0,) * len(x.shape)), x)

    def weighed(self, x):
        """A number that depends on each entry in its own way."""
        return self.everything(x * x * self.table("weights", *x.shape)) if x.shape else x * x


def equations_of(given, output):
    output.name = output.name or "loss"
    wrt = given.arguments
    slopes = gradient(given.trace, output, wrt)
    tables = [*given.trace.tables]
    equations, at = flat(given.trace, [output, *slopes, *wrt])
    return Equations(
        equations=equations,
        order=1,
        arguments={v.name: at(v) for v in wrt},
        fixed=(),
        frozen={at(v): given.trace.tables[v] for v in tables if at(v) is not None},
        wrt=tuple(map(at, wrt)),
        value=at(output),
        gradient=[at(slope) for slope in slopes],
        hessian=[],
        extras={},
        forms={},
        wrt_form=tuple(wrt),
    )


def evaluated(equations, arguments):
    """Compute all equations entry by entry, by the maps, and return the value and the gradient."""
    given = dict(zip(leaves(equations.wrt), arguments))
    made = []
    for i, equation in enumerate(equations.equations):
        if equation.primitive is None:
            numbers = given.get(i, equations.frozen.get(i))
            made.append(list(numbers) if isinstance(numbers, (list, tuple)) else [numbers])
            continue
        primitive, size = equation.primitive, prod(equation.shape)
        operands = [made[k] if isinstance(k, int) else [k] for k in equation.operands]
        if isinstance(primitive, Take):
            (x,) = operands
            made.append(
                [x[place % len(x)] for place in primitive.map.positions()]
            )  # numbers are arrays, too
        elif isinstance(primitive, Put):
            sums = [[] for _ in range(size)]
            for place, x in zip(primitive.map.positions(), operands[0] * (primitive.map.size or 1)):
                sums[place].append(x)
            made.append([math.fsum(terms) for terms in sums])
        elif isinstance(primitive, Along):
            rows = []
            for k in range(size):
                parts = [
                    x[k * n : (k + 1) * n] if n else [x[k % len(x)]]
                    for x, n in zip(operands, primitive.terms)
                ]
                rows.append(primitive.inner.forward(*primitive.flat(parts)))
            made.append(rows)
        else:
            made.append([primitive.forward(*(x[k % len(x)] for x in operands)) for k in range(size)])

    def numbers(index, like):
        found = made[index] if isinstance(index, int) else [index]
        return found * prod(like.shape) if len(found) == 1 else found

    pairs = zip(equations.gradient, leaves(equations.wrt))
    return made[equations.value][0], [numbers(g, equations.equations[at]) for g, at in pairs]


def check(given, output, integers=None):
    """Hold the function against the equations, and return its text."""
    equations = equations_of(given, output)
    source = array_source("loss", equations, "The loss and its gradient.", integers)
    shapes = [equations.equations[at].shape for at in equations.wrt]
    arguments = [[given.numbers.gauss(0, 1) for _ in range(prod(shape))] for shape in shapes]
    tables = [np.array(t.numbers).reshape(t.shape) for t in source.tables]
    arrays = [np.array(x).reshape(shape) if shape else x[0] for x, shape in zip(arguments, shapes)]
    before = [np.copy(x) for x in arrays]
    try:
        with np.errstate(all="ignore"):
            value, slopes = compiled(source)(*arrays, *tables)
    except Exception as error:
        raise AssertionError(source.text) from error
    alone = {}
    exec(source.text, alone)  # as a file has it
    with np.errstate(all="ignore"):
        assert alone["loss"](*arrays, *tables)[0] == value
    assert max(map(len, source.text.splitlines())) <= 100, source.text
    expected, expected_slopes = evaluated(equations, arguments)
    assert value == pytest.approx(expected, rel=1e-11), source.text
    for slope, numbers, shape in zip(slopes, expected_slopes, shapes):
        assert np.shape(slope) == shape, source.text
        assert np.ravel(slope).tolist() == pytest.approx(numbers, rel=1e-10, abs=1e-12), source.text
    assert all(np.array_equal(x, y) for x, y in zip(arrays, before))
    assert not any(np.shares_memory(g, x) for g in slopes for x in [*arrays, *tables] if np.shape(g))
    return source.text


CONTRACTIONS = {
    "nd,dh->nh": "X @ W",
    "nd,hd->nh": "X @ W.T",
    "dn,dh->hn": "W.T @ X",
    "dn,dh->nh": "X.T @ W",
    "nd,dh->hn": "W.T @ X.T",
    "nd,d->n": "X @ W",
    "dn,d->n": "W @ X",
    "d,dh->h": "X @ W",
    "h,dh->d": "W @ X",
    "d,hd->h": "W @ X",
    "d,d->": "X @ W",
    "nd,nd->": "(X * W).sum()",
    "nd,nd->n": "(X * W).sum(axis=1)",
    "n,h->nh": "X[:, None] * W",
    "n,h->hn": "X * W[:, None]",
    "bnd,bdh->bnh": "X @ W",
    "bnd,bhd->bnh": "X @ W.swapaxes(-1, -2)",
    "bnd,dh->bnh": "X @ W",
    "nbd,bdh->nbh": None,
    "nij,hij->nh": "np.tensordot(X, W, axes=([1, 2], [1, 2]))",
    "nij,ij->n": None,
    "ij,ji->": None,
    "nd->n": "X.sum(axis=1)",
    "nd->d": "X.sum(axis=0)",
    "nd->": "X.sum()",
    "nde->d": "X.sum(axis=(0, 2))",
    "nd,n->d": "W @ X",
    "nd,n->n": None,
    "nd,n->nd": None,
    "nd,d,n->": None,
    "nd,dh,n->nh": None,
    "nd,dh,h->n": None,
    "nd,dh,hk->nk": None,
    "nd,dh,nh->nh": None,
    "bqd,bkd,bkv->bqv": None,
    "ij,ij,ij->i": None,
    "n,d,h->ndh": None,
    "n,d->": None,
}
SIZES = {"n": 4, "d": 3, "h": 5, "b": 2, "i": 2, "j": 3, "e": 2, "k": 4, "q": 3, "v": 2}


@pytest.mark.parametrize("subscripts", CONTRACTIONS)
def test_products_that_are_summed(subscripts):
    given = Given()
    names = ["X", "W", "V"]
    args = [
        given.leaf(name, *(SIZES[letter] if subscripts != "ij,ji->" else 3 for letter in axes))
        for name, axes in zip(names, subscripts.split("->")[0].split(","))
    ]
    z = given.contract(subscripts, *args)
    z.name = "z"
    text = check(given, given.weighed(z) if z.shape else z)
    wanted = CONTRACTIONS[subscripts]
    assert wanted is None or f"z = {wanted}\n" in text, text


TAKES = {
    "x[1:]": ((4, 3), np.s_[1:]),
    "x[:, 1:]": ((4, 3), np.s_[:, 1:]),
    "x[::2, ::-1]": ((4, 3), np.s_[::2, ::-1]),
    "x[::-1]": ((5,), np.s_[::-1]),
    "x[3::-2]": ((5,), np.s_[3::-2]),
    "x[2]": ((4, 3), np.s_[2]),
    "x[:, 1]": ((4, 3), np.s_[:, 1]),
    "x[1, 2]": ((4, 3), np.s_[1, 2]),
    "x[None] ": ((4, 3), np.s_[None]),
    "x.reshape(2, 6)": ((4, 3), lambda x: x.reshape(2, 6)),
    "x.ravel()": ((4, 3), lambda x: x.reshape(-1)),
    "x.reshape(4, 3, 1)": ((4, 3), lambda x: x.reshape(4, 3, 1)),
    "x.T": ((4, 3), lambda x: x.T),
    "x.transpose(2, 0, 1)": ((2, 3, 4), lambda x: x.transpose(2, 0, 1)),
    "x.T.ravel()": ((4, 3), lambda x: x.T.ravel()),
    "x[:6].reshape(3, 2)": ((8,), lambda x: x[:6].reshape(3, 2)),
    "x[:6].reshape(3, 2)[:, :1]": ((8,), lambda x: x[:6].reshape(3, 2)[:, :1]),
    "x[2:].reshape(2, 3)[:, 1:]": ((8,), lambda x: x[2:].reshape(2, 3)[:, 1:]),
    "x[:, 2:].reshape(3, 3, 2)": ((3, 8), lambda x: x[:, 2:].reshape(3, 3, 2)),
    "x[:6].reshape(3, 2).T": ((8,), lambda x: x[:6].reshape(3, 2).T),
    "x[:, :, None]": ((4, 3), np.s_[:, :, None]),
    "(n, 1) to (n,)": ((4, 1), np.s_[:, 0]),
    "(1, h) to (n, h)": ((1, 3), lambda x: np.broadcast_to(x, (4, 3))),
    "(n, 1) to (n, h)": ((4, 1), lambda x: np.broadcast_to(x, (4, 3))),
    "(1, 1) to (n, h)": ((1, 1), lambda x: np.broadcast_to(x, (4, 3))),
    "(n,) to (n, h)": ((4,), lambda x: np.broadcast_to(x[:, None], (4, 3))),
    "(n,) to (n, 1)": ((4,), lambda x: x[:, None]),
    "windows": ((6,), lambda x: np.lib.stride_tricks.sliding_window_view(x, 3)),
    "windows, 2": ((7,), lambda x: np.lib.stride_tricks.sliding_window_view(x, 3)[::2]),
    "windows, dilated": ((7,), lambda x: np.lib.stride_tricks.sliding_window_view(x, 5)[:, ::2]),
    "windows of images": (
        (2, 4, 5),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 3), axis=(1, 2)),
    ),
    "x[[0, 2, 2]]": ((4, 3), np.s_[[0, 2, 2]]),
    "x[:, [0, 2, 2]]": ((4, 3), np.s_[:, [0, 2, 2]]),
    "x[[[0, 2], [1, 1]]]": ((4, 3), np.s_[np.array([[0, 2], [1, 1]])]),
    "x[arange, y]": ((4, 3), np.s_[np.arange(4), [0, 2, 2, 1]]),
    "x[arange, :, y]": ((4, 2, 3), lambda x: x[np.arange(4), :, [0, 2, 2, 1]]),
    "x[:, rows, columns]": ((2, 4, 3), np.s_[:, [0, 3, 1], [0, 2, 2]]),
    "x[rows][:, columns]": ((4, 3), np.s_[[[0], [3], [0]], [1, 2, 2, 1]]),
    "diagonal": ((4, 4), lambda x: np.diagonal(x)),
    "many": ((30,), np.s_[[i * i % 30 for i in range(30)]]),
    "x[order]": ((5,), np.s_[[3, 1, 0, 4, 2]]),
    "x[0:0+1]": ((4,), np.s_[1:2]),
}


@pytest.mark.parametrize("name", TAKES)
def test_what_is_taken(name):
    shape, index = TAKES[name]
    given = Given()
    x = given.leaf("x", *shape)
    y = given.index(x * x, index)
    check(given, given.weighed(y + y * y))
    given = Given()
    x = given.leaf("x", *shape)
    y = given.index(x, index)
    check(given, given.everything(y * given.table("weights", *y.shape)) if y.shape else y)


def mlp(n=4, d=3, h=5, o=2, first=()):
    given = Given()
    W1, b1 = given.leaf("W1", d, h), given.leaf("b1", *first, h)
    W2, b2 = given.leaf("W2", h, o), given.leaf("b2", *first, o)
    X, y = given.table("X", n, d), given.table("y", n, o)
    z1 = given.contract("nd,dh->nh", X, W1) + given.index(b1, lambda b: np.broadcast_to(b, (n, h)))
    z1.name = "z1"
    a1 = tanh(z1)
    a1.name = "a1"
    z2 = given.contract("nd,dh->nh", a1, W2) + given.index(b2, lambda b: np.broadcast_to(b, (n, o)))
    z2.name = "z2"
    error = z2 - y
    squares = error * error
    return given, given.along(mean_p, taken(Map((n * o,), (n, o), 0, (1,)), squares))


def test_a_network_reads_as_it_is_taught():
    text = check(*mlp())
    assert (
        text
        == '''import numpy as np


def loss(W1, b1, W2, b2, X, y):
    """The loss and its gradient."""
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    t1 = z2 - y
    loss = (t1 * t1).sum() / 8.0

    # backward
    dz2 = 2.0 * t1 / 8.0
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 / np.cosh(z1) ** 2
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)

    return loss, (dW1, db1, dW2, db2)
'''
    )


def apply(primitive, *args):
    return next(arg for arg in args if not isinstance(arg, float)).trace.apply(primitive, args)


def of_two(make, **options):
    """A number made of two arrays of shape (4, 3)."""
    given = Given()
    x, y = given.leaf("x", 4, 3), given.leaf("y", 4, 3)
    return given, given.weighed(make(given, x, y, **options))


def softmax(given, x, y):
    top = given.along(max_p, x)
    e = exp(x - taken(spread((4,), (4, 3), [0]), top))
    return e / taken(spread((4,), (4, 3), [0]), given.contract("nd->n", e))


OPERATIONS = {
    "np.maximum(x, y)": lambda given, x, y: maximum(x, y),
    "np.maximum(x, 0.0)": lambda given, x, y: apply(select, apply(less, 0.0, x), x, 0.0),
    "np.where(mask1, x * y, e1)": lambda given, x, y: apply(select, apply(less, x, y), x * y, exp(x)),
    "(x < y) & (y > 0.5)": lambda given, x, y: apply(
        select, apply(both, apply(less, x, y), apply(less, 0.5, y)), x, y * y
    ),
    "~(x < y)": lambda given, x, y: apply(select, apply(opposite, apply(less, x, y)), x, y * y),
    "(x < y) | (y > 0.5)": lambda given, x, y: apply(
        select, apply(either, apply(less, x, y), apply(less, 0.5, y)), x, y * y
    ),
    "erf(t1)": lambda given, x, y: erf(x * y),
    "np.sign(x)": lambda given, x, y: abs(x) * y,
    "abs(x)": lambda given, x, y: abs(x) * y,
    "** 3.5": lambda given, x, y: apply(power(3.5), abs(x)) * y,
    "x.max(axis=1)": lambda given, x, y: given.along(max_p, x),
    "x.min(axis=1)": lambda given, x, y: given.along(min_p, x),
    "t1.prod(axis=1)": lambda given, x, y: given.along(prod_p, x * y),
    "logsumexp": lambda given, x, y: given.along(logsumexp_p, x),
    "norm": lambda given, x, y: given.along(norm_of(2.0), x - y),
    "norm of 3": lambda given, x, y: given.along(norm_of(3.0), x - y),
    "softmax": softmax,
    "np.clip(": lambda given, x, y: apply(clamp_p, x, -0.5, 0.5) * y,
    "np.sign(x * y)": lambda given, x, y: apply(sign, x * y) * y,
    "np.heaviside(x * y, 0.0)": lambda given, x, y: apply(step, x * y) * y,
    "mean": lambda given, x, y: given.along(mean_p, x * y),
    "dot": lambda given, x, y: given.along(dot_p, x, y),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations(name):
    text = check(*of_two(OPERATIONS[name]))
    assert name in text or not set("(*") & set(name), text


def test_a_network_with_one_output_keeps_matrices():
    text = check(*mlp(o=1, first=(1,)))
    for line in (
        "z2 = a1 @ W2 + b2",
        "db2 = dz2.sum(axis=0, keepdims=True)",
        "dW2 = a1.T @ dz2",
        "da1 = dz2 @ W2.T",
        "db1 = dz1.sum(axis=0, keepdims=True)",
    ):
        assert f"    {line}\n" in text, text


def test_arrays_of_whole_numbers_are_called_by_their_names():
    given = Given()
    p = given.leaf("p", 6, 3)
    labels = (0, 1, 2, 1, 0, 2)
    chosen = given.index(p * p, np.s_[np.arange(6), labels])
    text = check(
        given,
        given.everything(chosen * given.table("t", 6)),
        {"labels": (labels, (6,)), "others": ((1, 2), (2,))},
    )
    assert "def loss(p, t, labels):" in text
    assert "p[np.arange(6), labels]" in text.replace("(p * p)", "p"), text
    assert "[np.arange(6), labels] = t" in text


def test_small_tables_stand_above_the_function_and_large_ones_are_arguments():
    given = Given()
    x = given.leaf("x", 40)
    rows = given.index(x, np.s_[[3, 1, 4, 1, 5, 9, 2, 6]]) * given.index(
        x, np.s_[[i * i % 40 for i in range(8)]]
    )
    more = given.index(x, np.s_[[i * i % 40 for i in range(30)]])
    text = check(given, given.everything(rows * given.table(None, 8)) + given.everything(more * more))
    assert "\nc1 = np.array([3, 1, 4, 1, 5, 9, 2, 6])\n" in text
    assert "def loss(x, c" in text
    assert "np.add.at(dx, c1, " in text


def test_a_flat_vector_of_parameters_is_seen_in_parts_and_its_gradient_is_joined():
    given = Given()
    p, X = given.leaf("p", 9), given.table("X", 4, 3)
    W = given.index(p, lambda p: p[:6].reshape(3, 2))
    b = given.index(p, lambda p: np.broadcast_to(p[6:8], (4, 2)))
    c = given.index(p, lambda p: np.broadcast_to(p[8], (4, 2)))
    z = (given.contract("nd,dh->nh", X, W) + b) * c
    z.name = "z"
    text = check(given, given.weighed(z))
    assert "X @ p[:6].reshape(3, 2) + p[6:8]" in text
    assert "np.concatenate([(X.T @ " in text


def test_what_goes_to_parts_of_a_sum_shares_one_buffer():
    given = Given()
    x = given.leaf("x", 4, 3)
    z = given.index(x, np.s_[1:]) * given.index(x, np.s_[:-1])
    text = check(given, given.weighed(z) + given.weighed(x))
    assert text.count("np.zeros") == 0
    assert "    dx[1:] += " in text
    assert "    dx[:3] += " in text


@pytest.mark.parametrize("shape", [(4, 2), (4,), (2,)])
def test_a_gate_does_not_fill_the_space_of_a_product(shape):
    given = Given()
    x, W = given.leaf("x", 4, 3), given.leaf("W", 3, 2)
    axes = [0, 1] if len(shape) == 2 else [0] if shape == (4,) else [1]
    is_on = apply(less, 0.0, taken(spread(shape, (4, 2), axes), given.table("mask", *shape)))
    z = given.contract("nd,dh->nh", x, W)
    text = check(given, given.weighed(apply(select, is_on, z, 0.5)))
    assert "dW = x.T @ " in text, text
    assert "[:, :, None]" not in text


def test_a_function_of_two_arguments_in_containers():
    given = Given()
    x, y = given.leaf("x", 3), given.leaf("y", 2)
    equations = equations_of(given, given.everything(x * x) * given.everything(y))
    both = {"a": equations.wrt[0], "b": [equations.wrt[1]]}
    equations = replace(equations, arguments={"parameters": both}, wrt=both)
    source = array_source("loss", equations, "The loss.")
    value, gradient_ = compiled(source)({"a": np.array([1.0, 2.0, 3.0]), "b": [np.array([1.0, -3.0])]})
    assert value == -28.0
    assert gradient_["a"].tolist() == [-4.0, -8.0, -12.0]
    assert gradient_["b"][0].tolist() == [14.0, 14.0]


X = np.array([[0.5, -1.1, 0.3], [1.2, 0.4, -0.7], [-0.6, 0.9, 1.5], [0.2, -0.3, 0.8]])
y = np.array([[1.0], [0.0], [1.0], [0.0]])
one_hot = np.eye(3)[[2, 0, 1, 0]]


def tutorial(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    a2 = 1 / (1 + np.exp(-z2))
    return np.sum((a2 - y) ** 2) / 4


def samples_in_columns(W1, b1, W2, b2):
    Z1 = W1 @ X.T + b1
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2
    return np.mean((Z2 - y.T) ** 2)


def classifier(W, b):
    z = X @ W + b
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.sum(one_hot * np.log(p), axis=1))


TAUGHT = {
    tutorial: (
        {"W1": (3, 4), "b1": (1, 4), "W2": (4, 1), "b2": (1, 1)},
        ["z1 = X @ W1 + b1", "a1 = np.tanh(z1)", "z2 = a1 @ W2 + b2", "loss = (t2 * t2).sum() / 4.0"],
        ["db2 = dz2.sum(axis=0, keepdims=True)", "dW2 = a1.T @ dz2", "da1 = dz2 @ W2.T"],
        ["db1 = dz1.sum(axis=0, keepdims=True)", "dW1 = X.T @ dz1", "return loss, (dW1, db1, dW2, db2)"],
    ),
    samples_in_columns: (
        {"W1": (4, 3), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)},
        ["Z1 = W1 @ X.T + b1", "Z2 = W2 @ A1 + b2", "dW2 = dZ2 @ A1.T", "dA1 = W2.T @ dZ2"],
        ["db1 = dZ1.sum(axis=1, keepdims=True)", "dW1 = dZ1 @ X"],
    ),
    classifier: (
        {"W": (3, 3), "b": (3,)},
        ["z = X @ W + b", "e = np.exp(z)", "total1 = e.sum(axis=1, keepdims=True)", "p = e / total1"],
        ["dz = de * e", "db = dz.sum(axis=0)", "dW = X.T @ dz"],
    ),
}


@pytest.mark.parametrize("function", TAUGHT, ids=lambda function: function.__name__)
def test_programs_of_arrays_read_as_they_are_taught(function):
    shapes, *expected = TAUGHT[function]
    numbers = np.random.default_rng(1)
    at = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    program = derive(function, inputs=at, wrt=[*at])
    lines = [line.strip() for line in program.source.splitlines()]
    places = [lines.index(line) for part in expected for line in part]
    assert len({*places}) == len(places)
    value, slopes = program(**at)
    assert value == pytest.approx(function(**at), rel=1e-13)
    for name, slope in zip(at, slopes):
        step = np.zeros(shapes[name])
        step.flat[-1] = 1e-6
        there, back = (function(**{**at, name: at[name] + s * step}) for s in (1, -1))
        assert slope.flat[-1] == pytest.approx((there - back) / 2e-6, rel=1e-5, abs=1e-8)


def three_layers(W1, b1, W2, b2, W3, b3):
    a1 = np.maximum(X @ W1 + b1, 0)
    z2 = a1 @ W2 + b2
    a2 = np.tanh(z2)
    z3 = a2 @ W3 + b3
    e = np.exp(z3)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(one_hot * np.log(p)) / len(X)


def without_biases(W1, W2):
    h = np.maximum(X @ W1, 0)
    out = h @ W2
    return np.sum((out - y) ** 2)


def normalized(W1, gamma, beta, W2):
    h = X @ W1
    n = (h - h.mean(axis=0)) / np.sqrt(h.var(axis=0) + 1e-5)
    o = gamma * n + beta
    return np.mean((np.tanh(o) @ W2 - y) ** 2)


THREE = {"W1": (3, 4), "b1": (4,), "W2": (4, 5), "b2": (1, 5), "W3": (5, 3), "b3": (1, 3)}
ORDERS = {  # what is written in which order in the backward part, among others
    "three layers": (three_layers, THREE, "dz3 dW3 db3 da2 dz2 dW2 db2 da1 dW1 db1"),
    "biases first": (
        three_layers,
        {name: THREE[name] for name in ("b1", "W1", "b2", "W2", "b3", "W3")},
        "dz3 db3 dW3 da2 dz2 db2 dW2 da1 db1 dW1",
    ),
    "without biases": (without_biases, {"W1": (3, 4), "W2": (4, 1)}, "dout dW2 dh dW1"),
    "normalized": (
        normalized,
        {"W1": (3, 4), "gamma": (4,), "beta": (4,), "W2": (4, 1)},
        "dW2 do dgamma dbeta dn dh dW1",
    ),
}


@pytest.mark.parametrize("style", ["exact", "textbook"])
@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_the_backward_part_is_that_of_lectures(name, style):
    function, shapes, expected = ORDERS[name]
    numbers = np.random.default_rng(2)
    at = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    program = derive(lambda **given: function(**given), inputs=at, wrt=[*at], style=style)
    _, backward = program.source.split("# backward")
    written = re.findall(r"^    (\w+) = ", backward, re.MULTILINE)
    assert [name for name in written if name in expected.split()] == expected.split(), program.source


RECIPROCALS = {  # what is written of a derivative by each style
    "2 / 15": (lambda w: np.mean((w - X5) ** 2), ["2.0 * t1 / 15.0"]),
    "-1 / 15": (lambda w: -np.mean(X5 * np.exp(w)), ["-X5 / 15.0", "e1"]),
    "of one row": (lambda w: -np.sum(np.log(w)[np.arange(5), [0, 2, 1, 1, 0]]) / 6, ["= -1.0 / 6.0"]),
    "a power of two": (lambda w: np.sum(np.exp(w)) * 0.25, ["0.25"]),
    "a short number": (lambda w: np.sum(np.exp(w)) * 0.3, ["0.3 * "]),
}
X5 = np.random.default_rng(3).normal(size=(5, 3))


@pytest.mark.parametrize("style", ["exact", "textbook"])
@pytest.mark.parametrize("name", RECIPROCALS)
def test_what_a_slope_is_divided_by_is_not_multiplied_with(name, style):
    function, expected = RECIPROCALS[name]
    at = abs(X5) + 0.5
    program = derive(function, inputs=[at], style=style)
    backward = program.source.split("# backward")[1]
    assert all(part in backward for part in expected), program.source
    assert not re.search(r"\d\.\d{9}", backward), program.source
    step = np.zeros_like(at)
    step[0, 0] = 1e-6
    slope = program(at)[1]
    slope = slope[0] if isinstance(slope, tuple) else slope
    assert slope[0, 0] == pytest.approx(
        (function(at + step) - function(at - step)) / 2e-6, rel=1e-5, abs=1e-9
    )


def test_a_sum_of_products_with_one_column_is_summed_product_by_product():
    given = Given()
    h, g, w = given.leaf("h", 4, 3), given.leaf("g", 4, 3), given.leaf("w", 3, 1)
    z, o = given.contract("nd,dh->nh", h, w), given.contract("nd,dh->nh", g, w)
    text = check(given, given.weighed(z) - given.weighed(o))
    assert "h.T @ " in text, text
    assert "g.T @ " in text, text
    assert ".sum(axis=0" not in text, text


def test_pairs_of_indices_take_whole_rows_of_what_is_added():
    given = Given()
    x, y = given.leaf("x", 5, 3), given.leaf("y", 2, 4)
    rows = given.index(x, np.s_[np.array([[0, 2, 1, 0], [4, 0, 2, 2]])])
    z = rows * taken(spread((2, 4), (2, 4, 3), [0, 1]), y)
    text = check(given, given.weighed(z))
    assert "np.add.at(dx" in text
    assert "slice(None)" not in text, text


def test_entries_of_what_is_broadcast_are_taken_from_what_it_is_made_of():
    given = Given()
    x = given.leaf("x", 6)
    z = given.index(taken(spread((6,), (3, 6), [1]), exp(x)), np.s_[np.arange(3), [1, 4, 2]])
    text = check(given, given.weighed(z))
    assert "[np.array([1, 4, 2])]" in text, text
    assert "np.arange(3), np.array([1, 4, 2])]\n" not in text.split("# backward")[0], text


TESTED = {
    "np.isnan(": lambda w: np.nansum(np.log(abs(w)) * w),
    "w == 1.0": lambda w: np.sum(np.where(w == 1.0, w, w * w * w)),
    "(w <= 1.0) & (w >= 0.5)": lambda w: np.sum(np.where((w <= 1.0) & (w >= 0.5), w, w * w * w)),
}


@pytest.mark.parametrize("expected", TESTED)
def test_conditions_are_those_that_people_wrote(expected):
    at = np.array([[1.0, 0.75, -2.0], [2.5, 1.0, 3.0]])
    function = TESTED[expected]
    program = derive(function, inputs=[at])
    assert expected in program.source, program.source
    assert program(at)[0] == pytest.approx(function(at), rel=1e-14)


def test_loops_count_with_names_that_are_free():
    given = Given()
    i = given.leaf("i", 2, 4, 5)
    windows = given.index(i * i, TAKES["windows of images"][1])
    text = check(given, given.weighed(windows) + given.weighed(i))
    assert "for i in" not in text
    assert "for j in range(2):" in text
    assert "for k in range(3):" in text


def test_a_sum_of_products_is_summed_product_by_product():
    given = Given()
    h, g = given.leaf("h", 4, 3), given.leaf("g", 4, 3)
    V = given.leaf("V", 3, 2)
    z, o = given.contract("nd,dh->nh", h, V), given.contract("nd,dh->nh", g, V)
    text = check(given, given.weighed(z) - given.weighed(o))
    assert "h.T @ " in text, text
    assert "g.T @ " in text, text
    assert ", None" not in text, text
