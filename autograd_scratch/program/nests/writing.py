"""The loops of a nest, from what stands in it and the order of its axes.

Each operation stands in the outermost loop that knows the axes it depends on.
"""

from collections.abc import Iterable, Sequence

from ...primitives.arithmetic import add
from ...primitives.reductions import max_p, min_p, prod_p
from ..expressions import largest
from .groups import Group, Item, Reduction, Store
from .loops import (
    AddTo,
    Array,
    Axis,
    Fold,
    Let,
    Local,
    Loop,
    Operand,
    Place,
    Read,
    Statement,
    Update,
    Write,
)
from .ordering import Order

STARTS = {add: 0.0, prod_p: 1.0, max_p: float("-inf"), largest: float("-inf"), min_p: float("inf")}


def write(
    group: Group, order: Order, places: dict[Item | Store, Place]
) -> tuple[list[Statement], list[Array]]:
    """Return the statements of a nest, and the rows of sums that it keeps in memory."""
    if order.in_rows:
        rows = _InRows(group, order, places)
        return rows.statements(), rows.buffers
    return in_registers(group, order, places), []


def _statement(item: Item, places: dict[Item | Store, Place]) -> Statement:
    if item.read is not None:
        return Read(item.target, places[item])
    return Let(item.target, item.primitive, item.operands)


def _store(store: Store, place: Place, value: Operand) -> Statement:
    return AddTo(place, value) if store.adds else Write(place, value)


def _nested(axes: Sequence[Axis], bodies: Sequence[list[Statement]]) -> list[Statement]:
    """Put bodies into loops over axes: the first outside of all, the last inside of all."""
    for axis, outer, inner in reversed(list(zip(axes, bodies, bodies[1:]))):
        outer.append(Loop(axis, inner))
    return bodies[0]


def _depth(axes: Iterable[Axis], order: Sequence[Axis]) -> int:
    return max((order.index(axis) + 1 for axis in axes if axis in order), default=0)


def _summed_axes(group: Group) -> set[Axis]:
    return {axis for reduction in group.reductions for axis in reduction.axes}


def _together(reductions: Iterable[Reduction]) -> dict[tuple[Axis, ...], list[Reduction]]:
    together: dict[tuple[Axis, ...], list[Reduction]] = {}
    for reduction in reductions:
        together.setdefault(reduction.axes, []).append(reduction)
    return together


def in_registers(group: Group, order: Order, places: dict[Item | Store, Place]) -> list[Statement]:
    """Return the statements of a nest whose sums are in registers."""
    bodies: list[list[Statement]] = [[] for _ in range(len(order.home) + 1)]
    body = bodies[-1]
    summed = _summed_axes(group)
    stages = max((r.stage + 1 for r in group.reductions), default=0)
    for stage in range(stages + 1):
        for item in group.items:
            if item.stage == stage and not item.axes & summed:
                bodies[_depth(item.axes, order.home)].append(_statement(item, places))
        for store in group.stores:
            if store.stage == stage:
                body.append(_store(store, places[store], store.value))
        for axes, reductions in _together(r for r in group.reductions if r.stage == stage).items():
            own = order.sums[axes]
            inner: list[list[Statement]] = [[] for _ in range(len(own) + 1)]
            for item in group.items:
                if item.axes & set(own):
                    inner[_depth(item.axes, own)].append(_statement(item, places))
            inner[-1] += [Update(r.target, r.primitive, r.value) for r in reductions]
            body += [Let(r.target, None, (STARTS[r.primitive],)) for r in reductions]
            body += _nested(own, inner)
            body += [Fold(r.target, r.primitive) for r in reductions if r.folds]
    return _nested(order.home, bodies)


