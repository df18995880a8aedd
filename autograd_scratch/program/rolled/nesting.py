"""Loops taken out of a trace: what has to be computed round by round, and what all rounds can do at once.

Equations that are computed from what rounds carry on, and go into it, are a loop: one round of them is a
trace of its own. All others stay what they are, arrays with an axis for the rounds, before or after it. So
`z = x[t] @ W + h @ U` in a loop over time is one product for all times, and one in each round.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from heapq import heapify, heappop, heappush
from math import prod
from typing import Any, NamedTuple, cast

from ...primitives import Primitive
from ...stepping.maps import Map, fitted
from ..operands import Operand
from ..variables import Trace, Variable
from .bodies import Round
from .carried import Carried
from .cycles import cycles, operands
from .rounds import Filled, Last, Loop, NotNestedError, State
from .structure import Put, Structural, Take, added_up, is_made_by, taken


class Nested(NamedTuple):
    """What became of each Variable that has changed, and all Variables in the order that they had."""

    known: Mapping[Variable, Operand]
    order: Sequence[Variable]

    def new(self, operand: Operand) -> Operand:
        """Return what became of an operand."""
        return self.known.get(operand, operand)

    def in_order(self, variables: Sequence[Variable]) -> list[Variable]:
        """Return Variables in the order that they had; others as soon as they can be computed."""
        places = {variable: i for i, variable in enumerate(self.order)}
        found: dict[Any, int] = {}
        for variable in variables:
            parents = [found[parent] for parent in variable.parents if parent in found]
            found[variable] = max((places.get(variable, -1), *parents))
        return sorted(variables, key=found.__getitem__)


def nested(
    trace: Trace,
    results: Iterable[Operand],
    has_all: bool = False,
    beside: Set[Primitive] = frozenset(),
) -> Nested:
    """Take the loops out of what some results need.

    With `has_all`, a round has all that is computed entry by entry for it, as people write it; else what
    needs no round before is computed for all at once, which is quicker. Functions that are to stand
    `beside` others are computed in the rounds that compute their operands. A loop that is not of equations
    for each round raises a NotNestedError.
    """
    if not trace.loops:
        return Nested({}, trace.variables)
    nesting = _Nesting(trace, [*results], has_all, beside)
    return Nested(nesting.known, nesting.write())


def can_be_nested(trace: Trace) -> bool:
    """Say whether each loop of a trace is of equations for each round."""
    nesting = _Nesting(trace, [*trace.loops])
    try:
        for group in nesting.loops():
            nesting.round_of(group)
    except NotNestedError:
        return False
    return True


def in_loops(trace: Trace) -> set[Variable]:
    """Return what is computed round by round, and what rounds carry on."""
    if not trace.loops:
        return set()
    loops = _Nesting(trace, [*trace.loops]).loops()
    return {*trace.loops}.union(*loops)


class _Nesting:
    """The loops of a trace, taken out."""

    def __init__(
        self,
        trace: Trace,
        results: Sequence[Operand],
        has_all: bool = False,
        beside: Set[Primitive] = frozenset(),
    ) -> None:
        self.known: dict[Variable, Operand] = {}
        self._has_all = has_all
        self._trace = trace
        self._order = trace.needed(results)
        self._results = {result for result in results if result.__class__ is Variable}
        self._places = {variable: i for i, variable in enumerate(self._order)}
        self._users, self._groups = cycles(trace, self._order, beside)

    def loops(self) -> list[list[Variable]]:
        """Return the Variables of each loop, in order."""
        return [sorted(group, key=self._places.__getitem__) for group in {*self._groups.values()}]

    def write(self) -> list[Variable]:
        """Write what is computed from loops once more, each after what it needs; return all in order."""
        places = self._places
        first = {group: min(map(places.__getitem__, group)) for group in {*self._groups.values()}}
        missing: dict[Any, set[Any]] = {}
        waiting: dict[Any, list[Any]] = {}

        def unit(variable: Variable) -> Any:
            return self._groups.get(variable, variable)

        for variable in self._order:
            own = missing.setdefault(unit(variable), set())
            for parent in operands(self._trace, variable):
                if unit(parent) is not unit(variable) and unit(parent) not in own:
                    own.add(unit(parent))
                    waiting.setdefault(unit(parent), []).append(unit(variable))

        def key(unit: Any) -> int:
            return places[unit] if unit.__class__ is Variable else first[unit]

        ready = [(key(each), i, each) for i, each in enumerate(missing) if not missing[each]]
        heapify(ready)
        number = len(ready)
        order: list[Variable] = []
        while ready:
            *_, each = heappop(ready)
            written = len(self._trace.variables)
            if each.__class__ is Variable:
                self._again(each)
            else:
                self._take_out(sorted(each, key=places.__getitem__))
            if each.__class__ is Variable and each not in self.known:
                order.append(each)
            order += self._trace.variables[written:]
            for user in waiting.get(each, ()):
                missing[user].discard(each)
                if not missing[user]:
                    number += 1
                    heappush(ready, (key(user), number, user))
        return order

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
        written = Round(loop, self._trace.loops, self._users, self._new)
        return loop, written.write(group, self._inner(group, loop.count) if self._has_all else [])

    def _inner(self, group: Sequence[Variable], count: int) -> list[Variable]:
        """Return what is computed entry by entry for one loop alone, in order."""
        inside = {*group}
        known = {*group}
        for x in reversed(self._order):
            is_entrywise = x.primitive is not None and not isinstance(x.primitive, Structural)
            is_plain = not x.name and x not in self._results and x.shape[:1] == (count,)
            if is_entrywise and is_plain and x in self._users and known.issuperset(self._users[x]):
                known.add(x)
        return [x for x in self._order if x in known and x not in inside]

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
        kept = {each for each in kept if not (is_made_by(each, Take) and each.parents[0] in kept)}
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

    def _is_turned(self, variable: Variable, made_by: dict[Any, Variable]) -> bool:
        """Say whether a Variable is all of what a round computes, in another shape."""
        primitive: Any = variable.primitive
        parent = variable.parents[0]
        return primitive.map.is_permuted and parent not in made_by and parent not in self._trace.loops

    def _kept(
        self, variable: Variable, inside: set[Variable], made_by: dict[Any, Variable]
    ) -> Iterator[Variable]:
        """Yield which arrays have to be filled for a Variable to be known outside."""
        pending = [variable]
        while pending:
            at = pending.pop()
            if at in made_by:
                yield made_by[at]
            elif at.primitive.__class__ is Take and not self._is_turned(at, made_by):
                pending += [parent for parent in at.parents if parent in inside]
            else:
                yield at
