"""A rolled function of one row of a data set as one of many rows: they are an axis by construction.

What depends on a row gets one more axis, the first; what does not is taken for all rows alike.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from ...arrays.containers import replaced
from ...stepping.maps import Map, Shape, spread, strides_of
from ..forms import leaves
from ..operands import Operand
from ..record import Recording
from ..variables import FORWARD, Trace, Variable
from .structure import Along, Put, Take, summed, taken


def of_rows(recording: Recording, count: int, varying: Sequence[str]) -> Recording:
    """Return the sum of a recorded value over `count` rows of the arguments that vary."""
    rows = _Rows(recording, count, varying)
    value = rows.value(recording.value)

    def moved(tree: Any) -> Any:
        return replaced(tree, rows.operand)

    return replace(
        recording,
        trace=rows.trace,
        arguments={key: moved(tree) for key, tree in recording.arguments.items()},
        wrt=moved(recording.wrt),
        value=value,
        extras={},
        extras_forms={},
    )


class _Rows:
    """The trace of many rows."""

    def __init__(self, recording: Recording, count: int, varying: Sequence[str]) -> None:
        self.trace = Trace()
        self._count = count
        self._of: dict[Any, Operand] = {}
        self._many: set[Any] = set()
        for key, tree in recording.arguments.items():
            for leaf in leaves(tree):
                shape = (count, *leaf.shape) if key in varying else leaf.shape
                self._of[leaf] = self.trace.leaf(leaf.name, shape)
                if key in varying:
                    self._many.add(leaf)
        for variable in recording.trace.needed([recording.value]):
            if variable not in self._of:
                self.trace.place = variable.place
                made = self._of[variable] = self._written(variable, recording.trace)
                if made.__class__ is Variable and not made.name:
                    made.name = variable.name
        self.trace.place = FORWARD

    def operand(self, operand: Operand) -> Operand:
        return self._of[operand] if operand.__class__ is Variable else operand

    def value(self, operand: Operand) -> Operand:
        """Return the sum over all rows."""
        if operand in self._many:
            return summed(Map((self._count,), (), 0, (0,)), self.operand(operand))
        return self.operand(operand) * float(self._count)

    def _written(self, variable: Variable, former: Trace) -> Operand:
        if variable.primitive is None:
            numbers = former.tables[variable]
            if isinstance(numbers, float):
                return self.trace.constant(numbers, variable.name or "c")
            return self.trace.table(numbers, variable.shape, variable.name)
        primitive: Any = variable.primitive
        if not self._many.isdisjoint(variable.parents):
            self._many.add(variable)
        else:
            return self.trace.apply(primitive, tuple(map(self.operand, variable.parents)))
        if primitive.__class__ is Take:
            return taken(self._with_rows(primitive.map), self.operand(variable.parents[0]))
        if primitive.__class__ is Put:
            return summed(self._with_rows(primitive.map), self.operand(variable.parents[0]))
        terms = primitive.terms if primitive.__class__ is Along else (0,) * len(variable.parents)
        parts = [
            self._over(parent, (*variable.shape, count) if count else variable.shape)
            for parent, count in zip(variable.parents, terms)
        ]
        return self.trace.apply(primitive, tuple(parts))

    def _over(self, parent: Operand, shape: Shape) -> Operand:
        """Return an operand in a shape with an axis of rows."""
        operand = self.operand(parent)
        if operand.__class__ is float:
            return operand
        own = operand.shape
        axes = [0] if parent in self._many else []
        axes += range(1 + len(shape) - len(parent.shape), 1 + len(shape))
        return taken(spread(own, (self._count, *shape), axes), operand)

    def _with_rows(self, map_: Map) -> Map:
        space, source = (self._count, *map_.space), (self._count, *map_.source)
        size = prod(map_.source)
        step = strides_of(source)[0]
        if map_.table is None:
            return Map(space, source, map_.offset, (step, *map_.strides))
        table = tuple(row * size + place for row in range(self._count) for place in map_.table)
        return Map(space, source, table=table)
