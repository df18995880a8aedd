"""Every primitive on arrays: gradients, lowered code and scalar equations, held against Values."""

import math
from fractions import Fraction

import numpy as np
import pytest
from conftest import close, every
from rolled import check, in_floats, of_arrays, of_lowered, on_demand, traced
from table import CASES, TABLE
from test_conventions import RECORDS, function_called
from test_number_types import RATIONAL

from autograd_scratch import Value, graph, modes
from autograd_scratch.checking.rules import points_of
from autograd_scratch.primitives.arithmetic import mul
from autograd_scratch.primitives.piecewise import detached
from autograd_scratch.program.number_types import Arithmetic
from autograd_scratch.program.replay import replayed
from autograd_scratch.program.rolled.scalars import scalar_equations

ROWS, COLUMNS = 2, 3
WEIGHTS = [0.5, -1.5, 2.0, 1.0, -0.25, 0.75]


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_a_primitive_entry_by_entry(p, arity):
    points = list(points_of(p, arity, ROWS * COLUMNS, seed=0))
    arrays = [np.reshape(column, (ROWS, COLUMNS)) for column in zip(*points)]
    check_rolled(p, weighted(p, [WEIGHTS[:3], WEIGHTS[3:]]), arrays)


def splits(arity):
    """Return how many terms each operand has: one has all, one has none at either end, or half and half."""
    half = arity // 2
    some = {(arity,), (0, arity - 1), (arity - 1, 0), (half, arity - half), (half, half, 0)}
    return sorted(split for split in some if sum(max(count, 1) for count in split) == arity and max(split))


ALONG = [
    pytest.param(*case.values, split, id=f"{case.id}/{split}", marks=case.marks)
    for case in CASES
    for split in splits(case.values[1])
    if case.values[0].arity is None or case.values[0].name.startswith("soft_cross_entropy")
]


@pytest.mark.parametrize(("p", "arity", "split"), ALONG)
def test_a_primitive_along_an_axis(p, arity, split):
    table = np.array(list(points_of(p, arity, ROWS, seed=1)))
    check_rolled(p, weighted(p, WEIGHTS[:ROWS], split), parts(table, split))
    check_rolled(p, weighted(p, WEIGHTS[0], split), parts(table[0], split))


def parts(table, split):
    """Return the operands whose terms are side by side in a table."""
    ends = np.cumsum([max(count, 1) for count in split])
    pieces = np.split(table, ends[:-1], axis=-1)
    return [piece if count else piece[..., 0] for piece, count in zip(pieces, split)]


def weighted(p, weights, split=None):
    """Return the loss that adds up what a primitive gives, each entry with a weight of its own."""

    def loss(ops, *operands):
        out = ops.each(p, *operands) if split is None else ops.along(p, *operands, terms=split)
        return ops.total(ops.each(mul, out, ops.table(weights)))

    return loss


def check_rolled(p, loss, arrays):
    scalar, numbers = check(loss, arrays)
    if p.name in RATIONAL:
        fractions = Arithmetic(Fraction)
        exact = on_demand(scalar, numbers, fractions.evaluate, fractions.constant)
        assert list(map(float, exact)) == pytest.approx(in_floats(scalar, numbers), rel=1e-12, abs=1e-11)
        assert all(type(x) is Fraction for x in exact)


def on_columns(name, terms):
    """Return a function of `conventions.json` on arrays of all its points, and how many arguments it has.

    Its graph is written once more on arrays; a single node of many terms, if asked for, along an axis.
    """
    arguments = [Value(float(x)) for x in RECORDS[name][0]["args"]]
    with modes.tracing():
        out = function_called(name)(*arguments)
    nodes = graph.toposort(out)

    def loss(ops, *columns):
        made = dict(zip(arguments, columns))
        if terms:
            (made[out],) = (ops.along(out.primitive, *columns, terms=(len(arguments),)),)
        else:
            for node in nodes:
                made[node] = ops.each(
                    node.primitive, *(made.get(parent, parent) for parent in node.parents)
                )
        return ops.total(made[out])

    is_of_many = len(nodes) == 1 and out.parents == tuple(arguments) and len(arguments) > 1
    return loss, is_of_many


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_hard_points(name):
    points = [list(map(float, record["args"])) for record in RECORDS[name]]
    slopes = [list(map(float, record["grads"])) for record in RECORDS[name]]
    values = [float(record["value"]) for record in RECORDS[name]]
    loss, is_of_many = on_columns(name, terms=False)
    entries = list(zip(points, slopes, values))
    check_hard(loss, list(np.array(points).T), entries)
    if is_of_many:
        loss, _ = on_columns(name, terms=True)
        check_hard(loss, [np.array(points)], entries)


def near(x, expected):
    return close(x, expected, 1e-11) or abs(x - expected) < 1e-300  # below which digits get lost


def check_hard(loss, arrays, entries):
    """Hold the gradients against those of each place; code and equations where no number is infinite.

    A Program asks the primitives again where a number is.
    """
    equations = traced(loss, arrays)
    scalar = scalar_equations(equations)
    numbers = [float(x) for array in arrays for x in np.ravel(array)]
    slopes = np.array([slopes for _, slopes, _ in entries])
    is_finite = [all(map(math.isfinite, [*point, *own, value])) for point, own, value in entries]
    is_finite = np.array([is_finite] * slopes.shape[1]).T
    if len(arrays) > 1:
        slopes, is_finite = slopes.T, is_finite.T
    _, gradient, _, _ = replayed(scalar, numbers)
    assert all(map(close, gradient, slopes.ravel()))
    lowered = of_lowered(equations, arrays)
    lowered = [x if math.isfinite(x) else slope for x, slope in zip(lowered, [0.0, *slopes.ravel()])]
    for found in (in_floats(scalar, numbers), of_arrays(equations, arrays), lowered):
        told = zip(found[1:], slopes.ravel(), numbers, is_finite.ravel(), strict=True)
        assert not [case for *case, is_told in told if is_told and not near(*case[:2])]


PLAIN = [p for p in TABLE.values() if p.arity == 1 and p is not detached]
STEEP = [0.0, -0.0, 1.0, -1.0, 0.5, -3.0, 40.0, 710.0, -710.0, -1e3, 1e-300, 1e308, -1e308]


@pytest.mark.parametrize("inner", every(6, PLAIN))
def test_code_that_never_raises_is_right_where_all_numbers_are_finite(inner):
    """Python raises where arrays go on with an infinity, which a second function may hide."""
    for outer in PLAIN:
        equations = traced(lambda ops, x, p=outer: ops.total(ops.each(p, ops.each(inner, x))), [STEEP])
        found = of_lowered(equations, [STEEP])[1:]
        _, expected, _, _ = replayed(scalar_equations(equations), STEEP)
        for x, slope, right in zip(STEEP, found, expected, strict=True):
            between = inner(x)
            if all(map(math.isfinite, (slope, right, outer(between)))) and abs(between) > 1e-300:
                assert near(slope, right), (outer, x)
