"""Which two rounds of a nest are computed at once, and which further ones stand side by side.

Each number is a pair. Along one axis of a nest, that of lanes, its two are entries next to each other; what
does not depend on that axis is twice the same number. A sum along the axis of lanes is one sum in each
lane, which are added up in the end. Only lengths are split that leave no rest: then no loop is written
twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import inf, prod

from ...primitives.arithmetic import add
from ..nests.groups import Group, Item, Reduction
from ..nests.loops import Array, Axis, Lane, Place, Statement
from ..nests.ordering import Order
from ..nests.tiling import COUNTS, Places, Tile
from ..nests.works import CHEAP
from ..nests.writing import in_registers

LANES = 2
# in cycles of a pair, roughly
TOGETHER = 1.0  # reading or writing entries that are the same, or next to each other
APART = 2.5  # or any others
ADDED_APART = 5.0
FUNCTION = 12.0


def in_pairs(group: Group, places: Places) -> tuple[list[Statement], list[Array]]:
    """Return the loops of a nest."""
    axes = dict.fromkeys([*group.home, *(axis for r in group.reductions for axis in r.axes)])
    lanes = [None, *(axis for axis in axes if axis.size % LANES == 0)]
    best = min(lanes, key=lambda axis: _cost(group, places, axis))
    order = _order(group, best)
    if best is not None:
        split = Split(group, places, best)
        group, places = split.group, split.places
        order = order.renamed(split.renamed)
        best = split.new
    for axis, counts in _side_by_side(group, order, best):
        count = next((count for count in counts if axis.size % count == 0), 1)
        if count > 1:
            tile = Tile(group, places, axis, count)
            group, places, order = tile.group, tile.places, order.renamed(tile.renamed)
    return in_registers(group, order, places), []


def _cost(group: Group, places: Places, lane: Axis | None) -> float:
    """Return roughly what a nest costs if an axis is that of lanes."""
    total = 0.0
    for item in group.items:
        rounds = prod(axis.size for axis in item.axes) / (LANES if lane in item.axes else 1)
        total += rounds * (_access(places[item], lane) if item.read is not None else _work(item))
    for store in group.stores:
        place = places[store]
        rounds = prod(axis.size for axis in group.home) / (LANES if lane in group.home else 1)
        if lane is None or lane not in group.home:
            total += rounds * TOGETHER
            continue
        stride = place.stride(lane)
        if store.adds and stride == 0:
            return inf  # both lanes would be added to one entry
        total += rounds * (ADDED_APART if store.adds and stride != 1 else _access(place, lane))
    return total


def _access(place: Place, lane: Axis | None) -> float:
    return TOGETHER if lane is None or place.stride(lane) in (0, 1) else APART


def _work(item: Item) -> float:
    return TOGETHER if item.primitive in CHEAP else FUNCTION


def _order(group: Group, lane: Axis | None) -> Order:
    """Return the order of loops: lanes are innermost, in the home or in sums."""

    def last(axes: Iterable[Axis]) -> tuple[Axis, ...]:
        return tuple(sorted(axes, key=lambda axis: axis is lane))

    return Order(last(group.home), {r.axes: last(r.axes) for r in group.reductions}, False)


def _side_by_side(group: Group, order: Order, lane: Axis | None) -> list[tuple[Axis, tuple[int, ...]]]:
    """Return the axes of which some rounds stand side by side, and how many may."""
    sums = [reduction for reduction in group.reductions if reduction.primitive is add]
    summed = {axis for reduction in sums for axis in reduction.axes}
    inside = (item for item in group.items if item.axes & summed and item.read is None)
    if not sums or len(sums) < len(group.reductions) or any(item.primitive not in CHEAP for item in inside):
        return []
    *others, last = order.home or (None,)
    if last is None:
        return []
    if last is lane:
        return [(last, (2,)), *((axis, COUNTS) for axis in others[-1:])]
    return [(last, COUNTS), *((axis, (2,)) for axis in others[-1:])]


class Split:
    """A nest whose rounds along an axis are taken two by two: one in each lane."""

    def __init__(self, group: Group, places: Places, axis: Axis) -> None:
        self.axis = axis
        self.new = Axis(axis.size // LANES)
        self.lane = Lane(LANES)
        self.group = Group(tuple(map(self.renamed, group.home)))
        self.places: Places = {}
        for item in group.items:
            axes = item.axes
            if axis in axes:
                axes = (axes - {axis}) | {self.new, self.lane}
            moved = replace(item, axes=axes)
            self.group.items.append(moved)
            if item.read is not None:
                self.places[moved] = self._moved(places[item])
        self.group.reductions += [self._reduction(reduction) for reduction in group.reductions]
        for store in group.stores:
            copy = replace(store)
            self.places[copy] = self._moved(places[store])
            self.group.stores.append(copy)

    def renamed(self, axis: Axis) -> Axis:
        """Return what became of an axis."""
        return self.new if axis is self.axis else axis

    def _reduction(self, reduction: Reduction) -> Reduction:
        axes = tuple(map(self.renamed, reduction.axes))
        return replace(reduction, axes=axes, folds=self.axis in reduction.axes)

    def _moved(self, place: Place) -> Place:
        def along(strides: tuple[tuple[Axis, int], ...]) -> tuple[tuple[Axis, int], ...]:
            found: list[tuple[Axis, int]] = []
            for axis, stride in strides:
                pairs = [(self.new, LANES * stride), (self.lane, stride)]
                found += pairs if axis is self.axis else [(axis, stride)]
            return tuple(found)

        return place._replace(strides=along(place.strides), table_strides=along(place.table_strides))
