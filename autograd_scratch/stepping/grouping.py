"""Which items are one step: those of equal origin, and the rounds of a loop that feed each other.

Items of one rule and shape, made at the same instructions of what has the same origin, are a group. In a
loop over samples all rounds have the same origin. In one over time no two have: there the groups repeat
themselves, and are told by that.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import Any, NamedTuple

from .items import Item, rule_of
from .sources import Homes

LEAST = 9  # rounds of a loop: fewer are written out
LONGEST = 200  # groups of a round
FURTHEST = 4  # rounds back from which a round takes

Group = list[Item]


class Unit(NamedTuple):
    """Groups that are written together: one alone, or those of each round of a loop."""

    rounds: list[list[Group]]

    @property
    def groups(self) -> list[Group]:
        """All groups, in order."""
        return [group for own in self.rounds for group in own]


def units_of(items: Sequence[Item], homes: Homes, has_loops: bool) -> list[Unit]:
    """Return groups and loops, each after what it takes from."""
    kinds = _Kinds(homes)
    groups = kinds.groups(items)
    loops = [*_loops(groups)] if has_loops else []
    alone = [Unit([[group]]) for group in groups]
    if not loops:
        return alone
    rounds = [[[groups[i] for i in own] for own in places] for places in loops]
    for own in rounds:
        for same in zip(*own):
            kinds.make_one(node for group in same for item in group for node in item.nodes)
    others = [item for item in items if item.nodes[0] not in kinds.made_one]
    units = [*map(Unit, rounds), *(Unit([[group]]) for group in kinds.groups(others))]
    return _in_order(units, items) or alone


class _Kinds:
    """What tells origins apart: a number for each kind of item."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes
        self._kinds: dict[Hashable, int] = {}
        self._of: dict[Any, int] = {}
        self.made_one: dict[Any, int] = {}  # the nodes of a loop

    def make_one(self, nodes: Iterable[Any]) -> None:
        """Say that some nodes are of one kind, which are in no other group from now on."""
        kind = self._kinds.setdefault(object(), len(self._kinds) + 1)
        self.made_one.update(dict.fromkeys(nodes, kind))

    def groups(self, items: Sequence[Item]) -> list[Group]:
        """Return items of equal origin together, each group after those that it takes from."""
        self._of = {**self.made_one}
        groups: dict[int, Group] = defaultdict(list)
        for item in items:
            first = tuple(_runs(map(self._origin, item.first)))
            origins = frozenset(map(self._origin, item.parents)) if item.shape else None
            key = (rule_of(item.primitive), item.shape, _where(item), first, origins)
            kind = self._kinds.setdefault(key, len(self._kinds) + 1)
            self._of.update(dict.fromkeys(item.nodes, kind))
            groups[kind].append(item)
        return list(groups.values())

    def _origin(self, parent: Any) -> int:
        """Return what tells origins apart: steps from 1 on, numbers as 0, sources below."""
        home = self._homes.of(parent)
        return -1 - home[0].number if home is not None else self._of.get(parent, 0)


def _runs(operands: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Yield operands of equal origin in a row once, with their number."""
    return ((origin, sum(1 for _ in run)) for origin, run in groupby(operands))


def _where(item: Item) -> tuple[Any, ...] | None:
    """Return the instructions at which an item was made."""
    return tuple(call[:2] for call in item.site.calls) if item.site is not None else None


def _loops(groups: Sequence[Group]) -> Iterator[list[list[int]]]:
    """Yield of loops which groups are made in each round."""
    if len(groups) < LEAST:
        return
    signatures = [(g[0].primitive, g[0].shape, len(g), _where(g[0])) for g in groups]
    counts = Counter(signatures)
    often = [i for i, signature in enumerate(signatures) if counts[signature] >= LEAST]
    for start, size, count in repeats([signatures[i] for i in often], LEAST):
        places = often[start : start + size * count]
        turned = min(range(size), key=lambda k: _instructions(groups[places[k]]))
        for first in dict.fromkeys((turned, 0)):
            rounds = [places[k : k + size] for k in range(first, len(places) - size + 1, size)]
            if len(rounds) >= LEAST and 1 <= _furthest(groups, rounds) <= FURTHEST:
                yield rounds
                break


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


def _in_order(units: Sequence[Unit], items: Sequence[Item]) -> list[Unit]:
    """Return units, each after those that it takes from, or else as they were made; [] if none can be."""
    places = {node: i for i, item in enumerate(items) for node in item.nodes}
    every = [[item for group in unit.groups for item in group] for unit in units]
    of = {node: i for i, own in enumerate(every) for item in own for node in item.nodes}
    missing = [
        {of[parent] for item in own for parent in item.parents if parent in of} - {i}
        for i, own in enumerate(every)
    ]
    first = [places[unit.groups[0][0].nodes[0]] for unit in units]
    users: Mapping[int, list[int]] = defaultdict(list)
    for i, own in enumerate(missing):
        for other in own:
            users[other].append(i)
    ready = [(first[i], i) for i, own in enumerate(missing) if not own]
    heapify(ready)
    found = []
    while ready:
        _, i = heappop(ready)
        found.append(units[i])
        for user in users[i]:
            missing[user].discard(i)
            if not missing[user]:
                heappush(ready, (first[user], user))
    return found if len(found) == len(units) else []
