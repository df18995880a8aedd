"""The forward part as people would spell it who have no primitives for losses."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...primitives.arithmetic import mul
from ...primitives.exponential import exp, log
from ...primitives.logits import (
    cross_entropy_at,
    cross_entropy_p,
    log_softmax_at,
    probabilities,
    soft_cross_entropy,
)
from ...primitives.piecewise import less, select
from ...primitives.reductions import max_p, sum_p
from ...stepping.maps import Map, fitted, strides_of
from ..operands import Operand, is_variable
from ..rolled.structure import Along, Put, Take, over_terms, summed, taken
from ..variables import Trace, Variable
from .matching import Equalities
from .table import LOSSES
from .totals import numbers_in


class Spelled:
    """Writes losses of ours out; and what is 1 - y for a table y that has a name, so."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.losses = Equalities(LOSSES)

    def __call__(self, operand: Operand) -> Operand:
        """Return what is to stand for an operand."""
        if operand.__class__ is not Variable or operand.primitive is None:
            return operand
        if operand.primitive.__class__ is Along:
            written = self._along(operand.primitive, operand.parents)
        else:
            written = _of_numbers(operand.primitive, operand.parents)
        return self.losses(operand) if written is None else written

    def _along(self, primitive: Any, operands: Sequence[Operand]) -> Operand | None:
        """Write a loss of logits that lie along the last axis of an array."""
        inner, logits = primitive.inner, operands[-1]
        maker, parameters = _family(inner)
        if maker is soft_cross_entropy and len(operands) == 2:
            logits, targets = operands
            if logits.__class__ is not Variable or not logits.shape:
                return None
            return -summed(_last_axis(logits.shape), targets * log(self._softmax(logits)))
        if logits.__class__ is not Variable or not logits.shape or primitive.terms[-1] != logits.shape[-1]:
            return None
        if maker in (cross_entropy_at, log_softmax_at) and len(operands) == 1:
            places: Sequence[float] | None = (float(parameters[0]),)
        elif inner is cross_entropy_p and len(operands) == 2:
            places = self._table(operands[0])
        else:
            return None
        if places is None or not all(0.0 <= place < logits.shape[-1] for place in places):
            return None
        own = log(taken(_picking(logits.shape, places), self._softmax(logits)))
        return own if maker is log_softmax_at else -own

    def _table(self, operand: Operand) -> Sequence[float] | None:
        if operand.__class__ is float or operand in self.trace.tables:
            return numbers_in(self.trace, operand)
        primitive: Any = operand.primitive
        if primitive.__class__ is Take and operand.parents[0] in self.trace.tables:
            numbers = numbers_in(self.trace, operand.parents[0]) or ()
            return [numbers[place] for place in primitive.map.positions()]
        return None

    def _softmax(self, logits: Variable) -> Variable:
        top = self.trace.apply(Along(max_p, (logits.shape[-1],)), (logits,))
        e = exp(logits - over_terms(top, logits.shape))
        total = summed(_last_axis(logits.shape), e)
        p: Variable = e / over_terms(total, logits.shape)
        p.name = p.name or "p"
        return p

    def complements(self, variables: Iterable[Variable]) -> dict[Variable, Operand]:
        """Return 1 - y or -y for each table without a name that is this of one that has a name."""
        known: dict[tuple[Any, ...], Variable] = {}
        nameless: list[Variable] = []
        for variable in variables:
            table = variable.parents[0] if variable.primitive.__class__ is Take else variable
            numbers = numbers_in(self.trace, table)
            if numbers is None or len(set(numbers)) == 1:
                continue
            if table.name:
                places = _map(variable).positions() if table is not variable else range(len(numbers))
                known.setdefault((variable.shape, *(numbers[place] for place in places)), variable)
            elif table is variable:
                nameless.append(table)
        found: dict[Variable, Operand] = {}
        for table in nameless:
            for start in (1.0, 0.0):
                wanted = tuple(start - x for x in self.trace.tables[table])
                other = known.get((table.shape, *wanted))
                if other is not None and table not in found:
                    found[table] = 1.0 - other if start else -other
        return found