class _InRows:
    """Writes sums as rows along the last axis of the home, to which each term is added.

    What one loop over the row computes and another one needs is kept in a row, too, or read once more.
    """

    def __init__(self, group: Group, order: Order, places: dict[Item | Store, Place]) -> None:
        self.group = group
        self.order = order
        self.places = places
        self.row = order.home[-1]
        self.buffers: list[Array] = []
        self._items = {item.target: item for item in group.items}
        self._sums = {reduction.target: reduction for reduction in group.reductions}
        self._homes: dict[Local, _RowLoop] = {}  # in which loop it is computed
        self._rows: dict[Local, Place] = {}
        self._stored_sums: set[Store] = set()

    def varies(self, value: Operand) -> bool:
        """Say whether a value depends on the index in the row."""
        if value in self._sums:
            return True
        return isinstance(value, Local) and value in self._items and self.row in self._items[value].axes

    def new_row(self) -> Place:
        """Return the places of a new row in memory."""
        array = Array(None, self.row.size)
        self.buffers.append(array)
        return Place(array, 0, ((self.row, 1),))

    def sum_row(self, local: Local) -> Place:
        """Return the row of a sum: where it is stored anyhow, or a new one."""
        if local not in self._rows:
            for store in self.group.stores:
                if store.value is local and not store.adds and self.places[store].stride(self.row) == 1:
                    self._stored_sums.add(store)
                    self._rows[local] = self.places[store]
                    break
            else:
                self._rows[local] = self.new_row()
        return self._rows[local]

    def kept_row(self, local: Local) -> Place:
        """Return the row of what another loop has computed, which from now on keeps it."""
        if local not in self._rows:
            self._rows[local] = place = self.new_row()
            loop = self._homes[local]
            loop.body.append(Write(place, local))
        return self._rows[local]

    def statements(self) -> list[Statement]:
        """Return the nest."""
        outer = self.order.home[:-1]
        bodies: list[list[Statement]] = [[] for _ in range(len(outer) + 1)]
        body = bodies[-1]
        summed = _summed_axes(self.group)
        stages = max(r.stage + 1 for r in self.group.reductions)
        for reduction in self.group.reductions:
            self.sum_row(reduction.target)
        for stage in range(stages + 1):
            loop = _RowLoop(self)
            for item in self.group.items:
                if item.stage != stage or item.axes & summed:
                    continue
                if self.row not in item.axes:
                    bodies[_depth(item.axes, outer)].append(_statement(item, self.places))
                elif item.read is None:
                    loop.compute(item)
            for store in self.group.stores:
                if store.stage == stage and store not in self._stored_sums:
                    loop.body.append(_store(store, self.places[store], loop.use(store.value)))
            reductions = [r for r in self.group.reductions if r.stage == stage]
            loop.body += [Write(self._rows[r.target], STARTS[r.primitive]) for r in reductions]
            if loop.body:
                body.append(Loop(self.row, loop.body))
            for axes, together in _together(reductions).items():
                body += self._summed(axes, together)
        return _nested(outer, bodies)

    def _summed(self, axes: tuple[Axis, ...], reductions: Sequence[Reduction]) -> list[Statement]:
        """Return the loops that add all terms to the rows of their sums."""
        bodies: list[list[Statement]] = [[] for _ in range(len(axes) + 1)]
        loop = _RowLoop(self)
        for item in self.group.items:
            if not item.axes & set(axes):
                continue
            if self.row in item.axes:
                loop.compute(item)
            else:
                bodies[_depth(item.axes, axes)].append(_statement(item, self.places))
        for reduction in reductions:
            place, value = self._rows[reduction.target], loop.use(reduction.value)
            if reduction.primitive is add:
                loop.body.append(AddTo(place, value))
            else:
                so_far = Local()
                loop.body += [
                    Read(so_far, place),
                    Update(so_far, reduction.primitive, value),
                    Write(place, so_far),
                ]
        bodies[-1].append(Loop(self.row, loop.body))
        return _nested(axes, bodies)


class _RowLoop:
    """A loop over a row."""

    def __init__(self, rows: _InRows) -> None:
        self.rows = rows
        self.body: list[Statement] = []
        self._here: dict[Local, Local] = {}

    def compute(self, item: Item) -> None:
        """Compute an item in this loop."""
        if item.read is not None:
            self.use(item.target)
            return
        operands = tuple(map(self.use, item.operands))
        self.body.append(Let(item.target, item.primitive, operands))
        self._here[item.target] = item.target
        self.rows._homes.setdefault(item.target, self)

    def use(self, value: Operand) -> Operand:
        """Return the register that holds a value in this loop."""
        if not isinstance(value, Local) or not self.rows.varies(value):
            return value
        if value not in self._here:
            item = self.rows._items.get(value)
            if item is not None and item.read is not None:
                place = self.rows.places[item]
            elif item is not None:
                place = self.rows.kept_row(value)
            else:
                place = self.rows.sum_row(value)
            self._here[value] = local = Local(value.name)
            self.body.append(Read(local, place))
        return self._here[value]
