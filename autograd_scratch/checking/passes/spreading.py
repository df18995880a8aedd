"""What roundings do to a backward pass, to first order: for large graphs, in arrays of NumPy's.

Each number moves by what its parents move, and by a rounding of its own; local derivatives move with the
numbers that they depend on; and an adjoint moves by what the derivatives do to its terms, and by a rounding
of each. All of it is in units of a rounding, and in a column for each draw of roundings.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, repeat
from typing import Any

from .flow import Flow, Group
from .forward import Forward

_LINEAR = ("add", "sub", "neg", "sum", "mean", "fsum")  # whose derivatives are constants
_BLOCK = 1 << 18  # edges that are gone along at once
_BILINEAR = ("mul", "dot")  # products of the first and second half of the arguments


def sizes_of(forward: Forward, written: Mapping[int, tuple[int, float]], cancelled: float) -> Any:
    """Return the sum of the sizes of the terms of each adjoint.

    Where an adjoint is no more than `cancelled` of it, all terms flow on, and else what is left of them.
    """
    import numpy

    flow, table = forward.columns.flow, forward.table
    adjoints = numpy.abs(forward.adjoints)
    given = numpy.zeros(len(table))
    given[forward.loss] = 1.0
    for i, (start, slope) in written.items():
        given[start] += adjoints[i] * slope
    rows = numpy.argsort(flow.row)
    given, own, single = given[rows], adjoints[rows], numpy.diff(table.starts)[rows] == 1
    sizes = numpy.empty(len(table))

    def settle(k: int, group: Group, into: Any) -> None:
        here = slice(group.first, group.last)
        sizes[here] = total = into[here, 0] + given[here]
        into[here, 0] = numpy.where(single[here] | (own[here] <= cancelled * total), total, own[here])

    flow.run(flow.placed(numpy.abs(table.partials))[:, None], 1, settle)
    return sizes[flow.row]


def spread_of(forward: Forward, sizes: Any, off: float, runs: int, seed: int) -> Any:
    """Return how far each adjoint moves at the most, in some draws of roundings.

    Numbers are as far off as `off` says where derivatives are taken anew.
    """
    import numpy

    table, random = forward.table, numpy.random.default_rng(seed)
    values, kind = numpy.unique(forward.data, return_inverse=True)
    own = forward.data[:, None] * random.uniform(-1.0, 1.0, (len(values), runs))[kind]  # a tie stays a tie
    forwards, backwards = Flow(table.rows, numpy.array(forward.heights)), forward.columns.flow
    moved = forwards.added(forwards.placed(table.partials)[:, None], own)
    del forwards
    with numpy.errstate(all="ignore"):
        terms = _of_derivatives(forward, moved, off) + _of_terms(forward, sizes, runs, random)
    return numpy.abs(backwards.added(backwards.placed(table.partials)[:, None], terms)).max(axis=1)


def _of_derivatives(forward: Forward, moved: Any, off: float) -> Any:
    """Return by how much adjoints move because local derivatives do."""
    import numpy

    numbers = forward.numbers
    drawn = (forward.data[:, None] + off * moved).tolist()
    products: list[tuple[int, int, float]] = []  # a node, the derivative by it, the adjoint
    others: list[tuple[int, float, float, tuple[float, ...]]] = []  # and the derivative in each draw
    for i, adjoint in enumerate(forward.adjoints):
        node = forward.nodes[i]
        args, name = node.parents, forward.name_of(i)
        if not adjoint or not args or name in _LINEAR:
            continue
        if name in _BILINEAR:
            for x, y in _pairs(args):
                products += [(numbers[x], numbers[y], adjoint), (numbers[y], numbers[x], adjoint)]
            continue
        ids = [-1 if x.__class__ is float else numbers[x] for x in args]
        columns = zip(*(repeat(x) if k < 0 else drawn[k] for k, x in zip(ids, args)))
        partials = zip(*(node.primitive.linearize(*column)[1] for column in columns))
        others += [(k, adjoint, d, now) for k, d, now in zip(ids, node.partials, partials) if k >= 0]
    terms = numpy.zeros(moved.shape)
    if products:
        nodes, slopes, adjoints = map(numpy.array, zip(*products))
        numpy.add.at(terms, nodes, adjoints[:, None] * moved[slopes])
    if others:
        nodes, adjoints, slopes, now = map(numpy.array, zip(*others))
        changes = now - slopes[:, None]
        changes[now == slopes[:, None]] = 0.0
        numpy.add.at(terms, nodes, adjoints[:, None] * (changes / off))
    return terms


def _pairs(args: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Return the factors of each product of two nodes."""
    half = len(args) // 2
    first, second = args[:half], args[half : 2 * half]
    if {*map(type, first)} == {float} or {*map(type, second)} == {float}:
        return ()
    return [(x, y) for x, y in zip(first, second) if x.__class__ is not float is not y.__class__]


def _of_terms(forward: Forward, sizes: Any, runs: int, random: Any) -> Any:
    """Return by how much adjoints move because each of their terms is off by a rounding."""
    import numpy

    table, found = forward.table, numpy.zeros((len(forward.nodes), runs))
    cuts = numpy.searchsorted(table.starts, range(0, len(table.parents), _BLOCK))
    for first, last in pairwise([*numpy.unique(cuts), len(table)]):
        here = slice(table.starts[first], table.starts[last])
        amounts = numpy.repeat(sizes[first:last], numpy.diff(table.starts[first : last + 1]))
        amounts *= numpy.where(amounts == 0.0, 0.0, table.partials[here])
        for k in range(runs):
            drawn = amounts * random.uniform(-1.0, 1.0, len(amounts))
            found[:, k] += numpy.bincount(table.parents[here], drawn, len(table))
    return found