def reshaped_later(variable: Operand) -> Operand:
    """Write f(x).reshape(...) for f(x.reshape(...)), and one number for many that are it."""
    if not is_entrywise(variable):
        return variable
    parents = tuple(map(_single, variable.parents))
    arrays = [parent for parent in parents if parent.__class__ is Variable and parent.shape]
    if not arrays:
        return variable
    if parents != variable.parents:
        variable = variable.trace.apply(variable.primitive, parents)
    maps = [_map(parent) for parent in arrays if parent.primitive.__class__ is Take]
    if len(maps) < len(arrays) or any(m != maps[0] or not m.is_whole for m in maps):
        return variable
    inner = [parent.parents[0] if parent in arrays else parent for parent in parents]
    return taken(maps[0], variable.trace.apply(variable.primitive, tuple(inner)))


def leaky(operand: Operand) -> Operand:
    """Return the larger one of x and a x, for a number a from 0 to 1, as the choice by sign that it is."""
    if not is_variable(operand, max_p) or len(operand.parents) != 2:
        return operand
    trace = operand.trace
    for x, scaled in (operand.parents, operand.parents[::-1]):
        if x.__class__ is Variable and is_variable(scaled, mul) and x in scaled.parents:
            number = scaled.parents[scaled.parents[0] is x]
            numbers = numbers_in(trace, number)
            if numbers is not None and len(numbers) == 1 and 0.0 <= numbers[0] < 1.0:
                return trace.apply(select, (trace.apply(less, (0.0, x)), x, scaled))
    return operand


def is_entrywise(variable: Operand) -> bool:
    """Say whether a Variable is computed entry by entry."""
    is_made = variable.__class__ is Variable and variable.primitive is not None
    return is_made and variable.primitive.__class__ not in (Take, Put, Along)


def _single(operand: Operand) -> Operand:
    """Return the one number that all entries of an array are taken from."""
    if (
        operand.__class__ is Variable
        and operand.primitive.__class__ is Take
        and not operand.parents[0].shape
    ):
        return operand.parents[0]
    return operand


def _of_numbers(primitive: Any, operands: Sequence[Operand]) -> Operand | None:
    """Write a loss of logits that are numbers."""
    maker, parameters = _family(primitive)
    if maker is soft_cross_entropy:
        count = parameters[0]
        shares = _softmax(operands[:count])
        return -sum_p(*(y * log(p) for y, p in zip(operands[count:], shares)))
    if maker in (cross_entropy_at, log_softmax_at) and len(operands) > 1:
        own = log(_softmax(operands)[parameters[0]])
        return own if maker is log_softmax_at else -own
    return None


def _map(variable: Any) -> Map:
    found: Map = variable.primitive.map
    return found


def _family(primitive: Any) -> tuple[Any, Sequence[Any]]:
    found: tuple[Any, Sequence[Any]] = primitive.family or (None, ())
    return found


def _softmax(logits: Sequence[Operand]) -> list[Operand]:
    shares = probabilities(*logits)
    for i, p in enumerate(shares):
        if p.__class__ is Variable and not p.name:
            p.name = f"p_{i}"
    return shares


def _last_axis(space: tuple[int, ...]) -> Map:
    return Map(space, space[:-1], 0, (*strides_of(space[:-1]), 0))


def _picking(source: tuple[int, ...], places: Sequence[float]) -> Map:
    """Return the map that takes one entry of each row, for one row after the other."""
    count, space = source[-1], source[:-1]
    rows = Map(space, space, 0, strides_of(space)).positions()
    chosen = [*map(int, places)] * (1 if len(places) > 1 else len(rows))
    return fitted(space, source, [row * count + place for row, place in zip(rows, chosen, strict=True)])
