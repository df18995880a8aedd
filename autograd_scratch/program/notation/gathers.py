"""Indices that are arrays: what a table takes, and where it is put.

The entries that a table names are told axis by axis of the source: `x[rows, columns]`. An axis of the
source that one axis of the space runs through from end to end is a slice.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from ...stepping.maps import Map, Shape, fitted
from ..expressions import ATOM, Text
from .views import View, aligned

Tables = Callable[[tuple[int, ...], Shape], str]


class Index(NamedTuple):
    """The texts between the brackets, and the axes of the space that the array has which they take."""

    parts: list[str]
    axes: tuple[int, ...]


def without_axes(map: Map, kept: Sequence[int]) -> Map:  # noqa: A002
    """Return what takes the same from an array that has some axes of the source only."""
    source = tuple(map.source[dim] for dim in kept)
    places = [0] * map.size
    for dim in kept:
        size, stride = map.source[dim], prod(map.source[dim + 1 :])
        places = [
            place * size + own // stride % size for place, own in zip(places, map.positions(), strict=True)
        ]
    return fitted(map.space, source, places)


def index_of(map: Map, table: Tables) -> Index:  # noqa: A002
    """Return the index that takes what a map takes; `table` gives the text of an array of whole numbers."""
    columns = [_column(map, dim) for dim in range(len(map.source))]
    used = [axis for axes, _ in columns for axis in axes]
    basic = {
        dim: axes[0]
        for dim, (axes, numbers) in enumerate(columns)
        if len(axes) == 1 and used.count(axes[0]) == 1 and numbers == [*range(map.source[dim])]
    }
    others = [dim for dim in range(len(columns)) if dim not in basic]
    block = sorted({axis for dim in others for axis in columns[dim][0]})
    parts = []
    for dim, (axes, numbers) in enumerate(columns):
        if dim in basic:
            parts.append(":")
        else:
            parts.append(_written(map.space, axes, numbers, block, table))
    while parts and parts[-1] == ":":
        parts.pop()
    if not others:
        return Index(parts, tuple(basic[dim] for dim in range(len(columns))))
    are_together = others == [*range(others[0], others[-1] + 1)]
    first = [axis for dim, axis in basic.items() if are_together and dim < others[0]]
    last = [axis for dim, axis in basic.items() if axis not in first]
    if not block and not are_together:
        first, last = [*basic.values()], []
    return Index(parts, (*first, *block, *last))


def _column(map: Map, dim: int) -> tuple[list[int], list[int]]:  # noqa: A002
    """Return the axes of the space on which an index depends, and its numbers along these."""
    size, stride = map.source[dim], prod(map.source[dim + 1 :])
    numbers = [place // stride % size for place in map.positions()]
    shape = [*map.space]
    axes = []
    for axis in range(len(shape)):
        inner, count = prod(shape[axis + 1 :]), shape[axis]
        firsts = [
            numbers[outer * count * inner + i] for outer in range(prod(shape[:axis])) for i in range(inner)
        ]
        repeated = [
            firsts[outer * inner + i]
            for outer in range(prod(shape[:axis]))
            for _ in range(count)
            for i in range(inner)
        ]
        if repeated == numbers:
            numbers, shape[axis] = firsts, 1
        else:
            axes.append(axis)
    return axes, numbers


def _written(
    space: Shape, axes: Sequence[int], numbers: Sequence[int], block: Sequence[int], table: Tables
) -> str:
    """Return the text of the index along one axis of the source, in the space of all index arrays."""
    if not axes:
        return str(numbers[0])
    shape = tuple(space[axis] for axis in axes)
    text = None
    if len(axes) == 1:
        found = fitted(shape, (max(numbers) + 1,), numbers)
        if found.table is None and found.strides[0] > 0:
            start, step = found.offset, found.strides[0]
            stop = start + (shape[0] - 1) * step + 1
            text = f"np.arange({start}, {stop}, {step})" if step > 1 else f"np.arange({start}, {stop})"
            text = text.replace("(0, ", "(") if step == 1 else text
    if text is None:
        text = table(tuple(numbers), shape)
    view = View(Text(text, ATOM), tuple(block.index(axis) for axis in axes))
    return aligned(view, len(block)).text
