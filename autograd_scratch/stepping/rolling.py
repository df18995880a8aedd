"""Steps: what each instruction of a program, or each layer, computed, as arrays with index maps.

Nodes of one primitive whose operands have the same origin are one step, with an axis for each loop that
made them: over samples, over units, over layers of equal shape. Which entry of which array each node took
is found by identity, for all nodes, and told by a map. What holds no map stays by itself. So rolling can
be incomplete, never wrong.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

from ..nn.module import ParameterName
from .axes import axes_of, regular_axes, split_across, whole_axes
from .grouping import units_of
from .items import Item, items_of, rule_of
from .layers import Layers
from .loops import NotAlikeError, Rounds
from .maps import Shape, fitted
from .names import Namer
from .operands import Column, Columns, Operand
from .partial import MissingError, with_first, with_last
from .recorder import Recorder
from .sites import NOWHERE, Site
from .sources import Homes, Source
from .step import Step
from .unrolled import LEAST, Group, Unit


class Share(NamedTuple):
    """How many of all nodes are rolled, and how many steps there are."""

    rolled: int
    nodes: int
    steps: int

    @property
    def is_worth_it(self) -> bool:
        """Whether arrays are less to compute than their numbers one by one."""
        return 2 * self.rolled > self.nodes and 4 * self.steps <= 3 * self.nodes


class Steps:
    """The steps from some arguments to some results, in an order in which they can be computed."""

    def __init__(
        self,
        roots: Sequence[Any],
        arguments: Mapping[str, tuple[Shape, Sequence[Any]]],
        recorder: Recorder,
        has_loops: bool = True,
        apart: Mapping[Any, Hashable] = MappingProxyType({}),
    ) -> None:
        """Find the steps; without loops the rounds of one over time are steps of their own.

        Nodes of which `apart` tells something else are not of one step.
        """
        self.recorder = recorder
        self.homes = Homes()
        self._columns = Columns(self.homes)
        self.all: list[Step] = []
        self._namer = Namer(recorder)
        self._kind = type(roots[0])
        for name, (shape, given) in arguments.items():
            self.homes.add(Source("argument", shape, name, given))
        known: dict[Hashable, Source] = {}  # a loop makes its starts in each round anew
        for table in recorder.tables.all:
            if table.made in known:
                self.homes.join(known[table.made], table.entries)
            else:
                source = Source("table", table.shape, table.name, table.entries)
                known[table.made] = self.homes.add(source)
        items = items_of(roots, recorder)
        self._arrange(items)
        leaves = (x for item in items for x in item.parents if x.__class__ is self._kind and not x.parents)
        has_models = any(isinstance(leaf.name, ParameterName) for leaf in leaves)
        self._modules: dict[Site, str] = {}  # of calls of layers
        self._layers = Layers([node for item in items for node in item.nodes] if has_models else [])
        for unit in units_of(items, self.homes, has_loops, apart):
            self._add_unit(unit)

    def share(self) -> "Share":
        """Return how many of all nodes are computed as arrays, or of arrays, and in how many steps."""
        sizes = [(step.size, step.is_rolled) for step in self.all]
        rolled = sum(size for size, is_rolled in sizes if is_rolled)
        return Share(rolled, sum(size for size, _ in sizes), len(self.all))

    def expression(self, step: Step) -> str:
        """Return the expression that a step computes, as the program has it; '' where it is not known."""
        nodes = step.result.entries
        return self._namer.expression(step.site, nodes) if step.site is not None else ""

    def written(self, step: Step) -> str:
        """Return the operation of a step, as the program has it; '' where it is not known."""
        return self._namer.written(step.site) if step.site is not None else ""

    def is_inner(self, step: Step) -> bool:
        """Say whether an instruction of several operations makes a step on its way: the sum of a mean."""
        return self._namer.is_inner(step.result.entries[0])

    def _arrange(self, items: Sequence[Item]) -> None:
        """Note which arrays of the program are no step's result, but arrangements of entries."""
        own = {item.nodes[0]: len(item.nodes) for item in items if item.shape}
        for array in self.recorder.arrays:
            first = array.entries[0] if array.entries else 0.0
            if array.entries and not (
                first.__class__ is self._kind and own.get(first) == len(array.entries)
            ):
                name = self._namer.name(array.site, array.entries)
                self.homes.arrange(array.shape, array.entries, name)

    def _add_unit(self, unit: Unit) -> None:
        """Add the steps of a unit: as a loop all rounds that are alike, or can be made so.

        What comes after the loop is made again, as it may take what is now at home in that.
        """
        begin = len(self.all)
        first = [None if group is None else self._add(group) for group in unit.first]
        rounds = [[self._add(group) for group in own] for own in unit.rounds]
        last = [None if group is None else self._add(group) for group in unit.last]
        if len(rounds) == 1:
            return
        for start, alike, left in _alike(first, rounds, last):
            if len(alike) < LEAST:
                continue
            try:
                found = Rounds(alike, self.homes, self._columns).steps()
            except NotAlikeError:
                continue
            self.all[begin + start :] = found
            for group in unit.groups[len(unit.groups) - left :]:
                self._add(group)
            return

    def _add(self, group: Group) -> Step:
        step = self._step(group)
        self.all.append(step)
        self.homes.move(step.result)
        return step

    def _step(self, items: Sequence[Item]) -> Step:
        """Return the step of all these items."""
        rows = [row for item in items for row in item.rows]
        nodes = [node for item in items for node in item.nodes]
        primitive = items[0].primitive
        shape = items[0].shape
        if rule_of(primitive) is not primitive:
            parameters = [node.primitive.family[1][0] for node in nodes]
            primitive = rule_of(primitive)
            rows = [(float(parameter), *row) for parameter, row in zip(parameters, rows)]
        columns = self._columns.of(primitive, rows)
        if len(items) > 1:
            inner = prod(shape)
            order = _regular_order(columns, inner)
            if order:
                places = [i * inner + k for i in order for k in range(inner)]
                nodes, rows = [nodes[place] for place in places], [rows[place] for place in places]
                columns = self._columns.of(primitive, rows)
            shape = (*self._axes(len(items), inner, columns), *shape)
        operands = [column.operand(shape) for column in columns]
        name, site = "", items[0].site or NOWHERE
        if (
            site.calls or self.recorder.names
        ):  # what holds all of them, as a list made at once, comes second
            within = items[0].within
            name = self._namer.name(site, items[0].nodes, within) or self._namer.name(site, nodes, within)
        whole, index, _ = name.partition("[")
        if len(items) > 1 and index and self._namer.holds(whole, nodes):
            name = whole
        name = name or self._layers.name(nodes)
        result = Source("step", shape, name, nodes)
        module = self._module(items[0], nodes)
        return Step(primitive, tuple(operands), result, items[0].site, module)

    def _module(self, item: Item, nodes: Sequence[Any]) -> str:
        """Return the module that made some nodes; what a layer computes on its way is its own, too."""
        module = self._layers.module(nodes)
        if item.within and item.site is not None:
            if not module:
                return self._modules.get(item.site, "")
            self._modules[item.site] = module
        return module

    def _axes(self, count: int, inner: int, columns: Sequence[Column]) -> Shape:
        """Return the axes of items in a row: those that entries of arrays tell, else also plain numbers.

        A first one along which a whole array is gone through has the axes of that.
        """
        found = [(column.heads[::inner], column) for column in columns if column.source is not None]
        shape = regular_axes(count, [row for row, column in found if not column.numbers])
        if len(shape) == 1:
            shape = regular_axes(count, [row for row, _ in found])
        step = prod(shape[1:])
        whole = (whole_axes(row[::step], column.source.shape) for row, column in found if column.source)
        shape = (*next(filter(None, whole), shape[:1]), *shape[1:])
        maps = [fitted(shape, column.source.shape, row) for row, column in found if column.source]
        return split_across(shape, [map_ for map_ in maps if not map_.kept.is_whole])

    def located(self, objects: Sequence[Any], space: Shape) -> Operand:
        """Return from where some entries are taken, which may be of several homes."""
        return self._columns.located(objects, space)


