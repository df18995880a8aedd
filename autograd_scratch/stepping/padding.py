"""Windows that reach over the edges of an array: what stands there is one number, as in `np.pad`.

Of lists nobody says so. It is found where all windows take the same of what is around their first entry,
and that is outside of the array just where the number is taken.
"""

from collections.abc import Iterable, Sequence
from math import prod
from operator import add, mul, sub
from typing import Any, NamedTuple

from .maps import Map, Shape, identity_map, strides_of, unraveled
from .sources import Homes, Source


class Windows(NamedTuple):
    """Of which array windows are: where their first entries are, and how far from these the others are."""

    source: Source
    bases: list[int]
    steps: list[int]


def windows_of(rows: Sequence[Sequence[Any]], homes: Homes) -> Windows | None:
    """Return the larger array of which each row is a window; None if they are of none.

    Of the entries some are at home in one array, and all others are one number.
    """
    found = [[homes.of(entry) for entry in row] for row in rows]
    pairs = [pair for row, own in zip(rows, found) for pair in zip(row, own)]
    sources = {id(home[0]): home[0] for _, home in pairs if home is not None}
    numbers = {repr(entry): entry for entry, home in pairs if home is None}
    if len(sources) != 1 or len(numbers) != 1:
        return None
    (source,), (number,) = sources.values(), numbers.values()
    sizes = source.shape
    known = [[None if home is None else unraveled(home[1], sizes) for home in own] for own in found]
    layout = _layout(known)
    if layout is None:
        return None
    heads, steps = layout
    for head, own in zip(heads, known):
        for step, index in zip(steps, own):
            expected = tuple(map(add, head, step))
            is_inside = all(0 <= i < size for i, size in zip(expected, sizes))
            if index != (expected if is_inside else None):
                return None
    low, high = (tuple(map(add, map(limit, zip(*heads)), map(limit, zip(*steps)))) for limit in (min, max))
    array = _framed(source, low, tuple(last - first + 1 for first, last in zip(low, high)), number)
    first = [_place(map(sub, head, low), array.shape) for head in heads]
    return Windows(array, first, [_place(step, array.shape) for step in steps])


def _layout(known: Sequence[Sequence[Shape | None]]) -> tuple[list[Shape], list[Shape]] | None:
    """Return the index of the first entry of each window, and the steps from there to all others.

    They follow from those of one window to those of all that have an entry in common with it, and so on.
    """
    heads: dict[int, Shape] = {}
    steps: dict[int, Shape] = {}
    fullest = max(range(len(known)), key=lambda i: sum(index is not None for index in known[i]))
    pending = [fullest, *range(len(known))]
    while pending:
        left = []
        for i in pending:
            own = {t: index for t, index in enumerate(known[i]) if index is not None}
            shared = next((t for t in own if t in steps), None)
            if shared is not None:
                heads[i] = tuple(map(sub, own[shared], steps[shared]))
            elif not steps:
                heads[i] = next(iter(own.values()))
            else:
                left.append(i)
                continue
            steps.update({t: tuple(map(sub, index, heads[i])) for t, index in own.items()})
        if len(left) == len(pending):
            return None
        pending = left
    count = len(known[0])
    if len(steps) < count:
        return None
    begin = steps[0]  # where the first entry is, if the first that was found is another one
    return (
        [tuple(map(add, heads[i], begin)) for i in range(len(known))],
        [tuple(map(sub, steps[t], begin)) for t in range(count)],
    )


def _framed(source: Source, low: Shape, shape: Shape, number: float) -> Source:
    """Return an array of a shape that has a source's entries, from an index on, and else a number."""
    first = tuple(max(0, begin) for begin in low)
    box = tuple(min(n, begin + size) - i for n, begin, size, i in zip(source.shape, low, shape, first))

    def boxed(whole: Shape, index: Iterable[int]) -> Map:
        strides = (stride if n > 1 else 0 for n, stride in zip(box, strides_of(whole)))
        return Map(box, whole, _place(index, whole), tuple(strides))

    take, put = boxed(source.shape, first), boxed(shape, map(sub, first, low))
    entries: list[Any] = [number] * prod(shape)
    frame = [*entries]
    for taken, place in zip(take.positions(), put.positions()):
        entries[place], frame[place] = source.entries[taken], 0.0
    array = Source("arrangement", shape, "padded", entries)
    array.pieces.append((source, take, put))
    if repr(number) != "0.0":
        itself = identity_map(shape)
        array.pieces.append((Source("table", shape, "", frame), itself, itself))
    return array


def _place(index: Iterable[int], shape: Shape) -> int:
    """Return the place of an index."""
    return sum(map(mul, index, strides_of(shape)))
