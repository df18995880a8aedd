"""Where the nodes of a step take their operands from: a source and a map, or the same number everywhere.

What is found by the identity of parents is told in a column, before it is known which axes the nodes have.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import prod
from operator import is_
from typing import Any, NamedTuple

from ..primitives import Primitive
from ..primitives.reductions import dot_p
from .items import vectors_of
from .leaves import together
from .maps import Map, Shape, fitted, identity_map, spread, strides_of
from .padding import windows_of
from .sources import Homes, Source, distinct


class NotRolledError(Exception):
    """A step takes what no step before it has computed."""


class Operand(NamedTuple):
    """What a step takes: by a map from a source, or the same plain number everywhere.

    With `terms` the last axis of the map's space are that many terms, in each node.
    """

    source: Source | None
    map: Map | None
    number: float = 0.0
    terms: int = 0


@dataclass
class Column:
    """What all nodes of a step take as one operand, or as a row of terms of which each has as many."""

    source: Source | None
    bases: list[int]
    number: float = 0.0
    steps: Sequence[int] = ()  # from the first term of a node to each of them, if these are the same in all
    per_node: int = 0
    mixed: Callable[[Shape], Operand] | None = None  # makes the operand of entries of several homes
    numbers: Sequence[Any] = ()  # if they are plain ones that are of no array
    is_new: bool = False  # a source that nothing else takes from yet

    @property
    def heads(self) -> list[int]:
        """The entry that each node takes first."""
        return self.bases[:: self.per_node or 1]

    def operand(self, space: Shape) -> Operand:
        """Return the operand over a space."""
        whole = (*space, self.per_node) if self.per_node else space
        if self.mixed is not None:
            return self.mixed(whole)._replace(terms=self.per_node)
        if self.source is None:
            return Operand(None, None, self.number, self.per_node)
        found = self._of_terms(space) if self.steps else fitted(whole, self.source.shape, self.bases)
        terms = len(self.steps) or self.per_node
        if found.table is not None and self.numbers:
            source, found = _spread_out(self.source, found)
            return Operand(source, found, 0.0, terms)
        if found.table is not None:
            return _narrowed(self.source, found, terms)
        kept = found.kept
        if self.is_new and len(self.source.shape) == 1 and kept.is_whole:  # it has the axes that are seen
            self.source.shape = kept.space
            found = Map(found.space, kept.space, found.offset, found.strides)
        return Operand(self.source, found, 0.0, terms)

    def _of_terms(self, space: Shape) -> Map:
        """Return the map of places and terms: those of the first term, and from it on."""
        assert self.source is not None  # else there is no map
        shape, steps = self.source.shape, self.steps
        own, along = fitted(space, shape, self.bases), fitted((len(steps),), shape, steps)
        whole = (*space, len(steps))
        if own.table is None and along.table is None:
            return Map(whole, shape, own.offset, (*own.strides, *along.strides))
        return Map(whole, shape, table=tuple(base + step for base in self.bases for step in steps))


class Columns:
    """Finds where nodes take their operands from, given where entries are at home."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes

    def of(self, primitive: Primitive, rows: Sequence[tuple[Any, ...]]) -> list[Column]:
        """Return what each node takes: one column for each operand, or one for terms that lie in a row."""
        first = rows[0]
        if primitive.arity is not None or len(first) == 1:
            return [self._column([row[k] for row in rows]) for k in range(len(first))]
        columns = []
        for start, end in self._segments(primitive, rows):
            columns += self._terms(rows, start, end)
        return columns

    def _segments(self, primitive: Primitive, rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[int, int]]:
        """Yield from where to where the parents of a node come from one source."""
        first = rows[0]
        sources = [id(home[0]) if (home := self._homes.of(x)) is not None else None for x in first]
        for begin, end in vectors_of(primitive, len(first)):
            cuts = [i for i in range(begin + 1, end) if sources[i] != sources[i - 1]]
            origins = [sources[i] for i in (begin, *cuts)]
            numbers = [i for i in range(begin, end) if first[i].__class__ is float and sources[i] is None]
            is_edge = any(row[i].__class__ is not float for i in numbers for row in rows)
            if len(set(origins)) == len(origins) and primitive is not dot_p and not is_edge:
                yield from pairwise((begin, *cuts, end))
            else:  # a vector of a product stays whole; or a source comes in between
                yield begin, end

    def _terms(self, rows: Sequence[tuple[Any, ...]], start: int, end: int) -> list[Column]:
        """Return the column of some terms of all nodes."""
        column = self._rows_of_terms(rows, start, end)
        if column is None:
            flat = [x for row in rows for x in row[start:end]]
            column = self._column(flat)
            if column.source is not None:  # they are together now
                found = self._rows_of_terms(rows, start, end)
                if found is not None:
                    found.numbers, found.is_new = column.numbers, column.is_new
                    return [found]
            windows = windows_of([row[start:end] for row in rows], self._homes) if column.mixed else None
            if windows is not None:
                return [Column(windows.source, windows.bases, steps=windows.steps)]
            column.per_node = end - start
        return [column]

    def _rows_of_terms(self, rows: Sequence[tuple[Any, ...]], start: int, end: int) -> Column | None:
        """Return the column of terms that go on from the first of each node as those of the first node."""
        homes = [self._homes.of(row[start]) for row in rows]
        first = homes[0]
        if first is None:
            return None
        source, base = first
        if not all(home is not None and home[0] is source for home in homes):
            return None
        places = [self._homes.of(x) for x in rows[0][start:end]]
        steps = [place[1] - base for place in places if place is not None]
        bases = [home[1] for home in homes if home is not None]
        if _all_follow(rows, start, end, source, bases, steps):
            return Column(source, bases, steps=steps)
        return None

    def _column(self, objects: Sequence[Any]) -> Column:
        """Return from where all nodes take one of their operands."""
        homes = [self._homes.of(x) for x in objects]
        are_numbers = all(x.__class__ is float for x in objects)
        is_new = False
        if None in homes:
            if are_numbers:
                first = repr(objects[0])
                if all(repr(x) == first for x in objects):
                    return Column(None, [], number=objects[0])
            strangers = distinct(x for x, home in zip(objects, homes) if home is None)
            if len(strangers) == len(distinct(objects)) or not any(x.__class__ is float for x in strangers):
                self._table(strangers)
                is_new = len(strangers) == len(distinct(objects))
                homes = [self._homes.of(x) for x in objects]
        sources = {id(home[0]): home[0] for home in homes if home is not None}
        if len(sources) == 1 and None not in homes:
            (source,) = sources.values()
            numbers = objects if are_numbers and source.kind == "constants" else ()
            bases = [home[1] for home in homes if home is not None]
            return Column(source, bases, numbers=numbers, is_new=is_new)
        if are_numbers and all(source.kind == "constants" for source in sources.values()):
            loose = Source("constants", (len(objects),), "", objects)
            return Column(loose, [*range(len(objects))], numbers=objects)
        return Column(None, [], mixed=partial(self.arranged, objects))

    def _table(self, strangers: Sequence[Any]) -> Source:
        """Add a table of numbers that are at home nowhere: constants, and leaves that nobody asked for.

        What was computed is none: a NotRolledError says so.
        """
        if any(getattr(stranger, "parents", ()) for stranger in strangers):
            raise NotRolledError
        if strangers[0].__class__ is float:
            return self._homes.add(Source("constants", (len(strangers),), "", strangers))
        name, shape, ordered = together(strangers)
        return self._homes.add(Source("table", shape, name, ordered))

    def located(self, objects: Sequence[Any], space: Shape) -> Operand:
        """Return from where some entries are taken, which may be of several homes."""
        return self._column(objects).operand(space)

    def arranged(self, objects: Sequence[Any], space: Shape) -> Operand:
        """Return an arrangement of entries of several homes: one that the program has, or a new one."""
        found = self._homes.arrangement(objects, space)
        if found is not None:
            source, map_ = found
        else:
            ids = [*map(id, objects)]
            axes = [axis for axis in range(len(space)) if not _is_constant(ids, space, axis)]
            shape = tuple(space[axis] for axis in axes)
            places = Map(shape, space, 0, tuple(strides_of(space)[axis] for axis in axes)).positions()
            source = Source("arrangement", shape, "", [objects[place] for place in places])
            map_ = spread(shape, space, axes)
        if not source.pieces:
            self._fill(source)
        return Operand(source, map_)

    def _fill(self, source: Source) -> None:
        """Find out of which pieces of other sources an arrangement consists."""
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        by_id: dict[int, Source] = {}
        strangers: list[int] = []
        for place, entry in enumerate(source.entries):
            home = self._homes.of(entry)
            if home is None:
                strangers.append(place)
            else:
                by_id[id(home[0])] = home[0]
                places[id(home[0])].append((place, home[1]))
        others = [place for place in strangers if repr(source.entries[place]) != "0.0"]
        if others:
            table = Source("table", (len(others),), "", [source.entries[place] for place in others])
            self._homes.sources.append(table)
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


