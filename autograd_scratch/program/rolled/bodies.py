"""One round of a loop, written as a trace of its own: of arrays with an entry for each round their rows."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from ...primitives.arithmetic import add
from ...stepping.maps import Map, Shape, fitted
from ..operands import Operand, is_zero
from ..variables import Variable
from .rounds import Entry, Loop, NotNestedError, Slice, State
from .structure import Put, Take, added_up, is_made_by, taken


class Round:
    """Writes one round."""

    def __init__(
        self,
        loop: Loop,
        made: Mapping[Variable, Operand],
        users: Mapping[Variable, Sequence[Variable]],
        new: Callable[[Operand], Operand],
    ) -> None:
        """Begin; `made` are the states of the trace and what becomes of them, `users` who reads what.

        `new` tells what became of what is there before the loop.
        """
        self._loop = loop
        self._made = made
        self._users = users
        self._new = new
        self._of: dict[Variable, Operand] = {}
        self._rows: dict[Variable, int] = {}  # of arrays with another entry than for each round
        self._slices: dict[Slice, Variable] = {}
        self._starts: dict[Variable, Operand] = {}  # that are known in the rounds alone

    def write(self, group: Sequence[Variable], inner: Sequence[Variable]) -> dict[Variable, Any]:
        """Write all equations; return what each round has of each Variable, or the state that it is.

        The first of them, `inner`, do not need a round before.
        """
        loop = self._loop
        self._inside = {*group}
        for variable in group:
            if variable in self._made:
                primitive: Any = variable.primitive
                self._of[variable] = loop.trace.leaf(None, primitive.shape)
                self._rows[variable] = int(primitive.is_reversed)
        for variable in (*inner, *group):
            if variable not in self._of:
                loop.trace.place = variable.place
                made = self._of[variable] = self._written(variable)
                if made.__class__ is Variable and not made.name and made.parents:
                    made.name = variable.name
        found: dict[Variable, Any] = {
            variable: Entry(self._of[variable], self._rows.get(variable, 0)) for variable in group
        }
        for variable in group:
            if variable in self._made:
                made = self._made[variable]
                name = variable.name or (made.name if made.__class__ is Variable else None)
                entry: Any = self._of[variable]
                start = self._starts.get(variable, self._new(variable.parents[0]))
                found[variable] = State(entry, start, self._of[made], name)
                loop.states.append(found[variable])
        return found

    def _written(self, variable: Variable) -> Operand:
        primitive: Any = variable.primitive
        if primitive is add:
            found = self._with_start(variable)
            if found is not None:
                return found
        if primitive.__class__ is Take:
            return self._of_take(primitive.map, variable.parents[0])
        if primitive.__class__ is Put:
            return self._of_put(variable, primitive.map)
        rows = {self._rows[p] for p in variable.parents if p in self._rows}
        operands = [self._row(parent, max(rows, default=0)) for parent in variable.parents]
        if len(rows) > 1 or variable.shape[:1] not in ((self._loop.count,), (self._loop.count + 1,)):
            raise NotNestedError
        if rows:
            (self._rows[variable],) = rows
        return self._loop.trace.apply(primitive, tuple(operands))

    def _with_start(self, variable: Variable) -> Operand | None:
        """Return what a round finds, for a sum with what comes in the first alone: that is the start."""
        for found, more in (variable.parents, variable.parents[::-1]):
            if found not in self._inside or more.__class__ is float or more in self._inside:
                continue
            loop: Any = found.parents[0]
            if loop not in self._made or not is_zero(loop.parents[0]) or loop in self._starts:
                continue
            carried = loop.primitive
            row = carried.count - 1 if carried.is_reversed else 0
            is_all = found.primitive == Take(carried.found) and self._is_for_one(found, loop)
            if not is_all or more.primitive.__class__ is not Put:
                continue
            size = prod(carried.shape)
            places = more.primitive.map.positions()
            if all(place // size == row for place in places):
                own = fitted(more.primitive.map.space, carried.shape, [p - row * size for p in places])
                self._starts[loop] = added_up(loop.trace, own, self._new(more.parents[0]))
                return self._of[found]
        return None

    def _is_for_one(self, found: Variable, loop: Any) -> bool:
        """Say whether what rounds find is read once, and nobody else reads the start."""
        size = prod(loop.shape[1:])
        first = prod(loop.shape) - size if loop.primitive.is_reversed else 0
        start = range(first, first + size)
        others = [user.primitive for user in self._users[loop] if user is not found]
        return len(self._users[found]) == 1 and all(
            isinstance(other, Take) and not any(place in start for place in other.map.positions())
            for other in others
        )

    def _row(self, x: Operand, first: int = 0) -> Operand:
        """Return what a round has of an operand that has an entry for each round, from the first one on."""
        if x.__class__ is float:
            return x
        if x not in self._of:
            there, found = self._new(x), None
            if is_made_by(there, Take):
                found = self._seen_through(there)
            elif is_made_by(there, Put):
                found = self._put_again(there)
            if found is None and first:  # elsewhere it may be counted otherwise
                return self._leaf(there, first if x.shape else None)
            self._of[x] = self._leaf(there, 0 if x.shape else None) if found is None else found
        return self._of[x]

    def _put_again(self, x: Variable) -> Operand | None:
        """Return what a round has of what is put among zeros, as by `np.concatenate`; None for sums."""
        primitive: Any = x.primitive
        map_ = primitive.map
        cut = self._cut(map_, prod(x.shape[1:])) if x.shape else None
        if cut is None or cut[0] or x.shape[0] != self._loop.count or len({*map_.positions()}) < map_.size:
            return None
        return added_up(self._loop.trace, _within(cut[1], x.shape[1:]), self._row(x.parents[0]))

    def _leaf(self, before: Operand, shift: int | None) -> Operand:
        """Return what stands for a row of an array that is there before the loop, or for all of it."""
        x = self._new(before)
        if x.__class__ is float:
            return x
        if shift is not None and not x.shape:
            shift = None
        while shift is not None and x.primitive.__class__ is Take:
            (array,), map_ = x.parents, x.primitive.map
            cut = (
                self._cut(map_, prod(array.shape[1:]))
                if array.__class__ is Variable and array.shape
                else None
            )
            if cut is None or not _within(cut[1], array.shape[1:]).is_identity:
                break
            x, shift = array, shift + cut[0]
        slice_ = Slice(x, shift)
        if slice_ not in self._slices:
            leaf = self._loop.trace.leaf(None, x.shape if shift is None else x.shape[1:])
            self._slices[slice_] = leaf
            self._loop.taken[leaf] = slice_
        return self._slices[slice_]

    def _cut(self, map_: Map, size: int) -> tuple[int, Map] | None:
        """Return row and map of the first round, of a map that has as many rows as there are rounds."""
        return _cut(map_, size) if map_.space[:1] == (self._loop.count,) else None

    def _seen_through(self, x: Variable) -> Operand | None:
        """Return what a round has of what is taken of an array, from that; None if it is no row of it."""
        primitive: Any = x.primitive
        (array,) = x.parents
        if array.__class__ is float:
            return array
        cut = self._cut(primitive.map, 0)
        if cut is not None:
            return taken(cut[1], self._leaf(array, None))
        size = prod(array.shape[1:])
        cut = self._cut(primitive.map, size) if array.shape else None
        return (
            taken(_within(cut[1], array.shape[1:]), self._leaf(array, cut[0])) if cut is not None else None
        )

    def _of_take(self, map_: Map, array: Operand) -> Operand:
        """Return what a round takes of an array that the loop computes."""
        size = prod(array.shape[1:])
        cut = self._cut(map_, size)
        if cut is None or cut[0] != self._rows.get(array, 0):
            raise NotNestedError
        return taken(_within(cut[1], array.shape[1:]), self._of[array])

    def _of_put(self, variable: Variable, map_: Map) -> Operand:
        """Return what a round adds up."""
        (x,) = variable.parents
        if not variable.shape:
            raise NotNestedError
        size = prod(variable.shape[1:])
        cut = self._cut(map_, size)
        if cut is None or self._rows.get(x):
            raise NotNestedError
        if variable.shape[0] != self._loop.count:
            self._rows[variable] = cut[0]
        return added_up(self._loop.trace, _within(cut[1], variable.shape[1:]), self._row(x))


def _cut(map_: Map, size: int) -> tuple[int, Map] | None:
    """Return row and map of the first round, if those of each are so many entries further than before.

    >>> _cut(Map((5, 3), (6, 3), 3, (3, 1)), 3)[0]
    1
    """
    if not map_.space or map_.space[0] < 2:
        return None
    count, *rest = map_.space
    space = tuple(rest)
    inner = prod(space)
    if map_.table is None:
        if map_.strides[0] != size:
            return None
        first = Map(space, map_.source, map_.offset, map_.strides[1:])
    else:
        start = map_.table[:inner]
        if any(
            map_.table[t * inner + i] != place + t * size
            for t in range(1, count)
            for i, place in enumerate(start)
        ):
            return None
        first = fitted(space, map_.source, start)
    if not size:
        return 0, first
    taken_ = first.positions()
    row = min(taken_) // size
    if max(taken_) // size != row:
        return None
    return row, fitted(space, map_.source, [place - row * size for place in taken_])


def _within(map_: Map, shape: Shape) -> Map:
    """Return a map into one row of an array as one into an array of the shape of rows."""
    return Map(map_.space, shape, map_.offset, map_.strides, map_.table)
