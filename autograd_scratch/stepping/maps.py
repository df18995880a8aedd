"""Which entry of an array each place of a space takes: an index map.

A space is a shape, such as that of what a step computes. Places and entries are counted in C order. A map
that is affine (broadcasting, transposes, slices, matrix products, convolutions) is an offset and a stride
for each axis of the space; any other is a table:

>>> rows = Map((2, 3), source=(3,), offset=0, strides=(0, 1))         # a bias for each row
>>> rows.positions()
[0, 1, 2, 0, 1, 2]
>>> fitted((2, 3), (3, 2), [0, 2, 4, 1, 3, 5]).strides                # a transpose
(1, 2)
>>> fitted((3,), (4,), [0, 3, 3]).table
(0, 3, 3)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import prod
from typing import Any

Shape = tuple[int, ...]

LARGE = 2_000  # places, from which on NumPy is quicker


@dataclass(frozen=True, eq=False)
class Map:
    """A map from the places of `space` to the entries of an array of shape `source`.

    The entry of a place is `offset` and the sum of its indices times `strides`; or `table` lists the
    entries of all places. Strides along axes of length 1 are 0.
    """

    space: Shape
    source: Shape
    offset: int = 0
    strides: tuple[int, ...] = ()
    table: tuple[int, ...] | None = None

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        return self.space, self.source, self.offset, self.strides, self.table

    @cached_property
    def _hash(self) -> int:
        return hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self._hash == other._hash and self._key == other._key

    @property
    def size(self) -> int:
        """The number of places."""
        return prod(self.space)

    @cached_property
    def is_identity(self) -> bool:
        """Whether each place takes the entry of the same index."""
        return self.space == self.source and self.offset == 0 and self.strides == strides_of(self.space)

    @cached_property
    def is_whole(self) -> bool:
        """Whether all entries are taken, each once, in their order: a reshape, or nothing at all."""
        return (
            self.table is None
            and self.offset == 0
            and self.size == prod(self.source)
            and (self.strides == strides_of(self.space))
        )

    @cached_property
    def is_spread(self) -> bool:
        """Whether all entries are taken, equally often, at the places that axes with a stride number."""
        return self.table is None and self.offset == 0 and self.kept.is_permuted

    @cached_property
    def kept(self) -> "Map":
        """The map without the axes along which the entry stays the same."""
        axes = [axis for axis, stride in enumerate(self.strides) if stride]
        return Map(
            tuple(self.space[axis] for axis in axes),
            self.source,
            self.offset,
            tuple(self.strides[axis] for axis in axes),
        )

    @cached_property
    def is_permuted(self) -> bool:
        """Whether all entries are taken, each once: a reshape and a transpose."""
        if self.table is not None:
            return self.size == prod(self.source) and len(set(self.table)) == self.size
        axes = [axis for axis, size in enumerate(self.space) if size > 1]
        expected = 1
        for axis in sorted(axes, key=lambda axis: self.strides[axis]):
            if self.strides[axis] != expected:
                return False
            expected *= self.space[axis]
        return self.offset == 0 and expected == prod(self.source)

    def positions(self) -> list[int]:
        """Return the entry of each place."""
        if self.table is not None:
            return list(self.table)
        if numpy_for(self.size) is not None:
            found: list[int] = self.array().tolist()
            return found
        found = [self.offset]
        for size, stride in zip(self.space, self.strides, strict=True):
            found = [start + i * stride for start in found for i in range(size)]
        return found

    def array(self) -> Any:
        """Return the entry of each place, as a flat array of NumPy's."""
        import numpy

        if self.table is not None:
            return numpy.array(self.table, numpy.intp)
        found = numpy.full(1, self.offset, numpy.intp)
        for size, stride in zip(self.space, self.strides, strict=True):
            found = numpy.add.outer(found, stride * numpy.arange(size)).ravel()
        return found

    def then(self, inner: "Map") -> "Map":
        """Return the map that takes from what this one took: `inner` has this map's space for its source.

        >>> transposed = Map((3, 2), source=(2, 3), offset=0, strides=(1, 3))
        >>> transposed.then(Map((2, 3), source=(3, 2), offset=0, strides=(1, 2))).is_identity
        True
        """
        if inner.is_identity:
            return self
        if self.is_whole:
            return Map(inner.space, self.source, inner.offset, inner.strides, inner.table)
        if self.table is None and inner.table is None:
            places = inner.indices()
            if places is not None:
                origin, steps = places
                return Map(
                    inner.space,
                    self.source,
                    self.offset + sum(i * stride for i, stride in zip(origin, self.strides)),
                    tuple(sum(i * stride for i, stride in zip(step, self.strides)) for step in steps),
                )
        if numpy_for(self.size + inner.size) is not None:
            return fitted(inner.space, self.source, self.array()[inner.array()])
        taken = self.positions()
        return fitted(inner.space, self.source, [taken[place] for place in inner.positions()])

    def indices(self) -> tuple[Shape, list[Shape]] | None:
        """Return the index in the source of the first place, and its change along each axis of the space.

        None where it is no index that changes so: where an axis goes on from one row to the next.

        >>> Map((2, 2), source=(3, 4), offset=5, strides=(4, 1)).indices()
        ((1, 1), [(1, 0), (0, 1)])
        """
        if self.table is not None or not self.size:
            return None
        origin = unraveled(self.offset, self.source)
        steps: list[Shape] = []
        for size, stride in zip(self.space, self.strides):
            if stride and not 0 <= self.offset + stride < prod(self.source):
                return None
            there = unraveled(self.offset + stride, self.source) if size > 1 else origin
            steps.append(tuple(b - a for a, b in zip(origin, there)))
        for dim, size in enumerate(self.source):
            reach = [(n - 1) * step[dim] for n, step in zip(self.space, steps)]
            if origin[dim] + sum(r for r in reach if r < 0) < 0:
                return None
            if origin[dim] + sum(r for r in reach if r > 0) >= size:
                return None
        return origin, steps


