"""Arrays in a trace, for tests: one function written for Values and for Variables, and a plain evaluation.

`OnValues` and `InTrace` have the same methods. On Values they do what NumPy and loops do, in a trace they
apply `take`, `put` and primitives along an axis.
"""

import math
from itertools import product
from math import prod

import numpy as np
import pytest
from wasm import run_nests

from autograd_scratch import Value
from autograd_scratch.primitives.piecewise import select
from autograd_scratch.primitives.reductions import sum_p
from autograd_scratch.program.compilation import compiled
from autograd_scratch.program.demand import demanded
from autograd_scratch.program.equations import Equations, flat
from autograd_scratch.program.forms import leaves
from autograd_scratch.program.gradients import gradient
from autograd_scratch.program.lowering import lower
from autograd_scratch.program.machine.source import laid_out, loop_source
from autograd_scratch.program.nests.tracing import nests_of_equations
from autograd_scratch.program.program import Program
from autograd_scratch.program.replay import replayed
from autograd_scratch.program.rolled.scalars import scalar_equations
from autograd_scratch.program.rolled.structure import Along, Put, Take, summed, taken
from autograd_scratch.program.variables import Trace
from autograd_scratch.program.wasm.formulas import MORE
from autograd_scratch.program.wasm.lanes import in_pairs
from autograd_scratch.program.wasm.operations import NoFormError
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
        apply = chosen if primitive is select else primitive
        entries = [apply(*row) for row in zip(*map(np.ravel, arrays))]
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


def chosen(condition, one, other):
    """Return one of two numbers, as `where` does when it is not recorded."""
    return one if getattr(condition, "data", condition) else other


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
        extras_forms={},
    )


def eager(function, arrays):
    """Return value and gradients of a function on Values."""
    leaves_ = [np.array([*map(Value, np.ravel(a)), None], object)[:-1].reshape(np.shape(a)) for a in arrays]
    loss = np.ravel(function(OnValues(), *leaves_))[0]
    if not isinstance(loss, Value):
        return float(loss), [0.0 for array in leaves_ for _ in array.ravel()]
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


def on_demand(equations, numbers, apply, constant):
    """Return value and gradient of scalar equations at numbers for the leaves of all arguments."""
    places = [index for tree in equations.arguments.values() for index in leaves(tree)]
    given = dict(zip(places, map(constant, numbers), strict=True))
    given |= {index: constant(x) for index, x in equations.frozen.items()}
    wanted = [equations.value, *equations.gradient]
    return demanded(equations.equations, wanted, given, apply, constant)


def in_floats(equations, numbers):
    return on_demand(equations, numbers, lambda primitive, args: primitive.evaluate(*args), float)


def of_arrays(equations, arrays):
    """Return value and gradient of equations of arrays, evaluated in loops."""
    results, sizes = results_of(equations)
    given = {index: list(map(float, np.ravel(a))) for index, a in zip(equations.arguments.values(), arrays)}
    given |= {index: list(numbers) for index, numbers in equations.frozen.items()}
    return spread_out(evaluated(equations.equations, results, given), sizes)


def of_lowered(equations, arrays):
    """Return value and gradient of the equations as they are written for speed, evaluated in loops."""
    results, sizes = results_of(equations)
    trace, at = lower(equations.equations)
    inputs = [*equations.arguments.values(), *equations.frozen]
    numbers = [*arrays, *equations.frozen.values()]
    given = {at(index): list(map(float, np.ravel(x))) for index, x in zip(inputs, numbers, strict=True)}
    given |= {variable: list(table) for variable, table in trace.tables.items()}
    lowered, place = flat(trace, [*map(at, results), *given])
    known = {place(variable): x for variable, x in given.items()}
    return spread_out(evaluated(lowered, [place(at(index)) for index in results], known), sizes)


def of_nests(equations, arrays):
    """Return value and gradient as the loop nests give them, in Python; nan where that raises."""
    nests, _ = nests_of_equations(equations)
    layout = laid_out(nests)
    memory = [math.nan] * layout.size
    numbers = zip(nests.arguments, (map(float, np.ravel(x)) for x in arrays), strict=True)
    for array, entries in [*nests.tables.items(), *numbers]:
        memory[layout.offsets[array] : layout.offsets[array] + array.size] = entries
    _, sizes = results_of(equations)
    try:
        compiled(loop_source("loss", nests, layout, plus=None))(memory, layout.tables)
    except (ArithmeticError, ValueError):
        return [math.nan] * sum(sizes)
    found = [
        [r] if isinstance(r, float) else memory[layout.offsets[r] : layout.offsets[r] + r.size]
        for r in nests.results
    ]
    return spread_out(found, sizes)


def of_wasm(equations, arrays):
    """Return value and gradient as WebAssembly gives them; None where a function has no form there."""
    nests, _ = nests_of_equations(equations, in_pairs, MORE)
    _, sizes = results_of(equations)
    try:
        return spread_out(run_nests(nests, [[*map(float, np.ravel(x))] for x in arrays]), sizes)
    except NoFormError:
        return None


def check(function, arrays, tolerance=1e-12):
    """Hold all readers of a function of arrays against Values, at one place."""
    value, slopes = eager(function, arrays)
    expected = [value, *slopes]
    assert all(map(math.isfinite, expected))
    equations = traced(function, arrays)
    scalar = scalar_equations(equations)
    numbers = [float(x) for array in arrays for x in np.ravel(array)]
    total, gradient, _, _ = replayed(scalar, numbers)
    program = Program("rolled", scalar, frozen_branches=False)
    given = [np.array(array, float).tolist() for array in arrays]
    of_program = program(*given)
    size = 1.0 + max(map(abs, slopes), default=0.0)
    for found in (
        in_floats(scalar, numbers),
        of_arrays(equations, arrays),
        [total, *gradient],
        leaves(of_program),
    ):
        assert found == pytest.approx(expected, rel=tolerance, abs=tolerance * size)
    pairs = [pair for pair in zip(of_lowered(equations, arrays), expected) if math.isfinite(pair[0])]
    assert len(pairs) > 1
    pairs += [pair for pair in zip(of_nests(equations, arrays), expected) if math.isfinite(pair[0])]
    pairs += [pair for pair in zip(of_wasm(equations, arrays) or (), expected) if math.isfinite(pair[0])]
    for found, number in pairs:  # where it is no number, a Program asks the primitives again
        assert found == pytest.approx(number, rel=tolerance, abs=tolerance * size)
    return scalar, numbers
