"""The statements of all groups, and of loops over time the rows that each round reads and writes.

An array that rounds take or fill has a row for each of them, along its first axis. So has what they carry
on, if somebody wants it of all rounds, and a row more, the start; else it has one place, which is written
at the end of each round.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ...stepping.maps import Map, Shape, identity_map
from ..operands import Operand
from ..variables import Variable
from .grouping import Builder, Round
from .groups import Group, Item, Reference, Store
from .loops import Array, Axis, Let, Local, Loop, Place, Read, Statement
from .storage import Storage
from .tiling import Places
from .works import is_scalar

Way = Callable[[Group, Places], tuple[list[Statement], list[Array]]]


def maps_of(groups: Iterable[Group | Round]) -> dict[Variable, list[Map]]:
    """Return the maps by which arrays are read and written; of what stands in rows those of a row."""
    found: dict[Variable, list[Map]] = {}
    for group in groups:
        pairs: list[tuple[Variable, Sequence[Map]]] = []
        if isinstance(group, Round):
            own = maps_of(group.builder.groups)
            homes = [(leaf, array) for leaf, (array, _) in group.homes.items()]
            pairs += [
                (array, own.get(leaf, ()))
                for leaf, array in (*homes, *group.wholes.items())
                if not is_scalar(array)
            ]
        else:
            reads = [item.read for item in group.items if item.read is not None]
            writes = [store.reference for store in group.stores]
            pairs += [(reference.variable, [reference.map]) for reference in (*reads, *writes)]
        for variable, maps in pairs:
            found.setdefault(variable, []).extend(maps)
    return found


def rows_of(groups: Iterable[Group | Round]) -> set[Variable]:
    """Return the arrays that rounds take and fill row by row."""
    rounds = (group for group in groups if isinstance(group, Round))
    return {array for round_ in rounds for array, _ in round_.homes.values()}


class Body:
    """Writes the statements of groups, and keeps the arrays that they need."""

    def __init__(self, storage: Storage, way: Way) -> None:
        self.buffers: list[Array] = []
        self.tables: dict[Array, tuple[float, ...]] = {}
        self._storage = storage
        self._way = way

    def statements(self, builder: Builder, cleared: set[Variable]) -> Iterator[Statement]:
        """Yield the statements of all groups; what is added to is cleared first, but what is already."""
        for group in builder.groups:
            if isinstance(group, Round):
                yield from self._loop(group, builder)
                continue
            for store in group.stores:
                variable = store.reference.variable
                if store.adds and variable not in cleared:
                    cleared.add(variable)
                    yield from self._moved(0.0, variable, variable.shape)
            yield from self._nest(group)

    def _nest(self, group: Group) -> list[Statement]:
        place = self._storage.place
        places: Places = {item: place(item.read) for item in group.items if item.read is not None}
        places.update({store: place(store.reference) for store in group.stores})
        statements, buffers = self._way(group, places)
        self.buffers += buffers
        return statements

    def _loop(self, round_: Round, outer: Builder) -> Iterator[Statement]:
        """Yield a loop over time, after what is there before its first round."""
        builder = round_.builder
        self._keep(round_)
        for start, x, row in round_.starts:
            shape = x.shape if row is None else x.shape[1:]
            place = x if row is None else self._row(x, row)
            yield from self._moved(start, place, shape, outer)
        for x in round_.cleared:
            yield from self._moved(0.0, x, x.shape)
        body = [*self._taken(round_, outer), *self.statements(builder, set())]
        for made, array, row in round_.targets:
            if round_.homes.get(made) != (array, row) or is_scalar(made):
                place = self._row(array, row, round_)
                body += self._moved(made, place, array.shape[1:], builder)
        for found, made in round_.kept.items():
            body += self._moved(made, found, found.shape, builder)
        yield Loop(round_.axis, body)
        for found, last in round_.wholes.items():
            if found in round_.kept and last in outer.scalars:
                yield Read(outer.scalar(last), self._at(found, ()))

    def _keep(self, round_: Round) -> None:
        """Give what a round takes and makes its place."""
        storage, numbers = self._storage, round_.loop.trace.tables
        for leaf, (array, row) in round_.homes.items():
            storage.put_in_row(leaf, array, row, round_.axis, round_.step)
        for leaf, array in round_.wholes.items():
            if not is_scalar(array):
                storage.share(leaf, array)
        maps = maps_of(round_.builder.groups)
        named = [x for x in round_.builder.scalars if x in numbers]
        for x in (*maps, *round_.kept, *named):
            if x not in storage.arrays:
                own = storage.keep(x, x in numbers, maps.get(x, ()))
                if x in numbers:
                    self.tables[own] = numbers[x] if isinstance(numbers[x], tuple) else (numbers[x],)
                else:
                    self.buffers.append(own)

    def _taken(self, round_: Round, outer: Builder) -> Iterator[Statement]:
        """Yield the statements that take the single numbers of a round."""
        for leaf, local in round_.builder.scalars.items():
            if leaf.primitive is not None:
                continue
            if leaf in round_.wholes and leaf not in round_.kept:
                yield Let(local, None, (outer.number(round_.wholes[leaf]),))
            else:
                yield Read(local, self._at(leaf, ()))

    def _row(self, array: Variable, row: int, round_: Round | None = None) -> Any:
        """Return what stands for a row of an array, one and the same, or another one in each round."""
        stand_in: Any = object()
        if round_ is None:
            self._storage.put_in_row(stand_in, array, row)
        else:
            self._storage.put_in_row(stand_in, array, row, round_.axis, round_.step)
        return stand_in

    def _at(self, x: Any, axes: tuple[Axis | None, ...], shape: Shape = ()) -> Place:
        return self._storage.place(Reference(x, identity_map(shape), axes))

    def _moved(
        self, source: Operand, target: Any, shape: Shape, builder: Builder | None = None
    ) -> list[Statement]:
        """Return the statements that copy an array, or one number to each entry; `builder` knows it."""
        axes = tuple(Axis(size) if size > 1 else None for size in shape)
        home = tuple(filter(None, axes))
        items: list[Item] = []
        value = source
        if source.__class__ is Variable and not is_scalar(source):
            read = Reference(source, identity_map(shape), axes)
            items.append(Item(Local(source.name), read, None, (), frozenset(home), 0))
            value = items[0].target
        elif source.__class__ is Variable and builder is not None:
            value = builder.number(source)
        store = Store(Reference(target, identity_map(shape), axes), value, False, 0)
        return self._nest(Group(home, items, [], [store]))
