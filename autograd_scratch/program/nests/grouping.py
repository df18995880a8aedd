"""Which works share a nest, and what stands in it: scalar operations that know the axes they depend on.

Works of the same home share a nest as far as each reads of the others the entry at its own place; what it
reads elsewhere must be complete before. In a nest nothing is computed twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...primitives.arithmetic import add
from ...primitives.reductions import fsum_p, sum_p
from ...stepping.maps import Map
from ..rolled.rounds import Entry, Last
from ..rolled.structure import Along, Put, Take
from ..variables import Trace, Variable
from .groups import Group, Item, Reduction, Reference, Store
from .loops import Axis, Local, Operand
from .splitting import split
from .works import Composer, Key, Rounds, Work, computed, is_rolled, is_scalar, reads, works_of


class Target(NamedTuple):
    """What a round gives to an array that has a row for each round, and to which row in the first one."""

    made: Any
    array: Variable
    row: int


class Round:
    """One round of a loop: the groups that compute it, what it takes, and what becomes of what it gives.

    `rows` says of what it takes of which array it is a row, and which one in the first round, and `wholes`
    of which it is all. Before the first round `starts` are written; `kept` is what has one place, and what
    is made of it. Arrays that no round fills wholly are `cleared`. In each round rows are `step` further.
    """

    def __init__(self, rounds: Rounds) -> None:
        loop = self.loop = rounds.loop
        self.axis, self.step = Axis(loop.count), -1 if loop.is_reversed else 1
        at, back = loop.rounds[0], loop.is_reversed
        filled: dict[Any, Variable] = {entry: x for entry, x in loop.filled if x in rounds.filled}
        self.rows = {leaf: (x, at + shift) for leaf, (x, shift) in loop.taken.items() if shift is not None}
        self.wholes = {leaf: x for leaf, (x, shift) in loop.taken.items() if shift is None}
        self.starts: list[tuple[Any, Variable, int | None]] = []
        self.targets: list[Target] = []
        self.kept: dict[Variable, Any] = {}
        for state in loop.states:
            found, made, array = state.found, computed(state.made), filled.get(state)
            if array is not None:
                self.rows[found] = array, at + back
                self.targets.append(Target(made, array, at + (not back)))
            else:
                self.kept[found] = made
                last = filled.get(Last(state))
                self.wholes |= {} if last is None else {found: last}
            self.starts.append((state.start, array or found, None if array is None else at + back))
        entries = [(entry, x) for entry, x in filled.items() if isinstance(entry, Entry)]
        self.targets += [Target(computed(entry.made), x, at + entry.shift) for entry, x in entries]
        self.cleared = [x for _, x in entries if x.shape[0] != loop.count]
        results = [*(target.made for target in self.targets), *self.kept.values()]
        self.builder = Builder(loop.trace, results, loop.trace.tables)
        self.homes = dict(self.rows)
        for made, array, row in self.targets:
            if made.__class__ is Variable and made.shape == array.shape[1:]:
                self.homes.setdefault(made, (array, row))


class Builder:
    """Groups the works of a trace, and writes out what each group does."""

    def __init__(
        self, trace: Trace, results: Sequence[Any], tables: Mapping[Variable, tuple[float, ...]]
    ) -> None:
        works, self.inside = works_of(trace, results)
        self.works = [split(work, self.inside) if isinstance(work, Work) else work for work in works]
        self.composer = Composer()
        self.scalars: dict[Variable, Local] = {}
        self.wanted = {result for result in results if result.__class__ is Variable}
        self.stored: set[Variable] = set()
        self.constants = {x: numbers[0] for x, numbers in tables.items() if is_scalar(x) and not x.name}
        self.groups: list[Group | Round] = [
            Round(works) if isinstance(works, Rounds) else _Filling(self, key, works).group
            for key, works in self._grouped()
        ]

    def _grouped(self) -> list[tuple[Key, list[Work] | Rounds]]:
        """Return the works of each nest, or a loop over time, which is by itself."""
        groups: list[tuple[Any, Any]] = []
        position: dict[Variable, int] = {}
        done: dict[Variable, Work] = {}
        for work in self.works:
            if isinstance(work, Rounds):
                position.update(dict.fromkeys(work.filled, len(groups)))
                groups.append((None, work))
                for x in work.loop.inputs:
                    if not is_scalar(x):
                        self.stored.add(x)
                    elif x.primitive is None and x not in self.constants:
                        self.scalar(x)
                continue
            least, joined = 0, set()
            for x, map_ in reads(work, self.inside, self.composer):
                if x not in position:
                    if x.primitive is not None:
                        raise AssertionError("works are in order")
                    continue
                joins = x in done and not done[x].scattered and work.is_at_home(x, map_)
                least = max(least, position[x] + (not joins))
                if joins:
                    joined.add(position[x])
                if not joins and not is_scalar(x):
                    self.stored.add(x)
            found = len(groups)  # where its operands are in registers, else as late as there is a nest
            for i in (
                range(least, len(groups)) if least in joined else range(len(groups) - 1, least - 1, -1)
            ):
                if groups[i][0] == work.key:
                    found = i
                    break
            if found == len(groups):
                groups.append((work.key, []))
            groups[found][1].append(work)
            position[work.result] = max(found, position.get(work.result, found))
            done[work.result] = work
            if work.scattered or (work.result in self.wanted and not is_scalar(work.result)):
                self.stored.add(work.result)
        for work in (
            each for each in self.works if isinstance(each, Work)
        ):  # what is read in another nest, though at home
            for x, _ in reads(work, self.inside, self.composer):
                if x in position and position[x] != position[work.result] and not is_scalar(x):
                    self.stored.add(x)
        return groups

    def number(self, x: Variable) -> Operand:
        """Return what holds one number: a register, or it is a plain one."""
        return self.constants[x] if x in self.constants else self.scalar(x)

    def scalar(self, x: Variable) -> Local:
        """Return the register of one number."""
        if x not in self.scalars:
            self.scalars[x] = Local(x.name)
        return self.scalars[x]


class _Filling:
    """Writes the works of one nest into its group."""

    def __init__(self, builder: Builder, key: Key, works: Sequence[Work]) -> None:
        self.builder = builder
        self.home = tuple(Axis(size) for size, _ in key)
        self.group = Group(self.home)
        self._mine: dict[Variable, Local] = {}
        self._known: dict[Any, Local] = {}
        self._about: dict[Local, tuple[frozenset[Axis], int]] = {}
        self._summed: dict[tuple[int, tuple[int, ...]], tuple[Axis, ...]] = {}
        for work in works:
            self._add(work)

    def _add(self, work: Work) -> None:
        variable: Any = work.variable
        reduced = self._reduced_axes(work)
        axes = self._axes(work, reduced)
        values = [self._value(work, x, map_, axes) for x, map_ in work.operands()]
        primitive = variable.primitive
        is_rolled_along = primitive.__class__ is Along and is_rolled(variable)
        name = variable.name
        if primitive.__class__ is Put or is_rolled_along:
            (value,) = values
            inner = (
                add if primitive.__class__ is Put or primitive.inner in (sum_p, fsum_p) else primitive.inner
            )
            if reduced:
                value = self._reduction(inner, value, reduced, name)
        elif primitive.__class__ is Take:
            (value,) = values
        elif primitive.__class__ is Along:
            value = self._applied(primitive.inner, tuple(values), name)
        else:
            value = self._applied(primitive, tuple(values), name)
        if is_scalar(variable):
            self._into_scalar(variable, value)
        elif not work.scattered:
            self._mine[variable] = value
        if work.result in self.builder.stored:
            reference = Reference(work.result, work.target, axes)
            self.group.stores.append(Store(reference, value, work.scattered, self._stage(value)))

    def _into_scalar(self, variable: Variable, value: Any) -> None:
        self.builder.scalars[variable] = value
        self._mine[variable] = value

    def _axes(self, work: Work, reduced: tuple[Axis, ...]) -> tuple[Axis | None, ...]:
        axes: list[Axis | None] = [None] * len(work.space)
        for axis, own in zip(self.home, work.home, strict=True):
            axes[own] = axis
        for axis, own in zip(reduced, work.reduced, strict=True):
            axes[own] = axis
        return tuple(axes)

    def _reduced_axes(self, work: Work) -> tuple[Axis, ...]:
        """Return the axes of a sum; sums that may run side by side share them."""
        stage = 0
        for x, map_ in reads(work, self.builder.inside, self.builder.composer):
            if x in self._mine and (is_scalar(x) or work.is_at_home(x, map_)):
                stage = max(stage, self._stage(self._mine[x]))
        sizes = tuple(work.space[axis] for axis in work.reduced)
        if (stage, sizes) not in self._summed:
            self._summed[stage, sizes] = tuple(Axis(size) for size in sizes)
        return self._summed[stage, sizes]

    def _value(self, work: Work, x: Any, map_: Map, axes: tuple[Axis | None, ...]) -> Any:
        """Return the register that holds what `x` is at the places of a map."""
        pending = [(x, map_)]
        found: dict[Any, Operand] = {}
        while pending:
            pair = pending[-1]
            if pair in found:
                pending.pop()
                continue
            if pair[0].__class__ is float:
                found[pair] = pair[0]
                continue
            source, taken = self.builder.composer.source(*pair)
            if source not in self.builder.inside:
                found[pair] = self._read(work, source, taken, axes)
                continue
            missing = [(p, taken) for p in source.parents if (p, taken) not in found]
            if missing:
                pending += missing
                continue
            operands = tuple(found[p, taken] for p in source.parents)
            found[pair] = self._applied(source.primitive, operands, source.name)
        return found[x, map_]

    def _read(self, work: Work, x: Variable, map_: Map, axes: tuple[Axis | None, ...]) -> Operand:
        if x in self._mine and (is_scalar(x) or work.is_at_home(x, map_)):
            return self._mine[x]
        if is_scalar(x):
            number = self.builder.number(x)
            if isinstance(number, Local):
                self._about.setdefault(number, (frozenset(), 0))
            return number
        varying = tuple(
            (axis, n) for n, axis in enumerate(axes) if axis and (map_.table is not None or map_.strides[n])
        )
        steps = None if map_.table is not None else tuple((a, map_.strides[n]) for a, n in varying)
        key = (
            x,
            map_.offset,
            steps,
            map_ if map_.table is not None else None,
            varying if steps is None else 0,
        )
        if key not in self._known:
            self._known[key] = local = Local(x.name)
            depends = frozenset(axis for axis, _ in varying)
            self._about[local] = depends, 0
            reference = Reference(x, map_, axes)
            self.group.items.append(Item(local, reference, None, (), depends, 0))
        return self._known[key]

    def _applied(self, primitive: Any, operands: tuple[Operand, ...], name: str | None) -> Local:
        key = (primitive, tuple(repr(o) if o.__class__ is float else o for o in operands))
        if key not in self._known:
            self._known[key] = local = Local(name)
            about = [self._about[o] for o in operands if isinstance(o, Local)]
            axes = frozenset().union(*(a for a, _ in about))
            stage = max((stage for _, stage in about), default=0)
            self._about[local] = axes, stage
            self.group.items.append(Item(local, None, primitive, operands, axes, stage))
        return self._known[key]

    def _reduction(self, primitive: Any, value: Operand, axes: tuple[Axis, ...], name: str | None) -> Local:
        key = (Reduction, primitive, value, axes)
        if key not in self._known:
            self._known[key] = local = Local(name)
            stage = next(stage for (stage, _), own in self._summed.items() if own is axes)
            self._about[local] = frozenset(self.home), stage + 1
            self.group.reductions.append(Reduction(local, primitive, value, axes, stage))
        return self._known[key]

    def _stage(self, value: Operand) -> int:
        return self._about[value][1] if isinstance(value, Local) else 0
