"""In which order the axes of a nest are looped over: what a processor does fast, by a rough count.

The innermost loop should run along memory. If that is an axis that is summed, the sum is in a register; if
it is one of the home, a row of sums is kept in memory, and each term is added to the whole row.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from ...primitives.arithmetic import add
from .groups import Group, Item, Reduction, Store
from .loops import Axis, Place

# in cycles, roughly
ALONG = 0.25  # an entry that is next to the last one
APART = 1.0  # any other
TABLED = 2.0
SUM = 0.3  # adding to a register
ROW = 0.5  # adding to memory
START = 8.0  # of a loop
SERIAL = 3.0  # an operation that waits for the last one
FEW = 4  # rounds, in which nothing is gained


class Order(NamedTuple):
    """The order of the home, the outermost first, that of each sum, and whether sums are rows."""

    home: tuple[Axis, ...]
    sums: dict[tuple[Axis, ...], tuple[Axis, ...]]
    in_rows: bool

    def renamed(self, new: Callable[[Axis], Axis]) -> "Order":
        """Return the same order of what axes have become."""
        sums = {tuple(map(new, axes)): tuple(map(new, own)) for axes, own in self.sums.items()}
        return Order(tuple(map(new, self.home)), sums, self.in_rows)


def order_of(group: Group, places: dict[Item | Store, Place]) -> Order:
    """Return the order that costs least."""
    reads = [item for item in group.items if item.read is not None]
    sums = {reduction.axes: reduction for reduction in group.reductions}
    everywhere = [places[item] for item in reads if not _inner(item, sums)]
    everywhere += [places[store] for store in group.stores]
    registers = 0.0
    orders: dict[tuple[Axis, ...], tuple[Axis, ...]] = {}
    for axes in sums:
        own = [places[item] for item in reads if item.axes & set(axes)]
        serial = any(r.axes == axes and r.primitive is not add for r in group.reductions)
        costs = {axis: _cost(axis, own) + SUM + SERIAL * serial for axis in axes}
        innermost = min(axes, key=lambda axis: costs[axis])
        registers += prod(axis.size for axis in axes) * costs[innermost]
        orders[axes] = _last(axes, innermost)
    if not group.home:
        return Order((), orders, False)
    last = min(group.home, key=lambda axis: _cost(axis, everywhere))
    registers += _cost(last, everywhere) if sums else 0.0
    best = Order(_last(group.home, last), orders, False)
    for axis in group.home if sums else ():
        rows = _cost(axis, everywhere) + sum(
            prod(other.size for other in axes)
            * (ROW + _cost(axis, [places[item] for item in reads if item.axes & set(axes)]))
            for axes in sums
        )
        if rows < registers:
            registers = rows
            best = Order(_last(group.home, axis), dict.fromkeys(sums), True)  # type: ignore[arg-type]
    if best.in_rows:
        return best._replace(sums={axes: axes for axes in sums})
    return best


def _inner(item: Item, sums: dict[tuple[Axis, ...], Reduction]) -> bool:
    return any(item.axes & set(axes) for axes in sums)


def _last(axes: Sequence[Axis], last: Axis) -> tuple[Axis, ...]:
    return (*(axis for axis in axes if axis is not last), last)


def _cost(axis: Axis, places: Sequence[Place]) -> float:
    """Return what a round of an innermost loop over an axis costs."""
    total = START / max(axis.size, 1)
    for place in places:
        stride = place.stride(axis)
        if stride is None:
            total += TABLED
        elif stride == 0:
            total += APART / max(axis.size, 1)
        else:
            total += ALONG if abs(stride) == 1 and axis.size >= FEW else APART
    return total
