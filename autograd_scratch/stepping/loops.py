"""Loops over time: rounds that feed each other, with a first axis for the rounds.

A loop whose rounds do not take from each other is an axis already. Where they do, the steps of all rounds
repeat themselves. What one instruction computed in each of them becomes one step, and what it takes of the
round before it takes of an array with one entry more, the start. So a loop is arrays and index maps as all
else is.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

from .maps import Map, Shape, fitted, identity_map, spread, strides_of
from .operands import Columns, Operand
from .sources import Homes, Source
from .step import Step
from .unrolled import FURTHEST

_INDEX = re.compile(r"\[\w+\]$")  # of what is held for all rounds: hs[t]


class NotAlikeError(Exception):
    """Rounds of which one takes something else than the others."""


class Rounds:
    """The rounds of a loop, each as many steps, which are to be steps of all rounds."""

    def __init__(self, rounds: Sequence[Sequence[Step]], homes: Homes, columns: Columns) -> None:
        self._homes = homes
        self._columns = columns
        self._count = len(rounds)
        self._places = {step.result: (r, j) for r, own in enumerate(rounds) for j, step in enumerate(own)}
        self._by_step = list(zip(*rounds))
        self._results = [self._result([step.result for step in steps]) for steps in self._by_step]
        self._before: dict[tuple[int, int], Source] = {}  # by step, and by how many rounds
        self._starts: dict[tuple[int, int], dict[int, Any]] = {}  # the entry for each place
        self._arranged: dict[tuple[Source, ...], Source] = {}

    def steps(self) -> list[Step]:
        """Return the steps of all rounds; a NotAlikeError, with nothing changed, if there are none."""
        found = []
        for steps, result in zip(self._by_step, self._results):
            first = steps[0]
            if any(len(step.operands) != len(first.operands) for step in steps):
                raise NotAlikeError
            shape = first.result.shape
            operands = [self._operand(own, shape) for own in zip(*(step.operands for step in steps))]
            found.append(Step(first.primitive, tuple(operands), result, first.site, first.module))
        if not self._before:
            raise NotAlikeError
        starts = {key: self._start(*key) for key in self._before}
        for result in self._results:
            self._homes.move(result)
        for (j, back), (source, map_) in starts.items():
            self._begin(j, back, source, map_)
        return found

    def _result(self, sources: Sequence[Source]) -> Source:
        shape = sources[0].shape
        if any(source.shape != shape for source in sources):
            raise NotAlikeError
        name = next((source.name for source in sources if source.name), "")
        name = _INDEX.sub("", name)
        entries = [entry for source in sources for entry in source.entries]
        return Source("step", (self._count, *shape), name, entries)

    def _operand(self, operands: Sequence[Operand], shape: Shape) -> Operand:
        """Return what all rounds take as an operand."""
        terms = operands[0].terms
        if any(operand.terms != terms for operand in operands):
            raise NotAlikeError
        space = (*shape, terms) if terms else shape
        if all(operand.source is None for operand in operands):
            numbers = [operand.number for operand in operands]
            if len({*map(repr, numbers)}) == 1:
                return operands[0]
            table = Source("constants", (self._count,), "", numbers)
            return Operand(table, spread((self._count,), (self._count, *space), [0]), 0.0, terms)
        source, map_ = self._taken(
            [operand.source for operand in operands],
            [operand.map for operand in operands],
            space,
            [operand.number for operand in operands],
        )
        return Operand(source, map_, 0.0, terms)

    def _taken(
        self,
        sources: Sequence[Source | None],
        maps: Sequence[Map | None],
        space: Shape,
        numbers: Sequence[float] = (),
    ) -> tuple[Source, Map]:
        """Return what all rounds take of some sources, one for each; for none, in the first, a number."""
        own = [self._places.get(source) if source is not None else None for source in sources]
        if own[-1] is not None:
            return self._of_rounds(own, sources, maps, space, numbers)
        others = [*sources[1:]]
        if all(source is not None and source.kind == "arrangement" for source in others):
            first = sources[0]
            if first is None or first.kind != "arrangement":
                given_first = self._arranged_alike(first, maps[0], numbers, others, maps[1])
                return self._taken([given_first, *others], [maps[1], *maps[1:]], space)
        if any(own) or None in sources:
            raise NotAlikeError
        given: list[Any] = [*sources]
        taken: list[Any] = [*maps]
        if all(source is given[0] for source in given):
            return given[0], self._joined(given[0].shape, taken, 0, (self._count, *space))
        if all(source.kind == "arrangement" for source in given):
            arrangement = self._arrangement(given)
            size = prod(given[0].shape)
            return arrangement, self._joined(arrangement.shape, taken, size, (self._count, *space))
        if all(source.kind in ("constants", "table") and _are_numbers(source) for source in given):
            shape = given[0].shape
            if all(source.shape == shape for source in given) and all(map_ == taken[0] for map_ in taken):
                table = self._table(given)
                return table, self._joined(table.shape, taken, prod(shape), (self._count, *space))
            every = [
                source.entries[place] for source, map_ in zip(given, taken) for place in map_.positions()
            ]
            names = {source.name for source in given}
            table = Source(
                "constants", (self._count, *space), names.pop() if len(names) == 1 else "", every
            )
            return table, identity_map(table.shape)
        raise NotAlikeError

    def _of_rounds(
        self,
        places: Sequence[tuple[int, int] | None],
        sources: Sequence[Source | None],
        maps: Sequence[Map | None],
        space: Shape,
        numbers: Sequence[float],
    ) -> tuple[Source, Map]:
        """Return what all rounds take of the same step, of this round or of one before."""
        last, j = places[-1] or (0, 0)
        back = self._count - 1 - last
        expected = [(r - back, j) for r in range(back, self._count)]
        if [*places[back:]] != expected or any(places[:back]) or back > FURTHEST:
            raise NotAlikeError
        taken: list[Any] = [*maps]
        result = self._results[j]
        size = prod(result.shape[1:])
        if not back:
            return result, self._joined(result.shape, taken, size, (self._count, *space))
        if any(map_ != taken[back] for map_ in taken[back + 1 :]):
            raise NotAlikeError
        before = self._found(j, back)
        entered = taken[back].positions()
        for r, source in enumerate(sources[:back]):
            if source is None:
                given = [numbers[r]] * len(entered)
            else:
                given = [source.entries[place] for place in taken[r].positions()]
            known = self._starts[j, back - r]
            for place, entry in zip(entered, given, strict=True):
                if known.setdefault(place, entry) is not entry and not _are_same(known[place], entry):
                    raise NotAlikeError
        return before, self._joined(before.shape, [taken[back]] * self._count, size, (self._count, *space))

    def _found(self, j: int, back: int) -> Source:
        """Return what each round finds of a step of so many rounds before."""
        for each in range(1, back + 1):
            if (j, each) not in self._before:
                result = self._results[j]
                name = result.name and result.name + "_before" * (each > 1)
                self._before[j, each] = Source("carried", (self._count + 1, *result.shape[1:]), name, [])
                self._starts[j, each] = {}
        return self._before[j, back]

    def _joined(self, source: Shape, maps: Sequence[Map], size: int, space: Shape) -> Map:
        """Return the map of all rounds, each of which is so many entries further."""
        first = maps[0]
        if all(map_.table is None and map_.strides == first.strides for map_ in maps):
            offsets = [map_.offset + r * size for r, map_ in enumerate(maps)]
            steps = {b - a for a, b in pairwise(offsets)}
            if len(steps) == 1:
                return Map(space, source, offsets[0], (steps.pop(), *first.strides))
        taken = [place + r * size for r, map_ in enumerate(maps) for place in map_.positions()]
        return fitted(space, source, taken)

    def _arrangement(self, sources: list[Source]) -> Source:
        """Return an arrangement of all rounds: of pieces of one kind, each put where the others are."""
        key = tuple(sources)
        if key not in self._arranged:
            first = sources[0]
            if any(
                source.shape != first.shape or len(source.pieces) != len(first.pieces) for source in sources
            ):
                raise NotAlikeError
            shape = (self._count, *first.shape)
            whole = Source(
                "arrangement", shape, first.name, [entry for source in sources for entry in source.entries]
            )
            for pieces in zip(*(source.pieces for source in sources)):
                put = pieces[0][2]
                if any(other != put for _, _, other in pieces):
                    raise NotAlikeError
                source, take = self._taken(
                    [piece for piece, _, _ in pieces], [taken for _, taken, _ in pieces], put.space
                )
                joined = self._joined(shape, [put] * self._count, prod(first.shape), take.space)
                whole.pieces.append((source, take, joined))
            self._arranged[key] = whole
        return self._arranged[key]

    def _arranged_alike(
        self,
        first: Source | None,
        map_: Map | None,
        numbers: Sequence[float],
        others: Sequence[Any],
        there: Any,
    ) -> Source:
        """Return plain numbers of the first round as an arrangement of what others are arranged of.

        Where numbers are put together there are no Values, and nobody tells of what: of `np.zeros(4)` and
        `x[0]`, say.
        """
        taken = [numbers[0]] * there.size if first is None or map_ is None else first.entries
        places = range(there.size) if map_ is None else map_.positions()
        entries = dict(zip(there.positions(), (taken[place] for place in places)))
        second, third = others[0], others[1]
        if len(entries) < prod(second.shape) or any(
            entry.__class__ is not float for entry in entries.values()
        ):
            raise NotAlikeError
        found = Source("arrangement", second.shape, "", [entries[i] for i in range(len(entries))])
        for (source, take, put), (after, later, _) in zip(second.pieces, third.pieces):
            own = [entries[place] for place in put.positions()]
            piece, first_take = Source("constants", put.space, "", own), identity_map(put.space)
            if (
                source not in self._places
                and source is after
                and take.table is None
                and later.table is None
            ):
                piece, first_take = (
                    source,
                    Map(take.space, take.source, 2 * take.offset - later.offset, take.strides),
                )
                places = first_take.positions()
                is_inside = min(places) >= 0 and max(places) < len(source.entries)
                if not is_inside or not all(map(_are_same, own, (source.entries[i] for i in places))):
                    raise NotAlikeError
            found.pieces.append((piece, first_take, put))
        return found

    def _table(self, sources: list[Source]) -> Source:
        """Return the tables of plain numbers of all rounds as one."""
        key = tuple(sources)
        if key not in self._arranged:
            numbers = [entry for source in sources for entry in source.entries]
            shape = (self._count, *sources[0].shape)
            self._arranged[key] = Source("constants", shape, _common_name(sources), numbers)
        return self._arranged[key]

    def _start(self, j: int, back: int) -> tuple[Source, Map]:
        """Return from where what the first round takes comes."""
        shape = self._results[j].shape[1:]
        known = self._starts[j, back]
        entries = [known.get(place, 0.0) for place in range(prod(shape))]
        if all(_are_same(entry, entries[0]) for entry in entries):
            return Source("constants", (), "", [entries[0]]), spread((), shape, [])
        found = self._columns.located(entries, shape)
        if found.source is None or found.map is None:
            return Source("constants", (), "", [found.number]), spread((), shape, [])
        return found.source, found.map

    def _begin(self, j: int, back: int, start: Source, map_: Map) -> None:
        """Make an array of what is there before the first round, and of what each round leaves."""
        before, result = self._before[j, back], self._results[j]
        own = strides_of(before.shape)
        first = Map(map_.space, before.shape, 0, own[1:])
        later = Map(result.shape, before.shape, prod(map_.space), own)
        made, take = result, identity_map(result.shape)
        if back > 1:
            made, take = self._before[j, back - 1], Map(result.shape, before.shape, 0, own)
        left = [made.entries[place] for place in take.positions()]
        before.entries = [*(start.entries[place] for place in map_.positions()), *left]
        before.pieces += [(start, map_, first), (made, take, later)]


def _common_name(sources: Sequence[Source]) -> str:
    """Return the name that all sources have, without an index that tells rounds apart."""
    names = {_INDEX.sub("", source.name) for source in sources}
    return names.pop() if len(names) == 1 else ""


def _are_numbers(source: Source) -> bool:
    return all(entry.__class__ is float for entry in source.entries)


def _are_same(one: Any, other: Any) -> bool:
    return one.__class__ is other.__class__ is float and repr(one) == repr(other)
