"""Where arrays stand in memory, and which of their entries the places of a nest are.

Arguments, tables and results are in C order. What only nests read may have another order of axes: that of
the rows of a batch is last, or the longest where nobody says how many rows there are, so that loops over it
run along memory.
"""

from collections.abc import Collection, Iterable, Sequence
from math import prod
from typing import NamedTuple

from ...stepping.maps import Map, Shape, strides_of, unraveled
from ..variables import Variable
from .groups import Reference
from .loops import Array, Axis, Place

FAR = 2  # times as long as the last axis, an axis becomes the last one


class Row(NamedTuple):
    """A row of an array, in each round another one: where it begins, and how far on the next one is."""

    offset: int = 0
    axis: Axis | None = None
    step: int = 0


class Storage:
    """The arrays of Variables, and the strides of their axes in memory.

    `in_rows` are those that loops over time go through along the first axis, which stays the first.
    """

    def __init__(self, rows: int | None = None, in_rows: Collection[Variable] = ()) -> None:
        self._rows = rows
        self._in_rows = in_rows
        self.arrays: dict[Variable, Array] = {}
        self.unused: list[Array] = []
        self._strides: dict[Variable, tuple[int, ...]] = {}
        self._at: dict[Variable, Row] = {}
        self._placed: dict[tuple[Variable, Map], _Placed] = {}

    def keep(
        self,
        variable: Variable,
        fixed: bool,
        maps: Iterable[Map] = (),
        array: Array | None = None,
    ) -> Array:
        """Give a Variable an array, or this one; what is not fixed may be stored in another order."""
        array = self.arrays[variable] = array or Array(variable.name, prod(variable.shape))
        self._strides[variable] = strides_of(variable.shape)
        if not fixed:
            if variable in self._in_rows:
                order = [0, *(axis + 1 for axis in self._order(variable.shape[1:]))]
            else:
                order = self._order(variable.shape)
            is_movable = all(m.table is not None or m.indices() is not None for m in maps)
            if order != sorted(order) and is_movable:
                self._strides[variable] = _permuted(variable.shape, order)
        return array

    def share(self, variable: Variable, other: Variable) -> None:
        """Let a Variable be another one."""
        self.arrays[variable], self._strides[variable] = self.arrays[other], self._strides[other]

    def put_in_row(
        self, variable: Variable, whole: Variable, first: int, axis: Axis | None = None, step: int = 0
    ) -> None:
        """Let a Variable be a row of another one: along an axis the first one, and so many further on."""
        length, *strides = self._strides[whole]
        self.arrays[variable], self._strides[variable] = self.arrays[whole], tuple(strides)
        self._at[variable] = Row(first * length, axis, step * length)

    def strides(self, variable: Variable) -> tuple[int, ...]:
        """Return how far apart the entries of a Variable are in memory, along each axis."""
        return self._strides[variable]

    def _order(self, shape: Shape) -> list[int]:
        """Return the axes in the order in which they are stored."""
        axes = list(range(len(shape)))
        if len(axes) > 1:
            longest = max(axes, key=lambda axis: shape[axis])
            if self._rows is not None and self._rows in shape:
                longest = shape.index(self._rows)
            if shape[longest] == self._rows or shape[longest] >= FAR * shape[-1]:
                axes.remove(longest)
                axes.append(longest)
        return axes

    def place(self, reference: Reference) -> Place:
        """Return where the entries stand that a reference is to."""
        variable, map_ = reference.variable, reference.map
        if (variable, map_) not in self._placed:
            self._placed[variable, map_] = self._stored(variable, map_)
        offset, strides, table, table_strides = self._placed[variable, map_]
        row = self._at.get(variable, Row())

        def along(steps: Sequence[int]) -> tuple[tuple[Axis, int], ...]:
            return tuple((axis, step) for axis, step in zip(reference.axes, steps) if axis and step)

        own = (*along(strides), *(((row.axis, row.step),) if row.axis else ()))
        return Place(self.arrays[variable], offset + row.offset, own, table, along(table_strides))

    def _stored(self, variable: Variable, map_: Map) -> "_Placed":
        own = self._strides[variable]
        is_plain = own == strides_of(map_.source)
        if map_.table is not None:
            positions: Sequence[int] = map_.table
            if not is_plain:
                positions = [_dot(unraveled(p, map_.source), own) for p in positions]
            return _separated(map_.space, positions)
        if is_plain:
            return map_.offset, map_.strides, None, ()
        indices = map_.indices()
        assert indices is not None  # or the array would be in C order
        origin, steps = indices
        return _dot(origin, own), tuple(_dot(step, own) for step in steps), None, ()


_Placed = tuple[int, tuple[int, ...], tuple[int, ...] | None, tuple[int, ...]]


def _dot(index: Sequence[int], strides: Sequence[int]) -> int:
    return sum(i * stride for i, stride in zip(index, strides))


def _permuted(shape: Shape, order: Sequence[int]) -> tuple[int, ...]:
    strides = [0] * len(shape)
    step = 1
    for axis in reversed(order):
        strides[axis] = step if shape[axis] > 1 else 0
        step *= shape[axis]
    return tuple(strides)


def _separated(space: Shape, positions: Sequence[int]) -> _Placed:
    """Return positions as strides along all axes that have one, and a table along the others.

    >>> _separated((3, 2), [30, 31, 70, 71, 80, 81])
    (0, (0, 1), (30, 70, 80), (1, 0))
    """
    own = [0] * len(space)
    step = 1
    for axis in range(len(space) - 1, -1, -1):
        own[axis] = step
        step *= space[axis]
    strides = [0] * len(space)
    tabled = []
    for axis, size in enumerate(space):
        if size == 1:
            continue
        step, first = own[axis], positions[own[axis]] - positions[0]
        if all(
            positions[p + step] - positions[p] == first
            for p in range(len(positions) - step)
            if (p // step) % size != size - 1
        ):
            strides[axis] = first
        else:
            tabled.append(axis)
    kept = [0]
    for axis in tabled:
        kept = [p + i * own[axis] for p in kept for i in range(space[axis])]
    table = tuple(positions[p] for p in kept)
    table_strides = [0] * len(space)
    step = 1
    for axis in reversed(tabled):
        table_strides[axis] = step
        step *= space[axis]
    if not tabled:
        return table[0] if table else 0, tuple(strides), None, ()
    return 0, tuple(strides), table, tuple(table_strides)