def _regular_order(columns: Sequence[Column], inner: int) -> list[int]:
    """Return the order in which what items take has a rule, if it has none in theirs; else [].

    Where nobody noted in which order they were made, it is that in which others needed them.
    """
    heads = [column.heads[::inner] for column in columns if column.source is not None]
    if not heads or _has_rule(heads):
        return []
    order = sorted(range(len(heads[0])), key=[*zip(*heads)].__getitem__)
    return order if _has_rule([[row[i] for i in order] for row in heads]) else []


def _has_rule(rows: Sequence[Sequence[int]]) -> bool:
    shape = axes_of(len(rows[0]), rows)
    return all(fitted(shape, (), row).table is None for row in rows)


def _alike(
    first: Sequence[Step | None], rounds: list[list[Step]], last: Sequence[Step | None]
) -> Iterator[tuple[int, list[list[Step]], int]]:
    """Yield rounds that may be alike, more of them first, with how many steps are before and after.

    What is missing of the first or last is put in; or they are left out.
    """
    before = sum(1 for step in first if step is not None)
    after = sum(1 for step in last if step is not None)
    heads, tails = [], []
    with suppress(MissingError):
        heads += [with_first(rounds, first)] if first else []
    with suppress(MissingError):
        tails += [with_last(rounds, last)] if last else []
    for head, tail in product((heads, []) if heads else ([],), (tails, []) if tails else ([],)):
        yield 0 if head else before, [*head, *rounds, *tail], 0 if tail else after
    size = len(rounds[0])
    for left, right in ((1, 0), (0, 1), (1, 1)):
        kept = rounds[left : len(rounds) - right]
        yield before + left * size, kept, after + right * size
