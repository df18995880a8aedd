"""How gradients go through a `select`, which keeps the arm that is not chosen.

That arm takes no part in the gradient, not even where its partials are infinite: zero times infinity
would be nan. So an adjoint that enters an arm is guarded by the condition. What it is multiplied with later
is behind the guard too, and where guards meet, one is there for both.

    >>> from autograd_scratch import Value, graph, modes
    >>> from autograd_scratch.primitives import log, where
    >>> x = Value(0.0)
    >>> with modes.tracing():
    ...     y = where(x > 0.0, log(x), 2.0 * x)
    ...     adjoints = graph.pull_back(graph.toposort(y), {y: 1.0}, partials_of=guarded_partials)
    ...     slope = opened(adjoints[x])
    >>> slope
    Value(data=2.0)
"""

from functools import reduce
from math import isfinite
from typing import Any

from .ieee import NAN
from .primitives import is_node
from .primitives.conditions import CONDITIONS, both, either, opposite
from .primitives.piecewise import detached, less, select, where


class Guarded:
    """A number that counts where a condition holds, and is 0.0 where it does not, whatever it is."""

    __slots__ = ("condition", "number")

    def __init__(self, condition: Any, number: Any = 1.0) -> None:
        self.condition = condition
        self.number = number

    def __mul__(self, other: Any) -> "Guarded":
        if self is NEVER or other is NEVER:
            return NEVER
        if isinstance(other, Guarded):
            return Guarded(both(self.condition, other.condition), _product(self.number, other.number))
        return Guarded(self.condition, _product(self.number, other))

    def __add__(self, other: Any) -> Any:
        if self is NEVER or other is NEVER:
            return other if self is NEVER else self
        if not isinstance(other, Guarded):
            return opened(self) + other
        if self.condition is other.condition:
            return Guarded(self.condition, self.number + other.number)
        return Guarded(either(self.condition, other.condition), opened(self) + opened(other))

    __rmul__ = __mul__
    __radd__ = __add__


NEVER = Guarded(0.0)


def opened(adjoint: Any) -> Any:
    """Return an adjoint as a node or a number."""
    if not isinstance(adjoint, Guarded):
        return adjoint
    return 0.0 if adjoint is NEVER else where(adjoint.condition, adjoint.number, 0.0)


def guarded_partials(node: Any) -> tuple[Any, ...]:
    """Return the partials of a node of a trace, as nodes: guarded where it is a `select`.

    They do what `partials_as_nodes` does by looking at the numbers: outside of a domain they are nan.
    """
    if node.primitive is select:
        condition = node.parents[0]
        return NEVER, Guarded(condition), Guarded(opposite(condition))
    if node.primitive is detached or node.primitive in CONDITIONS:
        return (NEVER,) * len(node.parents)
    intervals = node.primitive.intervals(len(node.parents))
    args = [_from_inside(parent, low) for parent, (low, _) in zip(node.parents, intervals)]
    partials = node.primitive.partials(node, *args)
    outside = [
        beyond
        for parent, (low, high) in zip(node.parents, intervals)
        for bound, beyond in ((low, less(parent, low)), (high, less(high, parent)))
        if isfinite(bound)
    ]
    if not outside:
        return tuple(partials)
    return tuple(where(reduce(either, outside), NAN, p) if is_node(p) else p for p in partials)


def _from_inside(parent: Any, low: float) -> Any:
    """Make 0.0 of -0.0 at the edge of a domain, which is approached from inside."""
    return parent + 0.0 if low == 0.0 else parent


def _product(x: Any, y: Any) -> Any:
    return y if x.__class__ is float and x == 1.0 else x * y
