"""How gradients are written as further equations of the trace.

`graph.pull_back` walks Variables as it walks Values; what is multiplied and added on the way is an
`Adjoint`. It differs from a number in three things. A partial that is the plain number zero ends a path.
A quotient's partial is written as a quotient, so that Fractions stay exact. And the arms of a `where` count
only where they are taken: an adjoint remembers the conditions that it went through, and becomes
`where(condition, adjoint, 0.0)` only where it leaves the arm, or an infinite partial of an arm that was not
taken would make it nan.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from .. import graph
from ..primitives.arithmetic import div
from ..primitives.piecewise import less, select, where
from ..primitives.reductions import max_p, mean_p, min_p
from .variables import Operand, Place, Trace, Variable, is_variable


@dataclass(frozen=True)
class Gate:
    """The partial of a `where` by one of its arms: it lets through where the condition is `taken`."""

    condition: Operand
    taken: bool


@dataclass(frozen=True)
class Quotient:
    """The partial of a quotient by its dividend."""

    divisor: Operand


@dataclass(frozen=True)
class Adjoint:
    """The derivative of the output by a Variable, as long as all its gates let it through."""

    number: Operand
    gates: tuple[Gate, ...] = ()

    def __mul__(self, partial: Any) -> "Adjoint":
        if isinstance(partial, Gate):
            return replace(self, gates=(*self.gates, partial))
        if isinstance(partial, Quotient):
            return replace(self, number=self.number / partial.divisor)
        return replace(self, number=_product(self.number, partial))

    def __add__(self, other: "Adjoint") -> "Adjoint":
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(self.gates, other.gates))
        shared = tuple(gate for gate, _ in pairs)
        return Adjoint(self.outside(shared) + other.outside(shared), shared)

    @property
    def is_zero(self) -> bool:
        """Whether it is zero by the form of the function, whatever the numbers are."""
        return self.number.__class__ is float and self.number == 0.0

    def outside(self, gates: tuple[Gate, ...] = ()) -> Operand:
        """Return the number where only `gates`, the first of its own, are known to let it through."""
        number = self.number
        for gate in reversed(self.gates[len(gates) :]):
            number = (
                where(gate.condition, number, 0.0) if gate.taken else where(gate.condition, 0.0, number)
            )
        return number


def gradient(trace: Trace, output: Operand, wrt: Sequence[Variable], seed: Operand = 1.0) -> list[Operand]:
    """Write the derivatives of `seed * output` by each of `wrt` into the trace, and return them.

    An adjoint without a name is named after what it belongs to.
    """
    if output.__class__ is float:
        return [0.0] * len(wrt)
    former = trace.place
    order = [variable for variable in trace.variables if variable.parents]
    adjoints = graph.pull_back(_below(output, order), {output: Adjoint(seed)}, wrt, _partials)
    numbers = {variable: adjoint.outside() for variable, adjoint in adjoints.items()}
    for variable, number in numbers.items():
        if variable.name and number.__class__ is Variable and number.place[0] and not number.name:
            number.name = f"d_{variable.name}"
    trace.place = former
    return [numbers.get(variable, 0.0) for variable in wrt]


def hessian(trace: Trace, slopes: Sequence[Operand], wrt: Sequence[Variable]) -> list[list[Operand]]:
    """Write the derivatives of each slope by each of `wrt`, and return the rows; it is symmetric."""
    rows: list[list[Operand]] = []
    for i, slope in enumerate(slopes):
        rest = gradient(trace, slope, wrt[i:])
        rows.append([rows[j][i] for j in range(i)] + rest)
    return rows


def _below(output: Variable, order: Sequence[Variable]) -> list[Variable]:
    """Return what `output` was computed from, in order."""
    needed = {output}
    for variable in reversed(order):
        if variable in needed:
            needed.update(parent for parent in variable.parents if parent.__class__ is Variable)
    return [variable for variable in order if variable in needed]


def _partials(variable: Variable) -> tuple[Any, ...]:
    """Return the partials of a Variable, and write what they need in the backward part of its module."""
    primitive, parents = variable.primitive, variable.parents
    if primitive is None:
        return ()
    variable.trace.place = _backward(variable.place)
    if primitive is select:
        condition = parents[0]
        return 0.0, Gate(condition, True), Gate(condition, False)
    if primitive is mean_p:
        return (Quotient(float(len(parents))),) * len(parents)
    if primitive in (max_p, min_p) and len(parents) == 2:
        return _shares(*(parents if primitive is max_p else parents[::-1]))
    partials: tuple[Any, ...] = primitive.partials(variable, *parents)
    return (Quotient(parents[1]), *partials[1:]) if primitive is div else partials


def _shares(x: Operand, y: Operand) -> tuple[Operand, Operand]:
    """Return the partials of the larger of two, in fewer operations than the rule for many needs."""
    larger, smaller = less(y, x), less(x, y)
    return where(larger, 1.0, where(smaller, 0.0, 0.5)), where(larger, 0.0, where(smaller, 1.0, 0.5))


def _backward(place: Place) -> Place:
    return True, place[1]


def _product(adjoint: Operand, partial: Any) -> Operand:
    """Multiply; a plain zero stays one, and a plain one leaves no trace."""
    for factor, other in ((adjoint, partial), (partial, adjoint)):
        if factor.__class__ is not Variable and factor == 0.0:
            return 0.0
        if factor.__class__ is not Variable and factor == 1.0:
            return other if other.__class__ is Variable else float(other)
    if is_variable(partial, div) and partial.parents[0].__class__ is float and partial.parents[0] == 1.0:
        return adjoint / partial.parents[1]
    return adjoint * partial
