"""Loops over time as they were run: groups that repeat themselves.

In such a loop no two rounds have the same origin, as each takes what rounds before it have left. They are
told by the instructions that come again and again.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from .items import Item

LEAST = 9  # rounds of a loop: fewer are written out
LONGEST = 200  # groups of a round
FURTHEST = 4  # rounds back from which a round takes

Group = list[Item]


class Unit(NamedTuple):
    """Groups that are written together: one alone, or those of each round of a loop.

    Of the first round the beginning may be missing, and of the last one the end.
    """

    rounds: list[list[Group]]
    first: Sequence[Group | None] = ()
    last: Sequence[Group | None] = ()

    @property
    def groups(self) -> list[Group]:
        """All groups, in order."""
        every = chain(self.first, *self.rounds, self.last)
        return [group for group in every if group is not None]


def loops_of(groups: Sequence[Group]) -> list[Unit]:
    """Return the loops.

    A round begins with the first instruction of the loop. Of the first one the beginning may have been of
    plain numbers, and what the last one left for the next nobody may have needed.
    """
    signatures = [(g[0].primitive, g[0].shape, len(g), where(g[0])) for g in groups]
    counts = Counter(signatures)
    often = [i for i, signature in enumerate(signatures) if counts[signature] >= LEAST]
    row = [signatures[i] for i in often]
    whole = []
    for start, size, _ in repeats(row, LEAST):
        turned = min(range(size), key=lambda k: _instructions(groups[often[start + k]]))
        for first in dict.fromkeys((start + turned, start)):
            end = first + size * _count(row, first, size, LEAST - 1)
            rounds = [often[k : k + size] for k in range(first, end, size)]
            if len(rounds) >= LEAST - 1 and 1 <= _furthest(groups, rounds) <= FURTHEST:
                whole.append((first, end, size))
                break
    ends = [0, *(end for _, end, _ in whole)]
    heads = [
        _matched(range(first - 1, free - 1, -1), range(first + size - 1, first - 1, -1), row)[::-1]
        for (first, _, size), free in zip(whole, ends)
    ]
    heads = [head if head and head[-1] is not None else [] for head in heads]
    begins = [
        *(next((k for k in head if k is not None), first) for head, (first, _, _) in zip(heads, whole)),
        len(row),
    ]
    tails = [
        _matched(range(end, stop), range(first, first + size), row)
        for (first, end, size), stop in zip(whole, begins[1:])
    ]

    def groups_at(places: Iterable[int | None]) -> list[Group | None]:
        return [None if k is None else groups[often[k]] for k in places]

    return [
        Unit(
            [[groups[often[i]] for i in range(k, k + size)] for k in range(first, end, size)],
            groups_at(head),
            groups_at(tail),
        )
        for (first, end, size), head, tail in zip(whole, heads, tails)
    ]


def _matched(row: Sequence[int], own: Sequence[int], signatures: Sequence[Hashable]) -> list[int | None]:
    """Return for each group of a round that of a row that is like it and comes next there, if it does.

    All are in one list of signatures.
    """
    places = iter(row)
    place = next(places, None)
    found: list[int | None] = []
    for k in own:
        is_like = place is not None and signatures[place] == signatures[k]
        found.append(place if is_like else None)
        if is_like:
            place = next(places, None)
    return found if any(each is not None for each in found) else []


def where(item: Item) -> tuple[Any, ...] | None:
    """Return the instructions at which an item was made."""
    return tuple(call[:2] for call in item.site.calls) if item.site is not None else None


def _furthest(groups: Sequence[Group], rounds: Sequence[Sequence[int]]) -> int:
    """Return from how many rounds before a round takes, at most."""
    made = {
        node: r for r, own in enumerate(rounds) for i in own for item in groups[i] for node in item.nodes
    }
    return max(
        r - made.get(parent, r)
        for r, own in enumerate(rounds)
        for i in own
        for item in groups[i]
        for parent in item.parents
    )


def _instructions(group: Group) -> tuple[int, ...]:
    """Return the instructions of all calls at a group, by which the first one of a round is known."""
    site = group[0].site
    return tuple(call.instruction for call in site.calls) if site is not None else ()


def repeats(
    signatures: Sequence[Hashable], least: int, longest: int = LONGEST
) -> Iterator[tuple[int, int, int]]:
    """Yield where a row repeats itself: the start, the length of a round, and how many there are.

    >>> list(repeats(["x", "h", "a", "h", "a", "h", "a", "y"], 3))
    [(1, 2, 3)]
    """
    i = 0
    while i < len(signatures):
        sizes = range(1, min(longest, (len(signatures) - i) // least) + 1)
        found = ((size, count) for size in sizes if (count := _count(signatures, i, size, least)) >= least)
        size, count = next(found, (1, 1))
        if count > 1:
            yield i, size, count
        i += size * count


def _count(signatures: Sequence[Hashable], start: int, size: int, least: int) -> int:
    """Return how often a round of a size comes from a place on."""
    first = signatures[start]
    if any(signatures[start + k * size] != first for k in range(1, least)):
        return 1
    unit, end = signatures[start : start + size], start + size
    while signatures[end : end + size] == unit:
        end += size
    return (end - start) // size
