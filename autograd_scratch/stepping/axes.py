"""Which axes a row of nodes has: a loop over samples and units gives nodes one after the other.

Along such a row the entries that nodes take change by a constant step, with a jump wherever an outer loop
goes on. The lengths between jumps are the lengths of axes.

>>> axes_of(6, [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]])
(2, 3)
>>> axes_of(4, [[0, 3, 1, 2]])
(4,)
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import prod

from .maps import Shape, fitted


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