def identity_map(shape: Shape) -> Map:
    """Return the map that takes each entry of an array in its place."""
    return Map(shape, shape, 0, strides_of(shape))


def spread(shape: Shape, space: Shape, axes: Sequence[int]) -> Map:
    """Return the map that takes an array's entries along some axes of a space, one for each of its own.

    >>> spread((3,), (2, 3), axes=[1]).positions()
    [0, 1, 2, 0, 1, 2]
    """
    strides = [0] * len(space)
    for axis, stride in zip(axes, strides_of(shape), strict=True):
        strides[axis] = stride
    return Map(space, shape, 0, tuple(strides))


def strides_of(shape: Shape) -> tuple[int, ...]:
    """Return how many entries further the next one along each axis is; 0 along axes of length 1.

    >>> strides_of((2, 3, 4)), strides_of((2, 1))
    ((12, 4, 1), (1, 0))
    """
    strides = []
    step = 1
    for size in reversed(shape):
        strides.append(step if size > 1 else 0)
        step *= size
    return tuple(reversed(strides))


def unraveled(position: int, shape: Shape) -> Shape:
    """Return the index of an entry.

    >>> unraveled(7, (2, 3, 4))
    (0, 1, 3)
    """
    index = []
    for size in reversed(shape):
        position, rest = divmod(position, size)
        index.append(rest)
    return tuple(reversed(index))


def places(shape: Shape) -> Iterable[Shape]:
    """Return all indices of an array, in order."""
    return product(*map(range, shape))


def fitted(space: Shape, source: Shape, positions: Any) -> Map:
    """Return the map that takes these entries: affine if they are, else with a table of them.

    `positions` are a sequence of whole numbers, or a flat array of NumPy's.
    """
    if not len(positions):
        return Map(space, source, 0, (0,) * len(space))
    numpy = numpy_for(len(positions))
    if numpy is not None:
        positions = numpy.asarray(positions)
    offset = int(positions[0])
    strides, step = [0] * len(space), 1
    for axis in range(len(space) - 1, -1, -1):
        if space[axis] > 1:
            strides[axis] = int(positions[step]) - offset
        step *= space[axis]
    affine = Map(space, source, offset, tuple(strides))
    if numpy is None:
        table = tuple(map(int, positions))
        return affine if tuple(affine.positions()) == table else Map(space, source, table=table)
    if numpy.array_equal(affine.array(), positions):
        return affine
    return Map(space, source, table=tuple(positions.tolist()))


@lru_cache(maxsize=1000)
def finer(map_: Map) -> Map | None:
    """Return the affine map in a finer space that a table lists: each axis split in digits.

    >>> finer(Map((6,), (2, 3), table=(0, 3, 1, 4, 2, 5)))
    Map(space=(3, 2), source=(2, 3), offset=0, strides=(1, 3), table=None)
    """
    if map_.table is None or not map_.size:
        return None
    space: list[int] = []
    strides: list[int] = []
    step = map_.size
    for size in map_.space:
        step //= size
        column = [map_.table[i * step] - map_.table[0] for i in range(size)]
        digits: list[tuple[int, int]] = []
        block = 1
        while block < size:
            stride = column[block]
            count = 1
            while (count + 1) * block <= size and column[count * block] == count * stride:
                count += 1
            while size % (count * block):
                count -= 1
            if count == 1:
                return None
            digits.append((count, stride))
            block *= count
        space += [count for count, _ in reversed(digits)] or [1]
        strides += [stride for _, stride in reversed(digits)] or [0]
    fine = Map(tuple(space), map_.source, map_.table[0], tuple(strides))
    return fine if fine.positions() == [*map_.table] else None


def numpy_for(size: int) -> Any:
    """Return NumPy for what is worth it, where it is installed; else None."""
    if size < LARGE:
        return None
    try:
        import numpy
    except ImportError:
        return None
    return numpy
