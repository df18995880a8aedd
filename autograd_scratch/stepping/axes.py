"""Which axes a row of nodes has: a loop over samples and units gives nodes one after the other.

Along such a row the entries that nodes take change by a constant step, with a jump wherever an outer loop
goes on. The lengths between jumps are the lengths of axes.

>>> axes_of(6, [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]])
(2, 3)
>>> axes_of(4, [[0, 3, 1, 2]])
(4,)
"""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from math import prod

from .maps import Map, Shape, fitted, strides_of


def axes_of(count: int, rows: Iterable[Sequence[int]]) -> Shape:
    """Return the lengths of the axes of `count` nodes, given the entries that each of their operands is."""
    blocks: set[int] = set()
    for row in rows:
        blocks.update(_blocks(row))
    sizes = sorted(blocks | {1, count})
    if any(larger % smaller for smaller, larger in pairwise(sizes)):
        return (count,)
    return tuple(larger // smaller for smaller, larger in pairwise(sizes))[::-1] or (count,)


def regular_axes(count: int, rows: Sequence[Sequence[int]]) -> Shape:
    """Return the axes along which as many operands as possible have a rule.

    >>> regular_axes(4, [[0, 0, 1, 1], [3, 0, 1, 1]])
    (2, 2)
    """
    while True:
        shape = axes_of(count, rows)
        kept = [row for row in rows if fitted(shape, (), row).table is None]
        if len(kept) == len(rows):
            return shape
        rows = kept


def whole_axes(row: Sequence[int], source: Shape) -> Shape:
    """Return the leading axes of a source whose entries are gone through in order; () if they are not.

    >>> whole_axes([0, 2, 4, 6, 8, 10], (2, 3, 2)), whole_axes([0, 1, 2], (2, 3, 2))
    ((2, 3), ())
    """
    step, rest = row[-1] - row[-2], len(row)
    if row[0] or step * rest != prod(source) or row[1] - row[0] != step:
        return ()
    axes = []
    for size in source:
        if rest == 1 or rest % size:
            break
        axes.append(size)
        rest //= size
    return tuple(axes) if rest == 1 else ()


def split_across(shape: Shape, maps: Iterable[Map]) -> Shape:
    """Return a shape whose axes are split where they number several axes of what is taken.

    >>> split_across((6,), [Map((6,), (3, 4, 2), 0, (4,))])
    (3, 2)
    """
    digits: dict[int, Shape] = {}
    for map_ in maps:
        if map_.table is None and map_.indices() is None:
            found = {axis: digits_of(map_, axis) for axis in range(len(shape))}
            digits = {axis: own for axis, own in found.items() if len(own) > 1} | digits
    return tuple(chain.from_iterable(digits.get(axis, (size,)) for axis, size in enumerate(shape)))


def digits_of(map_: Map, axis: int) -> Shape:
    """Return how far an axis goes along each of those of a source, if it numbers them as digits do.

    >>> digits_of(Map((6,), (3, 4, 2), 0, (4,)), 0)
    (3, 2)
    """
    left, step = map_.space[axis], map_.strides[axis]
    found: list[int] = []
    for size, stride in zip(reversed(map_.source), reversed(strides_of(map_.source))):
        whole = size * stride
        if left > 1 and stride and 0 < step < whole:
            rounds = min(left, whole // step)
            if whole % step or left % rounds:
                return (map_.space[axis],)
            found.append(rounds)
            left, step = left // rounds, whole
    return (*([left] if left > 1 else []), *reversed(found))


def _blocks(row: Sequence[int]) -> list[int]:
    """Return after how many nodes loops begin anew, the inner ones first; none where there is no rule."""
    found: list[int] = []
    block, heads = 1, list(row)
    while len(heads) > 1:
        step = heads[1] - heads[0]
        run = next((i for i in range(1, len(heads)) if heads[i] - heads[i - 1] != step), len(heads))
        if run == len(heads):
            return found
        if run == 1 or len(heads) % run:
            return []
        starts = range(0, len(heads), run)
        if any(heads[i + j] - heads[i] != j * step for i in starts for j in range(run)):
            return []
        block *= run
        found.append(block)
        heads = heads[::run]
    return found
