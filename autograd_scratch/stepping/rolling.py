"""Steps: what each instruction of a program, or each layer, computed, as arrays with index maps.

Nodes of one primitive whose operands have the same origin are one step, with an axis for each loop that made
them: over samples, over units, over layers of equal shape. Which entry of which array each node took is
found by identity, for all nodes, and told by a map. What holds no map stays by itself. So rolling can be
incomplete, never wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import prod
from typing import Any, NamedTuple

from ..primitives import Primitive
from ..primitives.reductions import dot_p
from .axes import axes_of
from .items import Item, items_of, rule_of
from .maps import Map, Shape, fitted, identity_map, strides_of
from .names import Namer
from .recorder import Recorder
from .sites import Site
from .sources import Homes, Source, distinct

FEW = 16  # nodes, that are left by themselves where they take entries by no rule


class Operand(NamedTuple):
    """What a step takes: by a map from a source, or the same plain number everywhere.

    With `terms` the last axis of the map's space are that many terms, in each node.
    """

    source: Source | None
    map: Map | None
    number: float = 0.0
    terms: int = 0


class Share(NamedTuple):
    """How many of all nodes are rolled, and how many steps there are."""

    rolled: int
    nodes: int
    steps: int

    @property
    def is_worth_it(self) -> bool:
        """Whether arrays are less to compute than their numbers one by one."""
        return 2 * self.rolled > self.nodes and 4 * self.steps <= 3 * self.nodes


@dataclass(eq=False)
class Step:
    """Nodes that were made alike: a primitive, and what each takes of which array."""

    primitive: Primitive
    operands: tuple[Operand, ...]
    result: Source
    site: Site | None

    @property
    def is_rolled(self) -> bool:
        """Whether the step is an array, or does not single out an entry of one."""
        return len(self.result.entries) > 1 or not any(
            operand.source is not None and not operand.terms and len(operand.source.entries) > 1
            for operand in self.operands
        )


class Steps:
    """The steps from some arguments to some results, in an order in which they can be computed."""

    def __init__(
        self, roots: Sequence[Any], arguments: Mapping[str, tuple[Shape, Sequence[Any]]], recorder: Recorder
    ) -> None:
        self.recorder = recorder
        self.homes = Homes()
        self.all: list[Step] = []
        self._namer = Namer(recorder)
        self._kind = type(roots[0])
        for name, (shape, given) in arguments.items():
            self.homes.add(Source("argument", shape, name, given))
        for table in recorder.tables.all:
            self.homes.add(Source("table", table.shape, table.name, table.entries))
        items = items_of(roots, recorder)
        self._arrange(items)
        for group in self._groups(items):
            self._add(group)

    def share(self) -> "Share":
        """Return how many of all nodes are computed as arrays, or of arrays, and in how many steps."""
        sizes = [(len(step.result.entries), step.is_rolled) for step in self.all]
        rolled = sum(size for size, is_rolled in sizes if is_rolled)
        return Share(rolled, sum(size for size, _ in sizes), len(self.all))

    def _arrange(self, items: Sequence[Item]) -> None:
        """Note which arrays of the program are no step's result, but arrangements of entries."""
        own = {item.nodes[0] for item in items if item.shape}
        for array in self.recorder.arrays:
            if array.entries and not (array.entries[0].__class__ is self._kind and array.entries[0] in own):
                self.homes.arrange(array.shape, array.entries)

    def _groups(self, items: Sequence[Item]) -> list[list[Item]]:
        """Return items of equal origin together, each group after those that it takes from."""
        kinds: dict[Hashable, int] = {}
        of: dict[Any, int] = {}
        groups: dict[int, list[Item]] = defaultdict(list)

        def origin(parent: Any) -> int:
            """Return what tells origins apart: steps from 1 on, numbers as 0, sources below."""
            home = self.homes.of(parent)
            return -1 - home[0].number if home is not None else of.get(parent, 0)

        for item in items:
            where = item.site.calls[-1][:2] if item.site is not None and item.site.calls else None
            first = tuple(_runs(map(origin, item.first)))
            origins = frozenset(map(origin, set().union(*item.rows))) if item.shape else None
            key = (rule_of(item.primitive), item.shape, where, first, origins)
            kind = kinds.setdefault(key, len(kinds) + 1)
            of.update(dict.fromkeys(item.nodes, kind))
            groups[kind].append(item)
        return list(groups.values())

    def _add(self, items: Sequence[Item]) -> None:
        """Add a step of all these items, or one of each where they take entries by no rule."""
        step = self._step(items)
        if step is not None:
            self.all.append(step)
            self.homes.add(step.result)
        else:
            for item in items:
                self._add([item])

    def _step(self, items: Sequence[Item]) -> Step | None:
        rows = [row for item in items for row in item.rows]
        nodes = [node for item in items for node in item.nodes]
        primitive = items[0].primitive
        shape = items[0].shape
        if rule_of(primitive) is not primitive:
            parameters = [node.primitive.family[1][0] for node in nodes]
            primitive = rule_of(primitive)
            rows = [(float(parameter), *row) for parameter, row in zip(parameters, rows)]
        columns = self._columns(primitive, rows)
        if len(items) > 1:
            inner = prod(shape)
            taken = [column.bases[::inner] for column in columns if column.source is not None]
            shape = (*axes_of(len(items), taken), *shape)
        operands = [column.operand(shape) for column in columns]
        tables = any(operand.map is not None and operand.map.table is not None for operand in operands)
        if len(items) > 1 and tables and len(nodes) < FEW:
            return None
        name = self._namer.name(items[0].site, items[0].nodes) if items[0].site is not None else ""
        if len(items) > 1:
            name = name.partition("[")[0]
        return Step(primitive, tuple(operands), Source("step", shape, name, nodes), items[0].site)

    def _columns(self, primitive: Primitive, rows: Sequence[tuple[Any, ...]]) -> "list[_Column]":
        """Return what each node takes: one column for each operand, or one for terms that lie in a row."""
        first = rows[0]
        if primitive.arity is not None or len(first) == 1:
            return [self._column([row[k] for row in rows]) for k in range(len(first))]
        columns = []
        for start, end in self._segments(primitive, first):
            columns += self._terms(rows, start, end)
        return columns

    def _segments(self, primitive: Primitive, first: Sequence[Any]) -> Iterable[tuple[int, int]]:
        """Yield from where to where the parents of a node come from one source."""
        half = len(first) // 2 if primitive is dot_p else 0
        cuts = {0, len(first)} | ({half, 2 * half} if half else set())
        sources = [id(home[0]) if (home := self.homes.of(x)) is not None else None for x in first]
        cuts |= {i for i in range(1, len(first)) if sources[i] != sources[i - 1]}
        ordered = sorted(cuts)
        return zip(ordered, ordered[1:])

    def _terms(self, rows: Sequence[tuple[Any, ...]], start: int, end: int) -> "list[_Column]":
        """Return the column of some terms of all nodes."""
        count = end - start
        homes = [self.homes.of(row[start]) for row in rows]
        source = homes[0][0] if homes[0] is not None else None
        if source is not None and all(home is not None and home[0] is source for home in homes):
            places = [self.homes.of(x) for x in rows[0][start:end]]
            base = homes[0][1] if homes[0] is not None else 0
            steps = [place[1] - base for place in places if place is not None]
            bases = [home[1] for home in homes if home is not None]
            if _all_follow(rows, start, end, source, bases, steps):
                return [_Column(source, bases, steps=steps)]
        column = self._column([x for row in rows for x in row[start:end]])
        column.per_node = count
        return [column]

    def _column(self, objects: Sequence[Any]) -> "_Column":
        """Return from where all nodes take one of their operands."""
        homes = [self.homes.of(x) for x in objects]
        if None in homes:
            if all(x.__class__ is float for x in objects):
                first = repr(objects[0])
                if all(repr(x) == first for x in objects):
                    return _Column(None, [], number=objects[0])
            strangers = distinct(x for x, home in zip(objects, homes) if home is None)
            if len(strangers) == len(distinct(objects)) or not any(x.__class__ is float for x in strangers):
                self._table(strangers)
                homes = [self.homes.of(x) for x in objects]
        sources = {id(home[0]) for home in homes if home is not None}
        if len(sources) == 1 and None not in homes:
            return _Column(homes[0][0], [home[1] for home in homes])  # type: ignore[index]
        return _Column(None, [], mixed=partial(self.arranged, objects))

    def _table(self, strangers: Sequence[Any]) -> Source:
        """Add a table of numbers that are at home nowhere: constants, and leaves that nobody asked for."""
        names = {str(getattr(x, "name", None) or "").partition("[")[0] for x in strangers}
        name = names.pop() if len(names) == 1 else ""
        return self.homes.add(Source("table", (len(strangers),), name, strangers))

    def located(self, objects: Sequence[Any], space: Shape) -> Operand:
        """Return from where some entries are taken, which may be of several homes."""
        column = self._column(objects)
        return column.operand(space)

    def arranged(self, objects: Sequence[Any], space: Shape) -> Operand:
        """Return an arrangement of entries of several homes: one that the program has, or a new one."""
        found = self.homes.arrangement(objects, space)
        if found is not None:
            source, map_ = found
        else:
            source, map_ = Source("arrangement", space, "", objects), identity_map(space)
        if not source.pieces:
            self._fill(source)
        return Operand(source, map_)

    def _fill(self, source: Source) -> None:
        """Find out of which pieces of other sources an arrangement consists."""
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        by_id: dict[int, Source] = {}
        strangers: list[int] = []
        for place, entry in enumerate(source.entries):
            home = self.homes.of(entry)
            if home is None:
                strangers.append(place)
            else:
                by_id[id(home[0])] = home[0]
                places[id(home[0])].append((place, home[1]))
        others = [place for place in strangers if repr(source.entries[place]) != "0.0"]
        if others:
            table = Source("table", (len(others),), "", [source.entries[place] for place in others])
            self.homes.sources.append(table)
            by_id[id(table)] = table
            places[id(table)] = [(place, i) for i, place in enumerate(others)]
        for key, pairs in places.items():
            shape = _box([place for place, _ in pairs], source.shape)
            source.pieces.append(
                (
                    by_id[key],
                    fitted(shape, by_id[key].shape, [taken for _, taken in pairs]),
                    fitted(shape, source.shape, [place for place, _ in pairs]),
                )
            )


