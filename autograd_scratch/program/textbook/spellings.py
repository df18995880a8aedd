"""The forward part as people would spell it who have no primitives for losses."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...primitives.arithmetic import sub
from ...primitives.exponential import exp, log
from ...primitives.logits import (
    cross_entropy_at,
    cross_entropy_p,
    log_softmax_at,
    probabilities,
    soft_cross_entropy,
)
from ...primitives.reductions import max_p, sum_p
from ...stepping.maps import Map, fitted, strides_of
from ..structure import Along, over_terms, summed, taken
from ..variables import Operand, Trace, Variable
from .matching import Equalities
from .table import LOSSES


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
        maker, parameters = inner.family or (None, ())
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
            places = (operands[0],) if operands[0].__class__ is float else self._table(operands[0])
        else:
            return None
        if places is None or not all(0.0 <= place < logits.shape[-1] for place in places):
            return None
        own = log(taken(_picking(logits.shape, places), self._softmax(logits)))
        return own if maker is log_softmax_at else -own

    def _table(self, operand: Variable) -> Sequence[float] | None:
        if operand in self.trace.tables:
            return self.trace.tables[operand]
        inner = operand.parents[0] if operand.parents else None
        if inner in self.trace.tables and hasattr(operand.primitive, "map"):
            numbers = self.trace.tables[inner]
            return [numbers[place] for place in operand.primitive.map.positions()]
        return None

    def _softmax(self, logits: Variable) -> Variable:
        top = self.trace.apply(Along(max_p, (logits.shape[-1],)), (logits,))
        e = exp(logits - over_terms(top, logits.shape))
        total = summed(_last_axis(logits.shape), e)
        p: Variable = e / over_terms(total, logits.shape)
        p.name = p.name or "p"
        return p

    def complements(self, variables: Iterable[Variable]) -> dict[Variable, Operand]:
        """Return 1 - y for each table without a name that is that of one with a name."""
        tables = [v for v in variables if v in self.trace.tables]
        named = [table for table in tables if table.name]
        found: dict[Variable, Operand] = {}
        for table in tables:
            numbers = self.trace.tables[table]
            for other in named if not table.name and len(set(numbers)) > 1 else ():
                theirs = self.trace.tables[other]
                if table.shape == other.shape and all(x == 1.0 - y for x, y in zip(numbers, theirs)):
                    found[table] = self.trace.apply(sub, (1.0, other))
                    break
        return found


def _of_numbers(primitive: Any, operands: Sequence[Operand]) -> Operand | None:
    """Write a loss of logits that are numbers."""
    maker, parameters = primitive.family or (None, ())
    if maker is soft_cross_entropy:
        count = parameters[0]
        shares = probabilities(*operands[:count])
        return -sum_p(*(y * log(p) for y, p in zip(operands[count:], shares)))
    if maker in (cross_entropy_at, log_softmax_at) and len(operands) > 1:
        own = log(probabilities(*operands)[parameters[0]])
        return own if maker is log_softmax_at else -own
    return None


def _last_axis(space: tuple[int, ...]) -> Map:
    return Map(space, space[:-1], 0, (*strides_of(space[:-1]), 0))


def _picking(source: tuple[int, ...], places: Sequence[float]) -> Map:
    """Return the map that takes one entry of each row, for one row after the other."""
    count, space = source[-1], source[:-1]
    rows = Map(space, space, 0, strides_of(space)).positions()
    chosen = [*map(int, places)] * (1 if len(places) > 1 else len(rows))
    return fitted(space, source, [row * count + place for row, place in zip(rows, chosen, strict=True)])
