"""Loops taken out of a trace: what has to be computed round by round, and what all rounds can do at once.

Equations that are computed from what rounds carry on, and go into it, are a loop: one round of them is a
trace of its own. All others stay what they are, arrays with an axis for the rounds, before or after it. So
`z = x[t] @ W + h @ U` in a loop over time is one product for all times, and one in each round.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapify, heappop, heappush
from math import prod
from typing import Any, NamedTuple, cast

from ...primitives.arithmetic import add
from ...stepping.maps import Map, Shape, fitted
from ..operands import Operand, is_zero
from ..variables import Trace, Variable
from .carried import Carried
from .structure import Put, Structural, Take, added_up, taken


class NotNestedError(Exception):
    """A loop of which one round is no equations by itself."""


class Slice(NamedTuple):
    """What a round takes of an array: a row, counted from the number of the round, or all for None."""

    array: Variable
    shift: int | None


class State(NamedTuple):
    """What rounds carry on: as each finds it, before the first, and as each makes it."""

    found: Variable
    start: Operand
    made: Operand
    name: str | None


class Entry(NamedTuple):
    """What a round makes of an array: its row, counted from the number of the round."""

    made: Operand
    shift: int


class Last(NamedTuple):
    """What the last round makes, where nobody asks for others."""

    state: State


@dataclass(eq=False)
class Loop:
    """One round of a loop, what it takes, and which arrays it fills, row by row."""

    count: int
    is_reversed: bool
    trace: Trace = field(default_factory=Trace)
    taken: dict[Variable, Slice] = field(default_factory=dict)
    inputs: tuple[Variable, ...] = ()  # all arrays that it takes
    states: list[State] = field(default_factory=list)
    filled: list[tuple[State | Entry | Last, Variable]] = field(default_factory=list)  # and the array

    @cached_property
    def rounds(self) -> range:
        """The rounds in their order."""
        return range(self.count - 1, -1, -1) if self.is_reversed else range(self.count)


class Filled(Structural):
    """One of the arrays that a loop fills; its operands are all that the loop takes."""

    def __init__(self, loop: Loop, place: int, shape: Shape) -> None:
        super().__init__("filled", (id(loop), place))
        self.loop = loop
        self.place = place
        self._shape = shape

    def shape_of(self, args: Sequence[Any]) -> Shape:
        return self._shape


def nested(trace: Trace, results: Iterable[Operand], has_all: bool = False) -> dict[Variable, Operand]:
    """Take the loops out of what some results need; return what became of each Variable that has changed.

    With `has_all`, a round has all that is computed entry by entry for it, as people write it; else what
    needs no round before is computed for all at once, which is quicker. A loop that is not of equations for
    each round raises a NotNestedError.
    """
    if not trace.loops:
        return {}
    nesting = _Nesting(trace, [*results], has_all)
    nesting.write()
    return nesting.known


def can_be_nested(trace: Trace) -> bool:
    """Say whether each loop of a trace is of equations for each round."""
    nesting = _Nesting(trace, [*trace.loops])
    try:
        for group in nesting.loops():
            nesting.round_of(group)
    except NotNestedError:
        return False
    return True


class _Nesting:
    """The loops of a trace, taken out."""

    def __init__(self, trace: Trace, results: Sequence[Operand], has_all: bool = False) -> None:
        self.known: dict[Variable, Operand] = {}
        self._has_all = has_all
        self._trace = trace
        self._order = trace.needed(results)
        self._results = {result for result in results if result.__class__ is Variable}
        self._users: dict[Variable, list[Variable]] = {}
        for variable in self._order:
            for parent in self._operands(variable):
                self._users.setdefault(parent, []).append(variable)
        self._places = {variable: i for i, variable in enumerate(self._order)}
        self._groups = self._cycles()

    def loops(self) -> list[list[Variable]]:
        """Return the Variables of each loop, in order."""
        return [sorted(group, key=self._places.__getitem__) for group in {*self._groups.values()}]

    def _operands(self, variable: Variable) -> Iterator[Variable]:
        """Yield what a Variable is computed from, in earlier rounds too."""
        for parent in dict.fromkeys((*variable.parents, self._trace.loops.get(variable))):
            if parent.__class__ is Variable:
                yield parent

    def _cycles(self) -> dict[Variable, frozenset[Variable]]:
        """Return for what belongs to a loop all that does."""
        found: dict[Variable, frozenset[Variable]] = {}
        for loop in self._order:
            if loop in self._trace.loops and loop not in found:
                below = _reached(loop, lambda x: self._operands(x))
                group = frozenset(x for x in _reached(loop, lambda x: self._users.get(x, ())) if x in below)
                found.update(dict.fromkeys(group, group))
        return found

    def write(self) -> None:
        """Write what is computed from loops once more, each after what it needs."""
        places = self._places
        first = {group: min(map(places.__getitem__, group)) for group in {*self._groups.values()}}
        missing: dict[Any, set[Any]] = {}
        waiting: dict[Any, list[Any]] = {}

        def unit(variable: Variable) -> Any:
            return self._groups.get(variable, variable)

        for variable in self._order:
            own = missing.setdefault(unit(variable), set())
            for parent in self._operands(variable):
                if unit(parent) is not unit(variable) and unit(parent) not in own:
                    own.add(unit(parent))
                    waiting.setdefault(unit(parent), []).append(unit(variable))

        def key(unit: Any) -> int:
            return places[unit] if unit.__class__ is Variable else first[unit]

        ready = [(key(each), i, each) for i, each in enumerate(missing) if not missing[each]]
        heapify(ready)
        number = len(ready)
        while ready:
            *_, each = heappop(ready)
            if each.__class__ is Variable:
                self._again(each)
            else:
                self._take_out(sorted(each, key=places.__getitem__))
            for user in waiting.get(each, ()):
                missing[user].discard(each)
                if not missing[user]:
                    number += 1
                    heappush(ready, (key(user), number, user))

    def _new(self, operand: Operand) -> Operand:
        return self.known.get(operand, operand)

    def _again(self, variable: Variable) -> None:
        """Write a Variable once more if something that it is computed from has changed."""
        primitive: Any = variable.primitive
        if primitive.__class__ is Carried:  # nothing is carried: each round makes it of something else
            start, made = variable.parents[0], self._trace.loops[variable]
            self._trace.place = variable.place
            parts = [
                added_up(self._trace, map_, self._new(x))
                for map_, x in ((primitive.first, start), (primitive.made, made))
            ]
            self._rename(variable, parts[0] + parts[1])
            return
        if self.known.keys().isdisjoint(variable.parents):
            return
        parents = [self._new(parent) for parent in variable.parents]
        self._trace.place = variable.place
        if primitive.__class__ is Take:
            made = taken(primitive.map, parents[0])
        elif primitive.__class__ is Put:
            made = added_up(self._trace, primitive.map, parents[0])
        else:
            made = self._trace.apply(primitive, tuple(parents))
        self._rename(variable, made)

    def _rename(self, variable: Variable, made: Operand) -> None:
        self.known[variable] = made
        if made.__class__ is Variable and made.parents and not made.name:
            made.name = variable.name

    def round_of(self, group: Sequence[Variable]) -> tuple[Loop, dict[Variable, Any]]:
        """Return the loop of a group, and what each round has of each Variable."""
        loops = [variable for variable in group if variable in self._trace.loops]
        primitives: list[Any] = [loop.primitive for loop in loops]
        if len({(each.count, each.is_reversed) for each in primitives}) > 1:
            raise NotNestedError
        loop = Loop(primitives[0].count, primitives[0].is_reversed)
        inside = {*group}
        written = _Round(
            loop,
            inside,
            loops,
            self._trace.loops,
            self._new,
            lambda x: self._is_inner(x, inside),
            lambda *both: all(len(self._users[x]) == 1 and x not in self._results for x in both),
        )
        return loop, written.write(group)

    def _is_inner(self, x: Variable, inside: set[Variable]) -> bool:
        """Say whether something is computed entry by entry, for one loop alone."""
        return (
            self._has_all
            and x.primitive is not None
            and not isinstance(x.primitive, Structural)
            and not x.name
            and x not in self._results
            and bool(x.shape)
            and all(user in inside or self._is_inner(user, inside) for user in self._users.get(x, ()))
        )

    def _take_out(self, group: Sequence[Variable]) -> None:
        """Make a loop of a group, and of what others use of it arrays that it fills."""
        loops = [variable for variable in group if variable in self._trace.loops]
        loop, entries = self.round_of(group)
        inside = {*group}
        used = [
            variable
            for variable in group
            if variable in self._results
            or any(user not in inside for user in self._users.get(variable, ()))
        ]
        made_by = {self._trace.loops[each]: each for each in loops}
        ends = {
            each: users
            for each in loops
            if (users := self._ends(each, self._trace.loops[each], inside, used)) is not None
        }
        used = [variable for variable in used if variable not in ends and made_by.get(variable) not in ends]
        kept = {each for variable in used for each in self._kept(variable, inside, made_by)}
        inputs = [*(slice_.array for slice_ in loop.taken.values())]
        inputs += [state.start for state in loop.states if state.start.__class__ is Variable]
        loop.inputs = tuple(dict.fromkeys(inputs))
        self._trace.place = loops[0].place
        for variable in group:
            if variable in kept:
                entry = entries[variable]
                if variable.shape[0] != loop.count and variable.primitive.__class__ not in (Put, Carried):
                    raise NotNestedError
                made = self._trace.new(Filled(loop, len(loop.filled), variable.shape), loop.inputs)
                made.name = entry.name if entry.__class__ is State else variable.name
                loop.filled.append((entry, made))
                self.known[variable] = made
        for end, users in ends.items():
            state, carried = entries[end], cast(Any, end.primitive)
            last = self._trace.new(Filled(loop, len(loop.filled), carried.shape), loop.inputs)
            last.name = state.name
            loop.filled.append((Last(state), last))
            for user, map_ in users.items():
                self.known[user] = taken(map_, last)
        for variable in group:
            if variable in made_by and made_by[variable] in kept:
                own = made_by[variable]
                self.known[variable] = taken(cast(Any, own.primitive).made, self.known[own])
            elif variable not in kept and variable.primitive.__class__ is Take:
                self._again(variable)

    def _ends(
        self, loop: Variable, made: Operand, inside: set[Variable], used: Sequence[Variable]
    ) -> dict[Variable, Map] | None:
        """Return what others take of the last round of a state; None if they take more, or nothing."""
        carried: Any = loop.primitive
        found: dict[Variable, Map] = {}
        for each, whole in ((made, carried.made.space), (loop, carried.made.source)):
            if each in self._results:
                return None
            row = 0 if carried.is_reversed else whole[0] - 1
            size = prod(whole[1:])
            for user in self._users.get(each, ()):
                if user in inside:
                    if user.primitive.__class__ is Take and user in used:
                        return None
                    continue
                primitive: Any = user.primitive
                if primitive.__class__ is not Take:
                    return None
                places = primitive.map.positions()
                if any(place // size != row for place in places):
                    return None
                own = [place - row * size for place in places]
                found[user] = fitted(primitive.map.space, carried.shape, own)
        return found or None

    def _kept(
        self, variable: Variable, inside: set[Variable], made_by: dict[Any, Variable]
    ) -> Iterator[Variable]:
        """Yield which arrays have to be filled for a Variable to be known outside."""
        pending = [variable]
        while pending:
            at = pending.pop()
            if at in made_by:
                yield made_by[at]
            elif at.primitive.__class__ is Take:
                pending += [parent for parent in at.parents if parent in inside]
            else:
                yield at


class _Round:
    """Writes one round."""

    def __init__(
        self,
        loop: Loop,
        inside: set[Variable],
        carried: Sequence[Variable],
        made: dict[Variable, Operand],
        new: Any,
        is_inner: Any,
        is_once: Any,
    ) -> None:
        self._loop = loop
        self._is_inner = is_inner
        self._is_once = is_once
        self._inside = inside
        self._new = new
        self._made = made
        self._of: dict[Variable, Operand] = {}
        self._rows: dict[Variable, int] = {}  # of arrays with another entry than for each round
        self._slices: dict[Slice, Variable] = {}
        self._starts: dict[Variable, Operand] = {}  # that are known in the rounds alone
        for variable in carried:
            primitive: Any = variable.primitive
            self._of[variable] = loop.trace.leaf(None, primitive.shape)
            self._rows[variable] = int(primitive.is_reversed)

    def write(self, group: Sequence[Variable]) -> dict[Variable, Any]:
        """Write all equations; return what each round has of each Variable, or the state that it is."""
        loop = self._loop
        for variable in group:
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
        operands = [self._row(parent) for parent in variable.parents]
        rows = {self._rows[p] for p in variable.parents if p in self._rows}
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
            is_all = found.primitive == Take(carried.found) and self._is_once(found, loop)
            row = carried.count - 1 if carried.is_reversed else 0
            if not is_all or more.primitive.__class__ is not Put:
                continue
            size = prod(carried.shape)
            places = more.primitive.map.positions()
            if all(place // size == row for place in places):
                own = fitted(more.primitive.map.space, carried.shape, [p - row * size for p in places])
                self._starts[loop] = added_up(loop.trace, own, self._new(more.parents[0]))
                return self._of[found]
        return None

    def _row(self, x: Operand) -> Operand:
        """Return what a round has of an operand that has an entry for each round."""
        if x.__class__ is float:
            return x
        if x not in self._of:
            found = None
            if x.primitive.__class__ is Take:
                found = self._seen_through(x)
            elif x.primitive.__class__ is Put:
                found = self._put_again(x)
            elif self._is_inner(x):
                self._loop.trace.place = x.place
                found = self._loop.trace.apply(x.primitive, tuple(map(self._row, x.parents)))
            self._of[x] = self._leaf(x, 0 if x.shape else None) if found is None else found
        return self._of[x]

    def _put_again(self, x: Variable) -> Operand | None:
        """Return what a round has of what is put among zeros, as by `np.concatenate`; None for sums."""
        primitive: Any = x.primitive
        map_ = primitive.map
        cut = _cut(map_, prod(x.shape[1:])) if x.shape else None
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
            cut = _cut(map_, prod(array.shape[1:])) if array.__class__ is Variable and array.shape else None
            if cut is None or not _within(cut[1], array.shape[1:]).is_identity:
                break
            x, shift = array, shift + cut[0]
        slice_ = Slice(x, shift)
        if slice_ not in self._slices:
            leaf = self._loop.trace.leaf(None, x.shape if shift is None else x.shape[1:])
            self._slices[slice_] = leaf
            self._loop.taken[leaf] = slice_
        return self._slices[slice_]

    def _seen_through(self, x: Variable) -> Operand | None:
        """Return what a round has of what is taken of an array, from that; None if it is no row of it."""
        primitive: Any = x.primitive
        (array,) = x.parents
        if array.__class__ is float:
            return array
        cut = _cut(primitive.map, 0)
        if cut is not None:
            return taken(cut[1], self._leaf(array, None))
        size = prod(array.shape[1:])
        cut = _cut(primitive.map, size) if array.shape else None
        return (
            taken(_within(cut[1], array.shape[1:]), self._leaf(array, cut[0])) if cut is not None else None
        )

    def _of_take(self, map_: Map, array: Operand) -> Operand:
        """Return what a round takes of an array that the loop computes."""
        size = prod(array.shape[1:])
        cut = _cut(map_, size)
        if cut is None or cut[0] != self._rows.get(array, 0):
            raise NotNestedError
        return taken(_within(cut[1], array.shape[1:]), self._of[array])

    def _of_put(self, variable: Variable, map_: Map) -> Operand:
        """Return what a round adds up."""
        (x,) = variable.parents
        if not variable.shape:
            raise NotNestedError
        size = prod(variable.shape[1:])
        cut = _cut(map_, size)
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


def _reached(start: Variable, step: Any) -> dict[Variable, None]:
    """Return what can be reached, with the start if that can."""
    found: dict[Variable, None] = {}
    pending = [start]
    while pending:
        for each in step(pending.pop()):
            if each not in found:
                found[each] = None
                pending.append(each)
    return found