@dataclass
class _Column:
    """What all nodes of a step take as one operand, or as a row of terms of which each has as many."""

    source: Source | None
    bases: list[int]
    number: float = 0.0
    steps: Sequence[int] = ()  # from the first term of a node to each of them, if these are the same in all
    per_node: int = 0
    mixed: Callable[[Shape], Operand] | None = None  # makes the operand of entries of several homes

    def operand(self, space: Shape) -> Operand:
        """Return the operand over a space."""
        whole = (*space, self.per_node) if self.per_node else space
        if self.mixed is not None:
            return self.mixed(whole)._replace(terms=self.per_node)
        if self.source is None:
            return Operand(None, None, self.number, self.per_node)
        if self.steps:
            return Operand(self.source, self._of_terms(space), 0.0, len(self.steps))
        return Operand(self.source, fitted(whole, self.source.shape, self.bases), 0.0, self.per_node)

    def _of_terms(self, space: Shape) -> Map:
        """Return the map of places and terms: those of the first term, and from it on."""
        assert self.source is not None  # else there is no map
        shape, steps = self.source.shape, self.steps
        own, along = fitted(space, shape, self.bases), fitted((len(steps),), shape, steps)
        whole = (*space, len(steps))
        if own.table is None and along.table is None:
            return Map(whole, shape, own.offset, (*own.strides, *along.strides))
        return Map(whole, shape, table=tuple(base + step for base in self.bases for step in steps))


def _all_follow(
    rows: Sequence[tuple[Any, ...]],
    start: int,
    end: int,
    source: Source,
    bases: list[int],
    steps: list[int],
) -> bool:
    """Say whether the terms of all nodes go on from their first as those of the first node do."""
    if len(steps) < end - start:
        return False
    known: dict[int, tuple[Any, ...]] = {}
    last = len(source.entries) - max(steps)
    for row, base in zip(rows, bases):
        expected = known.get(base)
        if expected is None:
            if not -min(steps) <= base < last:
                return False
            expected = known[base] = tuple([source.entries[base + step] for step in steps])
        if row[start:end] != expected:
            return False
    return True


def _runs(operands: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Yield operands of equal origin in a row once, with their number."""
    return ((origin, sum(1 for _ in run)) for origin, run in groupby(operands))


def _box(places: Sequence[int], shape: Shape) -> Shape:
    """Return the shape of a box of an array, if these places are one; else their number."""
    steps = strides_of(shape)
    indices = [
        {place // step % size for place in places} if size > 1 else {0} for size, step in zip(shape, steps)
    ]
    box = tuple(map(len, indices))
    return box if prod(box) == len(places) else (len(places),)