def _spread_out(source: Source, found: Map) -> tuple[Source, Map]:
    """Return plain numbers that are taken by no rule as an array with an entry for each place.

    Axes along which they stay the same are left out. So numbers have no identity that counts, but that
    of one object for many places, as Python has for literals.
    """
    numbers = [source.entries[place] for place in found.positions()]
    space = found.space
    texts = [*map(repr, numbers)]
    axes = [axis for axis in range(len(space)) if not _is_constant(texts, space, axis)]
    shape = tuple(space[axis] for axis in axes)
    places = Map(shape, space, 0, tuple(strides_of(space)[axis] for axis in axes)).positions()
    kept = Source("constants", shape, source.name, [numbers[place] for place in places])
    return kept, spread(shape, space, axes)


def _narrowed(source: Source, found: Map, terms: int) -> Operand:
    """Return what is taken by a table: without the axes along which it stays the same, if there are any."""
    space, positions = found.space, found.positions()
    axes = [axis for axis in range(len(space)) if not _is_constant(positions, space, axis)]
    if len(axes) == len(space):
        return Operand(source, found, 0.0, terms)
    shape = tuple(space[axis] for axis in axes)
    places = Map(shape, space, 0, tuple(strides_of(space)[axis] for axis in axes)).positions()
    own = fitted(shape, source.shape, [positions[place] for place in places])
    part = Source("arrangement", shape, "", [source.entries[place] for place in own.positions()])
    part.pieces.append((source, own, identity_map(shape)))
    return Operand(part, spread(shape, space, axes), 0.0, terms)


def _is_constant(entries: Sequence[Any], space: Shape, axis: int) -> bool:
    """Say whether what stands in an array is the same along an axis."""
    step = prod(space[axis + 1 :])
    block = step * space[axis]
    return all(
        entries[start + step : start + block] == entries[start : start + block - step]
        for start in range(0, len(entries), block)
    )


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
        if not all(map(is_, row[start:end], expected)):  # a Value is equal to its number, and is not it
            return False
    return True


def _box(places: Sequence[int], shape: Shape) -> Shape:
    """Return the shape of a box of an array, if these places are one; else their number."""
    steps = strides_of(shape)
    indices = [
        {place // step % size for place in places} if size > 1 else {0} for size, step in zip(shape, steps)
    ]
    box = tuple(map(len, indices))
    return box if prod(box) == len(places) else (len(places),)
