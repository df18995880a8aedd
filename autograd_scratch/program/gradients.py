"""How gradients are written as further equations of the trace.

`graph.pull_back` walks Variables as it walks Values, with an `Adjoint`, which knows the arms of `where`
that it goes through. The partials are the primitives' own rules, with two exceptions. Those of a mean, and
of a quotient by a constant, stay quotients, which are exact in Fractions; those of the larger or smaller of
two numbers are written for speed.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial, reduce
from operator import mul
from typing import Any, NamedTuple, Self

from .. import graph
from ..guards import Adjoint, Gate, gates
from ..primitives.arithmetic import div
from ..primitives.conditions import CONDITIONS
from ..primitives.piecewise import detached, less, select, where
from ..primitives.reductions import max_p, mean_p, min_p
from ..stepping.maps import Map, Shape
from .finiteness import Finiteness
from .operands import Operand, is_zero
from .rolled.along import rolled_partials
from .rolled.backwards import BackInTime, Instead
from .rolled.shifts import cancelled
from .rolled.structure import Along, Put, Take, added_up, is_single, over_terms, taken
from .variables import Place, Trace, Variable


class Move(NamedTuple):
    """The partial of what moves entries of arrays: what becomes of an adjoint on its way to the operand."""

    moved: Callable[[Operand], Operand]
    adds_up: bool = False  # several places, or none, to an entry


class Steps(NamedTuple):
    """Several partials and moves, one after the other."""

    steps: tuple[Any, ...]


class Closed(Gate):
    """A gate behind an adjoint, which is zero where it does not let through: where no path is.

    It has to be asked again only after a product with what may be infinite.
    """


@dataclass(frozen=True)
class Exact(Adjoint):
    """An adjoint that is nan where `backward()` has nan: a zero is multiplied by what may be infinite.

    Its number is None where there is no path at all.
    """

    def __mul__(self, partial: Any) -> Self:
        if partial.__class__ is Instead:
            return type(self)(partial.number)
        if partial.__class__ is Steps:
            stepped: Self = reduce(mul, partial.steps, self)
            return stepped
        if self.number is None:
            return type(self)(None)
        if partial.__class__ is Move:
            return self._moved(partial)
        if any(gate.__class__ is Closed for gate in self.gates) and not _is_finite(partial):
            opened = tuple(Gate(gate.condition, gate.taken) for gate in self.gates)
            return type(self)(self.number, opened).__mul__(partial)
        return super().__mul__(partial)

    def _moved(self, move: Move) -> Self:
        """Move an adjoint with its gates; an entry to which none of several lets through has no path."""
        moved = move.moved
        if not move.adds_up:
            gates = tuple(type(gate)(moved(gate.condition), gate.taken) for gate in self.gates)
            return type(self)(moved(self.number), gates)
        has_path = moved(where(self._gate.condition, 1.0, 0.0) if self.gates else 1.0)
        behind = () if has_path.__class__ is float else (Closed(has_path, True),)
        return type(self)(moved(self.outside()), behind)

    def _times(self, partial: Operand) -> Operand:
        if self.number is None or partial is None:
            return None
        for factor, other in ((self.number, partial), (partial, self.number)):
            if factor.__class__ is float and other.__class__ is Variable:
                if factor == 0.0:
                    return 0.0 if Finiteness.of(other.trace).is_finite(other) else 0.0 * other
                if factor == 1.0:
                    return other
        return self.number * partial

    @property
    def is_zero(self) -> bool:
        return self.number is None or is_zero(self.number)

    def outside(self, inside: tuple[Gate, ...] = ()) -> Operand:
        if self.number is None:
            return 0.0
        gates = [gate for gate in self.gates[len(inside) :] if gate.__class__ is not Closed]
        return Adjoint(self.number, tuple(gates)).outside()


class Plain(Exact):
    """An adjoint as textbooks have it: zero times anything is zero, and what is moved has no gates."""

    def _moved(self, move: Move) -> Self:
        return type(self)(move.moved(self.outside()))

    def _times(self, partial: Operand) -> Operand:
        return 0.0 if self.is_zero or is_zero(partial) else super()._times(partial)


def _is_finite(partial: Any) -> bool:
    return partial.__class__ is not Variable or Finiteness.of(partial.trace).is_finite(partial)


def gradient(
    trace: Trace,
    output: Operand,
    wrt: Sequence[Variable],
    seed: Operand = 1.0,
    prefix: str = "d_",
    kind: type[Adjoint] = Exact,
) -> list[Operand]:
    """Write the derivatives of `seed * output` by each of `wrt` into the trace, and return them.

    An adjoint without a name is named after what it belongs to, with `prefix` before.
    """
    if output.__class__ is float:
        return [0.0] * len(wrt)
    former = trace.place
    order = trace.needed([output])
    if prefix == "d_" and any(variable.shape for variable in order):  # as people call the slopes of arrays
        prefix = "d"
    rule = partial(_shared, cancelled(order, trace.loops)) if issubclass(kind, Exact) else _partials
    back = BackInTime(trace, order, wrt)
    cotangents = {output: kind(seed), **back.cotangents(kind)}
    adjoints = graph.pull_back(back.order, cotangents, back.path, back.rule(rule))
    back.close(adjoints)
    numbers = {node: adjoint.outside() for node, adjoint in adjoints.items() if node.__class__ is Variable}
    for variable, number in numbers.items():
        if variable.name and number.__class__ is Variable and number.place[0] and not number.name:
            number.name = prefix + variable.name
    trace.place = former
    return [numbers.get(variable, 0.0) for variable in wrt]


def hessian(trace: Trace, slopes: Sequence[Operand], wrt: Sequence[Variable]) -> list[list[Operand]]:
    """Write the derivatives of each slope by each of `wrt`, and return the rows; it is symmetric."""
    rows: list[list[Operand]] = []
    for i, slope in enumerate(slopes):
        rest = gradient(trace, slope, wrt[i:], prefix=f"d_{wrt[i].name}_d_", kind=Adjoint)
        rows.append([rows[j][i] for j in range(i)] + rest)
    return rows


def _shared(shifts: Set[Variable], variable: Variable) -> tuple[Any, ...]:
    """Return the partials, and with those by single numbers among arrays what adds their parts up.

    `shifts` are differences whose second operand has no influence.
    """
    trace, shape, primitive = variable.trace, variable.shape, variable.primitive
    partials = _paths(variable)
    if variable in shifts:
        partials = (partials[0], None)
    if not shape or primitive.__class__ in (Take, Put):
        return partials
    total = Map(shape, (), 0, (0,) * len(shape))
    counts = primitive.terms if isinstance(primitive, Along) else (0,) * len(partials)
    return tuple(
        Steps((partial, Move(lambda number: added_up(trace, total, number), adds_up=True)))
        if parent.__class__ is Variable and is_single(parent, shape) and not count and partial is not None
        else partial
        for parent, partial, count in zip(variable.parents, partials, counts)
    )


def _paths(variable: Variable) -> tuple[Any, ...]:
    """Return the partials, and None for what is no path: a condition, or what is detached."""
    partials = _partials(variable)
    if variable.primitive in CONDITIONS or variable.primitive is detached:
        return (None,) * len(partials)
    return (None, *partials[1:]) if variable.primitive is select else partials


def _partials(variable: Variable) -> tuple[Any, ...]:
    """Return the partials of a Variable, and write what they need in the backward part of its module."""
    primitive, parents = variable.primitive, variable.parents
    if primitive is None:
        return ()
    variable.trace.place = _backward(variable.place)
    if primitive is select:
        return gates(parents[0])
    if primitive.__class__ in _STRUCTURAL:
        return _STRUCTURAL[primitive.__class__](variable)
    if primitive is mean_p:
        return (variable.trace.quotient(1.0, float(len(parents))),) * len(parents)
    if primitive in (max_p, min_p) and len(parents) == 2:
        return _shares(*(parents if primitive is max_p else parents[::-1]))
    partials = _ruled(variable)
    if primitive is div and parents[1].__class__ is float:
        return (variable.trace.quotient(1.0, parents[1]), *partials[1:])
    return tuple(partials)


def _ruled(variable: Variable) -> Sequence[Operand]:
    """Return the partials by the rule; where Python raises at plain numbers, these come in afterwards."""
    primitive, parents, trace = variable.primitive, variable.parents, variable.trace
    assert primitive is not None  # it has parents
    try:
        rule: Sequence[Operand] = primitive.partials(variable, *parents)
    except (ArithmeticError, ValueError):
        symbols = [trace.leaf(None) if parent.__class__ is float else parent for parent in parents]
        rule = primitive.partials(variable, *symbols)
        numbers = {s: p for s, p in zip(symbols, parents) if p.__class__ is float}
        return trace.with_numbers(rule, numbers)
    return rule


def _of_take(variable: Any) -> tuple[Move]:
    trace, map_ = variable.trace, variable.primitive.map
    return (Move(lambda number: added_up(trace, map_, number), adds_up=not map_.is_permuted),)


def _of_put(variable: Any) -> tuple[Move]:
    map_ = variable.primitive.map
    return (Move(lambda number: taken(map_, number)),)


def _of_along(variable: Any) -> tuple[Any, ...]:
    primitive = variable.primitive
    if primitive.inner is mean_p:
        count = sum(count or 1 for count in primitive.terms)
        partials = [variable.trace.quotient(1.0, float(count))] * len(primitive.terms)
    else:
        partials = rolled_partials(variable.trace, primitive, variable, variable.parents)
    return tuple(
        _along(partial, (*variable.shape, count)) if count else partial
        for partial, count in zip(partials, primitive.terms)
    )


def _along(partial: Operand, space: Shape) -> Steps:
    """Multiply an adjoint by the partials of all terms; a single number needs no axis for these."""
    return Steps((Move(lambda x: x if is_single(x, space) else over_terms(x, space)), partial))


_STRUCTURAL: dict[Any, Callable[[Any], tuple[Any, ...]]] = {
    Take: _of_take,
    Put: _of_put,
    Along: _of_along,
}


def _shares(x: Operand, y: Operand) -> tuple[Operand, Operand]:
    """Return the partials of the larger of two, in fewer operations than the rule for many needs."""
    larger, smaller = less(y, x), less(x, y)
    return where(larger, 1.0, where(smaller, 0.0, 0.5)), where(larger, 0.0, where(smaller, 1.0, 0.5))


def _backward(place: Place) -> Place:
    return True, place[1]
