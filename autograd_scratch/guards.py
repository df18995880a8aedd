"""How gradients go through a `select`, which keeps the arm that is not chosen.

That arm takes no part in the gradient, not even where its partials are infinite: zero times infinity
would be nan. So an adjoint remembers the conditions that it went through, and becomes `where(condition,
adjoint, 0.0)` only where it leaves the arm. Inside, all is as if the arm were chosen.

    >>> from autograd_scratch import Value, graph, modes
    >>> from autograd_scratch.primitives import log, where
    >>> x = Value(0.0)
    >>> with modes.tracing():
    ...     y = where(x > 0.0, log(x), 2.0 * x)
    ...     seed = {y: Adjoint(1.0)}
    ...     adjoints = graph.pull_back(graph.toposort(y), seed, partials_of=guarded_partials)
    ...     slope = adjoints[x].outside()
    >>> slope
    Value(data=2.0)

A partial that is the plain number zero ends a path: what does not depend by its form has no derivative.
"""

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import takewhile
from math import isfinite
from typing import Any, Self

from .ieee import NAN
from .primitives import is_node
from .primitives.conditions import both, either, opposite
from .primitives.piecewise import less, select, where

DEEPEST = 8  # gates inside each other


@dataclass(frozen=True)
class Gate:
    """The partial of a `select` by one of its arms: it lets through where the condition is `taken`."""

    condition: Any
    taken: bool


@dataclass(frozen=True)
class Adjoint:
    """An adjoint, or a tangent, as long as all its gates let it through, and zero where not."""

    number: Any
    gates: tuple[Gate, ...] = ()

    def __mul__(self, partial: Any) -> Self:
        if isinstance(partial, Gate):
            known = self.gates if len(self.gates) < DEEPEST else (self._gate,)
            return type(self)(self.number, (*known, partial))
        return type(self)(self._times(partial), self.gates)

    def _times(self, partial: Any) -> Any:
        return _product(self.number, partial)

    def __add__(self, other: Self) -> Self:
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(self.gates, other.gates))
        shared = tuple(gate for gate, _ in pairs)
        return type(self)(self.outside(shared) + other.outside(shared), shared)

    @cached_property
    def _gate(self) -> Gate:
        """All gates in one, so that what leaves a very deep nest of arms does not go through each."""
        conditions = [gate.condition if gate.taken else opposite(gate.condition) for gate in self.gates]
        return Gate(reduce(both, conditions), True)

    @property
    def is_zero(self) -> bool:
        """Whether it is zero by the form of the function, whatever the numbers are."""
        return self.number.__class__ is float and self.number == 0.0

    def outside(self, inside: tuple[Gate, ...] = ()) -> Any:
        """Return the number where the gates `inside`, the first of its own, are known to let it through."""
        number = self.number
        for gate in reversed(self.gates[len(inside) :]):
            arms = (number, 0.0) if gate.taken else (0.0, number)
            number = where(gate.condition, *arms)
        return number


def gates(condition: Any) -> tuple[float, Gate, Gate]:
    """Return the partials of a `select`."""
    return 0.0, Gate(condition, True), Gate(condition, False)


def guarded_partials(node: Any) -> tuple[Any, ...]:
    """Return the partials of a node of a trace, as nodes: guarded where it is a `select`.

    They do what `partials_as_nodes` does by looking at the numbers: outside of a domain they are nan.
    """
    if node.primitive is select:
        return gates(node.parents[0])
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


def _product(adjoint: Any, partial: Any) -> Any:
    """Multiply; a plain zero stays one, and a plain one leaves no trace."""
    for factor, other in ((adjoint, partial), (partial, adjoint)):
        if not is_node(factor) and factor == 0.0:
            return 0.0
        if not is_node(factor) and factor == 1.0:
            return other if is_node(other) else float(other)
    return adjoint * partial
