"""How far rounding can move a gradient that is right.

Monte Carlo arithmetic: forward and backward pass are computed anew, with every number some roundings off,
and what that does to a gradient, rounding does too. So digits are lost where terms cancel, and a hundred
layers through which no rounding grows lose none. An adjoint is off by a rounding of each of the terms that
it is the sum of, and where it is used twice not by the same: people sum up in other orders. A sigmoid's
derivative counts as large there as what `a * (1 - a)` is computed from, for that is how people write it.

Reference: D. S. Parker, "Monte Carlo arithmetic", UCLA report CSD-970002 (1997).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from ...collector import without_collector
from ..differences import EPSILON
from .activations import Region
from .forward import Forward
from .spreading import sizes_of, spread_of
from .table import Edges, numpy_if_there

ROUNDINGS = 64.0  # that an adjoint may be off
_OFF = 2.0**-46  # how far numbers are off, relative to their size: little more than rounding, for chaos
_RUNS = 3
_SOME_EDGES = 2_000  # of a graph for which NumPy pays, to first order
_MANY_EDGES = 500_000  # of a graph that is computed anew once only


class Rounding(NamedTuple):
    """For each node, how far a rounding of every number may move its adjoint, and the size of its terms."""

    bars: list[float]
    sizes: list[float]


@without_collector
def rounding_of(forward: Forward, regions: Sequence[Region], seed: int) -> Rounding:
    """Return what rounding may do to the right backward pass."""
    edges, written = forward.size, _written(regions)
    numpy = numpy_if_there() if edges >= _SOME_EDGES else None
    if numpy is not None:
        cells = sizes_of(forward, written, ROUNDINGS * EPSILON)
        spread = spread_of(forward, cells, _OFF, _RUNS if edges < _MANY_EDGES else 1, seed)
        bars = numpy.where(spread > cells, spread, cells)
        return Rounding((EPSILON * bars).tolist(), cells.tolist())
    sizes = _sizes(forward, written)
    bars = sizes.copy()
    random = Random(seed)
    for _ in range(_RUNS):
        moved = _swept(forward, _replayed(forward, random), sizes, random)
        for i, (a, b) in enumerate(zip(forward.adjoints, moved)):
            spread = abs(b - a) / _OFF
            if spread > bars[i]:
                bars[i] = spread
    return Rounding([EPSILON * bar for bar in bars], sizes)


def _sizes(forward: Forward, written: Mapping[int, tuple[int, float]]) -> list[float]:
    """Return the sum of the sizes of the terms that each adjoint is the sum of.

    What goes through a function of one argument is as far off as before. Where terms cancel to nothing but
    their rounding, that is as large as they are, wherever it flows.
    """
    sizes = [0.0] * len(forward.nodes)
    sizes[forward.loss] = 1.0
    for i in range(forward.loss, -1, -1):
        edges, adjoint = forward.edges[i], abs(forward.adjoints[i])
        is_cancelled = adjoint <= ROUNDINGS * EPSILON * sizes[i]
        size = sizes[i] if len(edges) == 1 or is_cancelled else adjoint
        if size:  # zero times the slope of an exp that overflows adds nothing, as in a sweep
            for parent, partial in edges:
                sizes[parent] += size * abs(partial)
        if i in written and adjoint:
            start, slope = written[i]
            sizes[start] += adjoint * slope
    return sizes


def _written(regions: Sequence[Region]) -> dict[int, tuple[int, float]]:
    """Return for outputs of activations the input, and how large the terms of the derivative by it are."""
    found = {}
    for region in regions:
        name = region.activation.name if region.activation else ""
        if name in ("sigmoid", "tanh", "softplus", "silu", "gelu", "mish"):
            for start, end, out in zip(region.inputs, region.outputs, region.out):
                found[end] = (start, abs(out) if name == "sigmoid" else 1.0)
    return found


def _replayed(forward: Forward, random: Random) -> list[Edges]:
    """Return the edges of a forward pass in which every number is a little off.

    Equal numbers are off alike: a tie stays a tie.
    """
    factors: dict[float, float] = defaultdict(lambda: 1.0 + random.uniform(-_OFF, _OFF))
    data: list[float] = []
    table: list[Edges] = []
    for node in forward.nodes:
        if node.primitive is None:
            out, partials = node._data, ()
        else:
            args = [x if x.__class__ is float else data[forward.numbers[x]] for x in node.parents]
            out, partials = node.primitive.linearize(*args)
        data.append(out * factors[node._data])
        table.append(forward.edges_of(node, partials))
    return table


def _swept(forward: Forward, table: Sequence[Edges], sizes: Sequence[float], random: Random) -> list[float]:
    """Return the adjoints of a backward pass in which every adjoint is a little off wherever it is used."""
    adjoints = [0.0] * len(table)
    adjoints[forward.loss] = 1.0
    for i in range(forward.loss, -1, -1):
        adjoint, off = adjoints[i], _OFF * sizes[i]
        if adjoint or off:
            for parent, partial in table[i]:
                adjoints[parent] += (adjoint + random.uniform(-off, off)) * partial
    return adjoints
