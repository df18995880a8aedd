"""How far rounding can move a gradient that is right.

Two estimates. The sum of the sizes of all terms that meet in an entry bounds what is lost where they
cancel; there a sigmoid's derivative counts as large as what `a * (1 - a)` is computed from, for that is how
people write it. And the forward pass is computed anew with every number a little off: what that does to
the gradient, of a prediction that is nearly its target say, rounding does too, in proportion.

Reference: D. S. Parker, "Monte Carlo arithmetic", UCLA report CSD-970002 (1997).
"""

from collections.abc import Sequence
from random import Random

from ..differences import EPSILON
from .activations import Region
from .forward import Edges, Forward

_OFF = 2.0**-36  # how far every number is off, relative to its size
_RUNS = 3
_MANY_EDGES = 500_000  # of a graph that is computed anew once only


def rounding_bars(forward: Forward, regions: Sequence[Region], seed: int) -> list[float]:
    """Return for each node how far a rounding of every number may move its adjoint, in units of EPSILON."""
    bars = _sizes(forward, regions)
    random = Random(seed)
    for _ in range(_RUNS if sum(map(len, forward.edges)) < _MANY_EDGES else 1):
        moved = forward.sweep(dict(enumerate(_replayed(forward, random))))
        for i, (a, b) in enumerate(zip(forward.adjoints, moved)):
            spread = abs(b - a) / _OFF
            if spread > bars[i]:
                bars[i] = spread
    return [EPSILON * bar for bar in bars]


def _sizes(forward: Forward, regions: Sequence[Region]) -> list[float]:
    """Return the sum of the sizes of all terms of each adjoint."""
    sizes: dict[int, Edges] = {
        i: tuple((parent, abs(partial)) for parent, partial in edges)
        for i, edges in enumerate(forward.edges)
    }
    for region in regions:
        name = region.activation.name if region.activation else ""
        if name in ("sigmoid", "tanh", "softplus", "silu", "gelu", "mish"):
            for start, end, out in zip(region.inputs, region.outputs, region.out):
                sizes[end] = ((start, abs(out) if name == "sigmoid" else 1.0),)
    return forward.sweep(sizes)


def _replayed(forward: Forward, random: Random) -> list[Edges]:
    """Return the edges of a forward pass in which every number is a little off."""
    data: list[float] = []
    table: list[Edges] = []
    for node in forward.nodes:
        if node.primitive is None:
            out, partials = node._data, ()
        else:
            args = [x if x.__class__ is float else data[forward.numbers[x]] for x in node.parents]
            out, partials = node.primitive.linearize(*args)
        data.append(out * (1.0 + (_OFF if random.random() < 0.5 else -_OFF)))
        table.append(forward.edges_of(node, partials))
    return table
