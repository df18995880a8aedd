"""Arrays in a trace, for tests: one function written for Values and for Variables, and a plain evaluation.

`OnValues` and `InTrace` have the same methods. On Values they do what NumPy and loops do, in a trace they
apply `take`, `put` and primitives along an axis.
"""

from itertools import product
from math import prod

import numpy as np

from autograd_scratch import Value
from autograd_scratch.primitives.piecewise import select
from autograd_scratch.primitives.reductions import sum_p
from autograd_scratch.program.equations import Equations, flat
from autograd_scratch.program.forms import leaves
from autograd_scratch.program.gradients import gradient
from autograd_scratch.program.structure import Along, Put, Take, summed, taken
from autograd_scratch.program.variables import Trace, Variable
from autograd_scratch.stepping.maps import Map, fitted


class OnValues:
    """Arrays of Values, entry by entry."""

    def take(self, x, index):
        """Return entries: those that `index` takes of the array of all places."""
        return np.array(index(np.array(x, object)), object)

    def put(self, x, where, shape):
        """Add entries up: each goes where an array of places says."""
        out = np.full(prod(shape), 0.0, object)
        for entry, place in zip(np.ravel(x), np.ravel(where)):
            out[place] = out[place] + entry
        return out.reshape(shape)

    def each(self, primitive, *operands):
        """Apply a primitive entry by entry."""
        arrays = np.broadcast_arrays(*(np.array(x, object) for x in operands))
        entries = [primitive(*row) for row in zip(*map(np.ravel, arrays))]
        return np.array([*entries, None], object)[:-1].reshape(arrays[0].shape)

    def along(self, primitive, *operands, terms):
        """Apply a primitive of many terms, which are the last axis of those operands that have some."""
        columns = []
        for x, count in zip(operands, terms):
            entries = np.array(x, object)
            columns += [entries[..., k] if entries.shape else entries for k in range(count)] or [entries]
        return self.each(primitive, *columns)

    def table(self, numbers):
        return np.array(numbers, float)

    def total(self, x):
        return sum_p(*np.ravel(x))


class InTrace:
    """Arrays as Variables of a trace."""

    def __init__(self):
        self.trace = Trace()

    def take(self, x, index):
        places = np.array(index(np.arange(prod(x.shape)).reshape(x.shape)))
        return taken(fitted(places.shape, x.shape, places.ravel().tolist()), x)

    def put(self, x, where, shape):
        where = np.array(where)
        return summed(fitted(where.shape, shape, where.ravel().tolist()), x)

    def each(self, primitive, *operands):
        return self.trace.apply(primitive, operands)

    def along(self, primitive, *operands, terms):
        return self.trace.apply(Along(primitive, terms), operands)

    def table(self, numbers):
        numbers = np.array(numbers, float)
        return self.trace.table(numbers.ravel().tolist(), numbers.shape)

    def total(self, x):
        return summed(Map(x.shape, (), 0, (0,) * len(x.shape)), x)


def traced(function, arrays):
    """Return the Equations of a function of arrays, with its gradient by all of them."""
    ops = InTrace()
    arguments = {f"x{i}": ops.trace.leaf(f"x{i}", np.shape(array)) for i, array in enumerate(arrays)}
    loss = function(ops, *arguments.values())
    slopes = gradient(ops.trace, loss, list(arguments.values()))
    equations, at = flat(ops.trace, [loss, *slopes, *arguments.values()])
    places = {key: at(variable) for key, variable in arguments.items()}
    return Equations(
        equations=equations,
        order=1,
        arguments=places,
        fixed=(),
        frozen={at(v): numbers for v, numbers in ops.trace.tables.items() if at(v) is not None},
        wrt=places,
        value=at(loss),
        gradient=[at(slope) for slope in slopes],
        hessian=[],
        extras={},
        forms=dict.fromkeys(places),
        wrt_form=dict.fromkeys(places),
    )


def eager(function, arrays):
    """Return value and gradients of a function on Values."""
    leaves_ = [np.array([*map(Value, np.ravel(a)), None], object)[:-1].reshape(np.shape(a)) for a in arrays]
    loss = function(OnValues(), *leaves_)
    loss.backward()
    return loss.data, [value.grad for array in leaves_ for value in array.ravel()]


def evaluated(equations, results, given):
    """Return some results as flat lists: each equation of arrays computed in loops, on plain floats.

    `given` has the flat numbers of leaves. Nothing here knows of what the package has for that.
    """
    known = dict(given)

    def entries(index, size):
        found = known[index] if isinstance(index, int) else [index]
        assert len(found) in (1, size)
        return found if len(found) == size else found * size

    for i, equation in enumerate(equations):
        primitive, operands, shape = equation.primitive, equation.operands, equation.shape
        if i in known or primitive is None:
            continue
        size = prod(shape)
        if isinstance(primitive, Take):
            source = entries(operands[0], prod(primitive.map.source))
            known[i] = [source[place] for place in _places(primitive.map)]
        elif isinstance(primitive, Put):
            known[i] = [0.0] * size
            for place, x in zip(_places(primitive.map), entries(operands[0], prod(primitive.map.space))):
                known[i][place] += x
        else:
            counts = primitive.terms if isinstance(primitive, Along) else [0] * len(operands)
            inner = primitive.inner if isinstance(primitive, Along) else primitive
            rows = [[] for _ in range(size)]
            for index, count in zip(operands, counts):
                found = entries(index, size * (count or 1))
                for k, row in enumerate(rows):
                    row += found[k * count : (k + 1) * count] if count else [found[k]]
            known[i] = [_called(inner, row) for row in rows]
    return [known[index] if isinstance(index, int) else [index] for index in results]


def _called(primitive, args):
    if primitive is select:
        return args[1] if args[0] else args[2]
    return float(primitive.evaluate(*map(float, args)))


def _places(map_):
    if map_.table is not None:
        return map_.table
    return [
        map_.offset + sum(i * stride for i, stride in zip(index, map_.strides))
        for index in product(*map(range, map_.space))
    ]


def results_of(equations):
    """Return the positions of value and gradient, and how many numbers each has."""
    shapes = [equations.equations[index].shape for index in leaves(equations.wrt)]
    return [equations.value, *equations.gradient], [1, *map(prod, shapes)]


def spread_out(found, sizes):
    """Return one flat list of results; a single number stands for each entry."""
    return [x for own, size in zip(found, sizes) for x in (own * size if len(own) == 1 else own)]


__all__ = ["InTrace", "OnValues", "Variable", "eager", "evaluated", "results_of", "spread_out", "traced"]
