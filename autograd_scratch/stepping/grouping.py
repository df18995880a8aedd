"""Which items are one step: those of equal origin, and the rounds of a loop that feed each other.

Items of one rule and shape, made at the same instructions of what has the same origin, are a group. In a
loop over samples all rounds have the same origin.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import Any

from ..nn.module import ParameterName
from .items import Item, rule_of, vectors_of
from .sources import Homes
from .unrolled import Group, Unit, loops_of, where


def units_of(
    items: Sequence[Item], homes: Homes, has_loops: bool, apart: Mapping[Any, Hashable]
) -> list[Unit]:
    """Return groups and loops, each after what it takes from."""
    kinds = _Kinds(homes, apart)
    groups = kinds.groups(items)
    loops = loops_of(groups, kinds.weights) if has_loops else []
    alone = [Unit([[group]]) for group in groups]
    if not loops:
        return alone
    for loop in loops:
        every = [own for own in (loop.first, *loop.rounds, loop.last) if own]
        for same in zip(*every, strict=True):
            kinds.make_one(node for group in same if group for item in group for node in item.nodes)
    others = [item for item in items if item.nodes[0] not in kinds.made_one]
    units = [*loops, *(Unit([[group]]) for group in kinds.groups(others))]
    return _in_order(units, items) or alone


class _Kinds:
    """What tells origins apart: a number for each kind of item."""

    def __init__(self, homes: Homes, apart: Mapping[Any, Hashable]) -> None:
        self._homes = homes
        self._apart = apart
        self._kinds: dict[Hashable, int] = {}
        self._of: dict[Any, int] = {}
        self._parameters: dict[Any, int] = {}
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
            first = tuple(_runs(self._origins(item)))
            origins = frozenset(map(self._origin, item.parents)) if item.shape else None
            own = self._apart.get(item.nodes[0])
            key = (rule_of(item.primitive), item.shape, where(item), first, origins, own)
            kind = self._kinds.setdefault(key, len(self._kinds) + 1)
            self._of.update(dict.fromkeys(item.nodes, kind))
            groups[kind].append(item)
        return list(groups.values())

    def _origins(self, item: Item) -> list[int]:
        """Return the origins of the first node's parents.

        Among terms of one origin plain numbers are of that, too, as those at the edges of an image are.
        """
        found = [*map(self._origin, item.first)]
        for begin, end in vectors_of(item.primitive, len(found)) if item.primitive.arity is None else ():
            others = {*found[begin:end]} - {0}
            if len(others) == 1:
                pairs = zip(found[begin:end], item.first[begin:end])
                (other,) = others
                found[begin:end] = [other if x.__class__ is float else origin for origin, x in pairs]
        return found

    def weights(self, item: Item) -> int:
        """Return what tells apart the arrays of a model's parameters from which an item takes first."""
        named = (x for x in item.first if isinstance(getattr(x, "name", None), ParameterName))
        return next(map(self._origin, named), 0)

    def _origin(self, parent: Any) -> int:
        """Return what tells origins apart: steps from 1 on, numbers as 0, sources below.

        Of a model's parameters each array is one, together with those whose paths differ by numbers alone.
        """
        known = self._parameters.get(parent)
        if known is not None:
            return known
        home = self._homes.of(parent)
        if home is None:
            return self._of.get(parent, 0)
        number = -1 - home[0].number
        name = getattr(parent, "name", None)
        if isinstance(name, ParameterName):
            words = tuple(part for part in name.path.split(".") if not part.isdigit())
            kind = self._kinds.setdefault((number, words), len(self._kinds) + 1)
            number = self._parameters[parent] = -len(self._homes.sources) - kind
        return number


def _runs(operands: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Yield operands of equal origin in a row once, with their number."""
    return ((origin, sum(1 for _ in run)) for origin, run in groupby(operands))


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
