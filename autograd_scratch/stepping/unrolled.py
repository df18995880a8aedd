"""Loops over time as they were run: groups that repeat themselves.

In such a loop no two rounds have the same origin, as each takes what rounds before it have left. They are
told by the instructions that come again and again.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from .items import Item

LEAST = 6  # rounds of a loop: fewer are written out
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


def loops_of(groups: Sequence[Group], weights: Callable[[Item], Hashable]) -> list[Unit]:
    """Return the loops, whose rounds take from the same `weights`.

    A round begins with the first instruction of the loop. Of the first one the beginning may have been of
    plain numbers, and what the last one left for the next nobody may have needed.
    """
    signatures = [(g[0].primitive, g[0].shape, len(g), where(g[0]), weights(g[0])) for g in groups]
    counts = Counter(signatures)
    often = [i for i, signature in enumerate(signatures) if counts[signature] >= LEAST]
    repeated, row = [groups[i] for i in often], [signatures[i] for i in often]
    spans = [*_spans(repeated, row)]
    heads: list[list[int | None]] = []
    free = 0
    for first, end, size in spans:
        head = _matched(range(first - 1, free - 1, -1), range(first + size - 1, first - 1, -1), row)[::-1]
        heads.append(head if head and head[-1] is not None else [])
        free = end
    begins = [next((k for k in head if k is not None), span.first) for head, span in zip(heads, spans)]

    def found_at(places: Iterable[int | None]) -> list[Group | None]:
        return [None if k is None else repeated[k] for k in places]

    units = []
    for span, head, limit in zip(spans, heads, [*begins[1:], len(row)]):
        tail = _matched(range(span.end, limit), range(span.first, span.first + span.size), row)
        units.append(Unit(span.rounds(repeated), found_at(head), found_at(tail)))
    return units


class _Span(NamedTuple):
    """Where whole rounds begin and end in a row, and how long each is."""

    first: int
    end: int
    size: int

    def rounds(self, row: Sequence[Group]) -> list[list[Group]]:
        return [[*row[k : k + self.size]] for k in range(self.first, self.end, self.size)]


def _spans(groups: Sequence[Group], row: Sequence[Hashable]) -> Iterator[_Span]:
    """Yield where groups, whose signatures are in a row, are rounds that feed each other."""
    free = 0
    for start, size, _ in repeats(row, LEAST):
        turned = min(range(size), key=lambda k: _instructions(groups[start + k]))
        for first in dict.fromkeys((start + turned, start)):
            span = _Span(first, first + size * _count(row, first, size, LEAST - 1), size)
            rounds = span.rounds(groups)
            if first >= free and len(rounds) >= LEAST - 1 and 1 <= _furthest(rounds) <= FURTHEST:
                free = span.end
                yield span
                break


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
    return (*(call[:2] for call in item.site.calls), *item.within) if item.site is not None else None


def _furthest(rounds: Sequence[Sequence[Group]]) -> int:
    """Return from how many rounds before a round takes, at most."""
    made = {
        node: r for r, own in enumerate(rounds) for group in own for item in group for node in item.nodes
    }
    return max(
        r - made.get(parent, r)
        for r, own in enumerate(rounds)
        for group in own
        for item in group
        for parent in item.parents
    )


def _instructions(group: Group) -> tuple[int, ...]:
    """Return the instructions of all calls at a group, by which the first one of a round is known."""
    site, within = group[0].site, group[0].within
    calls = tuple(call.instruction for call in site.calls) if site is not None else ()
    return (*calls, *(instruction for instruction, _ in within))


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
