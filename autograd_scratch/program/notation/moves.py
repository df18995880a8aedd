"""What a map does to an array as a whole: along which axes it moves, and whether sums need a buffer."""

from math import prod

from ...stepping.maps import Map, finer
from ..operands import Operand
from ..rolled.structure import Put, is_made_by


def moving(map: Map) -> list[int]:  # noqa: A002
    """Return the axes of a space along which other entries are taken, the ones of large strides first."""
    if map.table is None:
        axes = [axis for axis, stride in enumerate(map.strides) if stride and map.space[axis] > 1]
        return sorted(axes, key=lambda axis: -abs(map.strides[axis]))
    found = []
    for axis, size in enumerate(map.space):
        inner = prod(map.space[axis + 1 :])
        row = size * inner
        if any(
            map.table[start + i] != map.table[start + i % inner]
            for start in range(0, map.size, row or 1)
            for i in range(inner, row)
        ):
            found.append(axis)
    return found


def moved(map: Map) -> Map:  # noqa: A002
    """Return a map in the space of those axes alone along which other entries are taken.

    >>> moved(Map((2, 3), (3,), 0, (0, 1)))
    Map(space=(3,), source=(3,), offset=0, strides=(1,), table=None)
    """
    axes = moving(map)
    space = tuple(map.space[axis] for axis in axes)
    if map.table is None:
        return Map(space, map.source, map.offset, tuple(map.strides[axis] for axis in axes))
    places = [0]
    for axis in axes:
        inner = prod(map.space[axis + 1 :])
        places = [start + i * inner for start in places for i in range(map.space[axis])]
    return Map(space, map.source, table=tuple(map.table[place] for place in places))


def needs_buffer(operand: Operand) -> bool:
    """Say whether a sum goes to some entries of an array of zeros."""
    if not is_made_by(operand, Put):
        return False
    map_ = moved(operand.primitive.map)
    return not (finer(map_) or map_).is_spread
