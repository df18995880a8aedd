"""How gradients are written as further equations of the trace.

`graph.pull_back` walks Variables as it walks Values, with an `Adjoint`, which knows the arms of `where`
that it goes through. The partials are the primitives' own rules, with two exceptions. Those of a mean, and
of a quotient by a constant, stay quotients, which are exact in Fractions; those of the larger or smaller of
two numbers are written for speed.
"""

from collections.abc import Sequence
from typing import Any

from .. import graph
from ..guards import Adjoint, gates
from ..primitives.arithmetic import div
from ..primitives.piecewise import less, select, where
from ..primitives.reductions import max_p, mean_p, min_p
from .variables import Operand, Place, Trace, Variable


def gradient(
    trace: Trace, output: Operand, wrt: Sequence[Variable], seed: Operand = 1.0, prefix: str = "d_"
) -> list[Operand]:
    """Write the derivatives of `seed * output` by each of `wrt` into the trace, and return them.

    An adjoint without a name is named after what it belongs to, with `prefix` before.
    """
    if output.__class__ is float:
        return [0.0] * len(wrt)
    former = trace.place
    order = trace.needed([output])
    adjoints = graph.pull_back(order, {output: Adjoint(seed)}, wrt, _partials)
    numbers = {variable: adjoint.outside() for variable, adjoint in adjoints.items()}
    for variable, number in numbers.items():
        if variable.name and number.__class__ is Variable and number.place[0] and not number.name:
            number.name = prefix + variable.name
    trace.place = former
    return [numbers.get(variable, 0.0) for variable in wrt]


def hessian(trace: Trace, slopes: Sequence[Operand], wrt: Sequence[Variable]) -> list[list[Operand]]:
    """Write the derivatives of each slope by each of `wrt`, and return the rows; it is symmetric."""
    rows: list[list[Operand]] = []
    for i, slope in enumerate(slopes):
        rest = gradient(trace, slope, wrt[i:], prefix=f"d_{wrt[i].name}_d_")
        rows.append([rows[j][i] for j in range(i)] + rest)
    return rows


def _partials(variable: Variable) -> tuple[Any, ...]:
    """Return the partials of a Variable, and write what they need in the backward part of its module."""
    primitive, parents = variable.primitive, variable.parents
    if primitive is None:
        return ()
    variable.trace.place = _backward(variable.place)
    if primitive is select:
        return gates(parents[0])
    if primitive is mean_p:
        return (variable.trace.quotient(1.0, float(len(parents))),) * len(parents)
    if primitive in (max_p, min_p) and len(parents) == 2:
        return _shares(*(parents if primitive is max_p else parents[::-1]))
    partials = _ruled(variable)
    if primitive is div and parents[1].__class__ is float:
        return (variable.trace.quotient(1.0, parents[1]), *partials[1:])
    return tuple(partials)


def _ruled(variable: Variable) -> Sequence[Operand]:
    """Return the partials by the primitive's rule; plain numbers at which Python raises come in afterwards."""
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


def _shares(x: Operand, y: Operand) -> tuple[Operand, Operand]:
    """Return the partials of the larger of two, in fewer operations than the rule for many needs."""
    larger, smaller = less(y, x), less(x, y)
    return where(larger, 1.0, where(smaller, 0.0, 0.5)), where(larger, 0.0, where(smaller, 1.0, 0.5))


def _backward(place: Place) -> Place:
    return True, place[1]
