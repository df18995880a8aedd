"""Loops with some rounds written side by side, so that what is read once serves several sums.

A product of matrices reads two numbers for each product. With four sums side by side, or four terms of a
row of sums, it reads little more than one. Only lengths are split that leave no rest: then no loop is
written twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from ...primitives.arithmetic import add, div
from .groups import Group, Item, Reduction, Store
from .loops import Axis, Local, Operand, Place
from .ordering import Order
from .works import CHEAP

LEAST = 100_000  # rounds of a nest for which that is worth its compilation
COUNTS = (4, 5, 3, 2)  # rounds side by side, the best first

Places = dict[Item | Store, Place]


def tiled(group: Group, order: Order, places: Places) -> tuple[Group, Order, Places]:
    """Return a nest that does the same with rounds side by side, where that saves reads."""
    for axis in _axes(group, order):
        count = next((count for count in COUNTS if axis.size % count == 0), 1)
        if count > 1:
            tile = Tile(group, places, axis, count)
            group, places = tile.group, tile.places
            order = order.renamed(tile.renamed)
    return group, order, places


def _axes(group: Group, order: Order) -> Sequence[Axis]:
    """Return the axes to split: of rows, that of the terms and the next of the home, else that of sums.

    Functions that are called for each sum are not written several times: they cost more to compile.
    """
    sums = [reduction for reduction in group.reductions if reduction.primitive is add]
    rounds = prod(axis.size for axis in order.home) * max(
        (prod(axis.size for axis in reduction.axes) for reduction in sums), default=0
    )
    if not order.home or rounds < LEAST or len(sums) < len(group.reductions):
        return ()
    if not order.in_rows:
        return order.home[-1:]
    terms = list(dict.fromkeys(own[-1] for own in order.sums.values()))
    calls = any(item.primitive not in (None, *CHEAP, div) for item in group.items)
    return terms if calls else [*terms, *order.home[-2:-1]]


class Tile:
    """A nest in which each round of an axis does what several did."""

    def __init__(self, group: Group, places: Places, axis: Axis, count: int) -> None:
        self.axis = axis
        self.count = count
        self.new = Axis(axis.size // count)
        self.group = Group(tuple(map(self.renamed, group.home)))
        self.places: Places = {}
        self._copies: dict[Local, list[Local]] = {}
        self._about: dict[Local, Item] = {}
        is_home = axis in group.home
        for reduction in group.reductions if is_home else ():
            self._copies[reduction.target] = [Local(reduction.target.name) for _ in range(count)]
        for item in group.items:
            self._add_item(item, places)
        for reduction in group.reductions:
            self._add_reduction(reduction, is_home)
        for store in group.stores:
            for j in range(count if is_home else 1):
                copy = Store(store.reference, self.copy(store.value, j), store.adds, store.stage)
                self.places[copy] = self._moved(places[store], j) if is_home else places[store]
                self.group.stores.append(copy)

    def renamed(self, axis: Axis) -> Axis:
        """Return what became of an axis."""
        return self.new if axis is self.axis else axis

    def copy(self, value: Operand, j: int) -> Operand:
        """Return the value of one of the rounds that stand side by side."""
        return self._copies[value][j] if isinstance(value, Local) and value in self._copies else value

    def _moved(self, place: Place, j: int) -> Place:
        """Return the place of one of the rounds."""

        def along(strides: tuple[tuple[Axis, int], ...]) -> tuple[tuple[Axis, int], ...]:
            return tuple((self.new, s * self.count) if a is self.axis else (a, s) for a, s in strides)

        return place._replace(
            offset=place.offset + j * sum(s for a, s in place.strides if a is self.axis),
            strides=along(place.strides),
            table_offset=place.table_offset + j * sum(s for a, s in place.table_strides if a is self.axis),
            table_strides=along(place.table_strides),
        )

    def _add_item(self, item: Item, places: Places) -> None:
        if self.axis not in item.axes:
            self.group.items.append(item)
            self._about[item.target] = item
            if item.read is not None:
                self.places[item] = places[item]
            return
        self._copies[item.target] = []
        for j in range(self.count):
            copy = Item(
                Local(item.target.name),
                item.read,
                item.primitive,
                tuple(self.copy(operand, j) for operand in item.operands),
                frozenset(map(self.renamed, item.axes)),
                item.stage,
            )
            if item.read is not None:
                self.places[copy] = self._moved(places[item], j)
            self._copies[item.target].append(copy.target)
            self._about[copy.target] = copy
            self.group.items.append(copy)

    def _add_reduction(self, reduction: Reduction, is_home: bool) -> None:
        axes = tuple(map(self.renamed, reduction.axes))
        if is_home:
            for j, target in enumerate(self._copies[reduction.target]):
                value = self.copy(reduction.value, j)
                self.group.reductions.append(replace(reduction, target=target, value=value, axes=axes))
            return
        value = reduction.value
        if self.axis in reduction.axes:
            value = self._sum([self.copy(reduction.value, j) for j in range(self.count)], reduction)
        self.group.reductions.append(replace(reduction, value=value, axes=axes))

    def _sum(self, values: Sequence[Operand], reduction: Reduction) -> Operand:
        """Return the sum of the terms of all rounds; it depends on the axis, as they might."""
        total = values[0]
        for value in values[1:]:
            known = [self._about[v] for v in (total, value) if isinstance(v, Local) and v in self._about]
            item = Item(
                Local(),
                None,
                add,
                (total, value),
                frozenset({self.new}.union(*(item.axes for item in known))),
                max((item.stage for item in known), default=0),
            )
            self._about[item.target] = item
            self.group.items.append(item)
            total = item.target
        return total
