"""A rolled function of one row of a data set as one of many rows: they are an axis by construction.

What depends on a row gets one more axis, the first, or in loops the second, after that of the rounds; what
does not is taken for all rows alike.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from ...arrays.containers import replaced
from ...stepping.maps import Map, Shape, fitted, spread, strides_of
from ..forms import leaves
from ..operands import Operand
from ..record import Recording
from ..variables import FORWARD, Trace, Variable
from .carried import Carried, begun, close
from .nesting import in_loops
from .structure import Along, Put, Take, summed, taken


def of_rows(recording: Recording, count: int, varying: Sequence[str]) -> Recording:
    """Return the sum of a recorded value over `count` rows of the arguments that vary."""
    rows = _Rows(recording, count, varying, [recording.value])
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


def each_of_rows(recording: Recording, count: int, varying: Sequence[str]) -> Recording:
    """Return the recorded extras for each of `count` rows of the arguments that vary: their first axis."""
    rows = _Rows(recording, count, varying, leaves(recording.extras))
    return replace(
        recording,
        trace=rows.trace,
        arguments={key: replaced(tree, rows.operand) for key, tree in recording.arguments.items()},
        wrt=(),
        value=0.0,
        extras={key: replaced(tree, rows.each) for key, tree in recording.extras.items()},
        extras_forms={},
    )


class _Rows:
    """The trace of many rows: of what is needed for some operands."""

    def __init__(
        self, recording: Recording, count: int, varying: Sequence[str], asked: Sequence[Operand]
    ) -> None:
        self.trace = Trace()
        self._count = count
        self._of: dict[Any, Operand] = {}
        self._many: set[Any] = set()
        former = recording.trace
        self._in_rounds = in_loops(former)
        for key, tree in recording.arguments.items():
            for leaf in leaves(tree):
                shape = (count, *leaf.shape) if key in varying else leaf.shape
                self._of[leaf] = self.trace.leaf(leaf.name, shape)
                if key in varying:
                    self._many.add(leaf)
        needed = former.needed(asked)
        self._spread(former, needed)
        for variable in needed:
            if variable not in self._of:
                self.trace.place = variable.place
                made = self._of[variable] = self._written(variable, former)
                if made.__class__ is Variable and not made.name:
                    made.name = variable.name
        for loop in needed:
            if loop in former.loops:
                after: Any = self._of[loop]
                made = former.loops[loop]
                close(after, self._laid(made, 1) if loop in self._many else self.operand(made))
        self.trace.place = FORWARD

    def _spread(self, former: Trace, needed: Sequence[Variable]) -> None:
        """Note what depends on a row, by rounds before too."""
        known = 0
        while known < len(self._many):
            known = len(self._many)
            for variable in needed:
                made = former.loops.get(variable)
                if not self._many.isdisjoint((*variable.parents, made)):
                    self._many.add(variable)

    def operand(self, operand: Operand) -> Operand:
        return self._of[operand] if operand.__class__ is Variable else operand

    def value(self, operand: Operand) -> Operand:
        """Return the sum over all rows."""
        if operand in self._many:
            return summed(Map((self._count,), (), 0, (0,)), self._laid(operand, 0))
        return self.operand(operand) * float(self._count)

    def each(self, operand: Operand) -> Operand:
        """Return an operand of each row."""
        return self._over(operand, operand.shape if operand.__class__ is Variable else (), 0)

    def _laid(self, operand: Operand, place: int) -> Operand:
        """Return an operand of many rows with their axis in a place: after that of rounds, if in a loop."""
        x = self.operand(operand)
        if x.__class__ is float or (operand in self._in_rounds) == place or len(x.shape) < 2:
            return x
        first, second, *rest = strides_of(x.shape)
        turned = (x.shape[1], x.shape[0], *x.shape[2:])
        return taken(Map(turned, x.shape, 0, (second, first, *rest)), x)

    def _written(self, variable: Variable, former: Trace) -> Operand:
        if variable.primitive is None:
            numbers = former.tables[variable]
            if isinstance(numbers, float):
                return self.trace.constant(numbers, variable.name or "c")
            return self.trace.table(numbers, variable.shape, variable.name)
        primitive: Any = variable.primitive
        if primitive.__class__ is Carried:
            return self._begun(variable, primitive)
        if variable not in self._many:
            return self.trace.apply(primitive, tuple(map(self.operand, variable.parents)))
        place = int(variable in self._in_rounds)
        if primitive.__class__ in (Take, Put):
            parent = self._laid(variable.parents[0], place)
            map_ = self._with_rows_inside(primitive.map) if place else self._with_rows(primitive.map)
            return taken(map_, parent) if primitive.__class__ is Take else summed(map_, parent)
        terms = primitive.terms if primitive.__class__ is Along else (0,) * len(variable.parents)
        parts = [
            self._over(parent, (*variable.shape, count) if count else variable.shape, place)
            for parent, count in zip(variable.parents, terms)
        ]
        return self.trace.apply(primitive, tuple(parts))

    def _begun(self, variable: Variable, primitive: Carried) -> Operand:
        """Begin what rounds carry on: of each row its own."""
        (start,) = variable.parents
        if variable not in self._many:
            return begun(self.trace, self.operand(start), *primitive.key[1:])
        shape = (self._count, *primitive.shape)
        first = self._over(start, primitive.shape, 0)
        return begun(self.trace, first, primitive.count, shape, primitive.is_reversed)

    def _over(self, parent: Operand, shape: Shape, place: int) -> Operand:
        """Return an operand in a shape with an axis of rows."""
        operand = self._laid(parent, place) if parent in self._many else self.operand(parent)
        if operand.__class__ is float:
            return operand
        own = operand.shape
        space = (*shape[:place], self._count, *shape[place:])
        before = range(len(shape) - len(parent.shape), len(shape))
        axes = [axis + (axis >= place) for axis in before]
        if parent in self._many:
            axes = sorted([*axes, place])
        return taken(spread(own, space, axes), operand)

    def _with_rows(self, map_: Map) -> Map:
        space, source = (self._count, *map_.space), (self._count, *map_.source)
        size = prod(map_.source)
        step = strides_of(source)[0]
        if map_.table is None:
            return Map(space, source, map_.offset, (step, *map_.strides))
        table = tuple(row * size + place for row in range(self._count) for place in map_.table)
        return Map(space, source, table=table)

    def _with_rows_inside(self, map_: Map) -> Map:
        """Return a map of arrays whose first axis is that of rounds, with one of rows after it."""
        space = (map_.space[0], self._count, *map_.space[1:])
        source = (map_.source[0], self._count, *map_.source[1:])
        size = prod(map_.source[1:])
        if map_.table is None and map_.strides[0] == size:
            first, rest = divmod(map_.offset, size)
            step = size if self._count > 1 else 0
            return Map(
                space,
                source,
                first * size * self._count + rest,
                (size * self._count, step, *map_.strides[1:]),
            )
        inner, places = prod(map_.space[1:]), map_.positions()
        return fitted(
            space,
            source,
            [
                place // size * size * self._count + row * size + place % size
                for t in range(map_.space[0])
                for row in range(self._count)
                for place in places[t * inner : (t + 1) * inner]
            ],
        )
