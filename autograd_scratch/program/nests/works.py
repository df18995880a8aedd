"""What is computed, each in which space: along axes that it has, and along axes that it adds up.

A `Work` is one Variable that is computed and kept, in a register or an array. Its home is the axes of
its own shape; what is added up has further axes. Takes are no works, since they are nothing but places;
nor is what only one sum needs, such as the products of a matrix product: both are part of the work that
reads them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from ...primitives.arithmetic import add, mul, neg, sub
from ...primitives.piecewise import equal, less, less_equal, select
from ...primitives.reductions import fsum_p, max_p, min_p, prod_p, sum_p
from ...stepping.maps import Map, Shape, identity_map, strides_of
from ..expressions import largest
from ..operands import Operand
from ..rolled.rounds import Filled, Loop
from ..rolled.structure import Along, Put, Structural, Take
from ..variables import Trace, Variable

CHEAP = frozenset((add, sub, mul, neg, equal, less, less_equal, select))
ROLLED = frozenset((sum_p, fsum_p, prod_p, max_p, min_p, largest))  # Alongs that are loops
Key = tuple[tuple[int, int], ...]  # sizes and strides


def is_scalar(x: Variable) -> bool:
    """Say whether a Variable is one number, of whatever shape."""
    return prod(x.shape) == 1


def key_of(shape: Shape) -> Key:
    """Return sizes and strides of the axes of a shape that count."""
    return tuple((n, stride) for n, stride in zip(shape, strides_of(shape)) if n != 1)


@dataclass(eq=False)
class Work:
    """A Variable to compute, and the axes of the space in which that happens.

    `home` are the axes of the space along which there are results, `reduced` those that are added up, and
    `target` is where in the Variable the result at a place of the space belongs. What is `scattered` is
    added to its place in memory: of the Variable itself, or of the sum of which it is a part. `finer` says
    how axes are split, if some are, of the space in which the operands are.
    """

    variable: Variable
    space: Shape
    home: tuple[int, ...]
    reduced: tuple[int, ...]
    target: Map
    scattered: bool = False
    whole: Variable | None = None
    finer: Map | None = None

    @property
    def result(self) -> Variable:
        """The Variable of which it computes entries."""
        return self.whole or self.variable

    @property
    def key(self) -> Key:
        """What works have in common that may stand in one nest."""
        if self.scattered:
            return key_of(tuple(self.space[axis] for axis in self.home))
        if self.finer is not None:
            return tuple((self.space[axis], self.target.strides[axis]) for axis in self.home)
        return key_of(self.variable.shape)

    def operands(self) -> Iterator[tuple[Operand, Map]]:
        """Yield the operands and where their entries are taken."""
        for x, map_ in self._operands(self.finer.source if self.finer is not None else self.space):
            yield x, map_ if self.finer is None else map_.then(self.finer)

    def _operands(self, space: Shape) -> Iterator[tuple[Operand, Map]]:
        variable: Any = self.variable
        primitive, parents = variable.primitive, variable.parents
        if primitive.__class__ is Take:  # a result that is nothing but entries of others
            yield parents[0], primitive.map
        elif primitive.__class__ is Along and not is_rolled(variable):
            for parent, count in zip(parents, primitive.terms):
                for k in range(count or 1):
                    yield parent, _column(space, count, k)
        else:
            for parent in parents:
                yield parent, identity_map(space)

    def is_at_home(self, x: Variable, map_: Map) -> bool:
        """Say whether the entry of `x` taken at a place is that of the same index as the result there."""
        if self.scattered and self.reduced:
            return False
        own = (stride for _, stride in key_of(x.shape))
        home = dict(zip(self.home, own)) if self.scattered else dict(enumerate(self.target.strides))
        return (
            map_.table is None
            and map_.offset == 0
            and prod(x.shape) == prod(self.space[axis] for axis in self.home)
            and all(
                map_.strides[axis] == (home[axis] if axis in self.home else 0)
                for axis, size in enumerate(self.space)
                if size != 1
            )
        )


@dataclass(eq=False)
class Rounds:
    """A loop that is computed round by round, and those of the arrays that it fills that are needed."""

    loop: Loop
    filled: list[Variable]


def is_rolled(variable: Any) -> bool:
    """Say whether a primitive of many terms is a loop over them."""
    return variable.primitive.inner in ROLLED and len(variable.parents) == 1


def _column(space: Shape, count: int, k: int) -> Map:
    """Return the map that takes the k-th term, or what has none."""
    if not count:
        return identity_map(space)
    shape = (*space, count)
    return Map(space, shape, k, tuple(s if n > 1 else 0 for n, s in zip(space, strides_of(shape))))


def work_of(variable: Any) -> Work:
    """Return where and how a Variable is computed."""
    primitive, shape = variable.primitive, variable.shape
    if primitive.__class__ is Put:
        return _of_put(variable, primitive.map)
    if primitive.__class__ is Along and is_rolled(variable):
        space = (*shape, *primitive.terms)
        target = Map(space, shape, 0, (*strides_of(shape), 0))
        return Work(variable, space, _counting(shape), (len(shape),), target)
    return Work(variable, shape, _counting(shape), (), identity_map(shape))


def _counting(shape: Shape) -> tuple[int, ...]:
    return tuple(axis for axis, size in enumerate(shape) if size != 1)


def _of_put(variable: Variable, map_: Map) -> Work:
    space, counting = map_.space, _counting(map_.space)
    if is_scalar(variable):
        return Work(variable, space, (), counting, Map(space, variable.shape, 0, (0,) * len(space)))
    if map_.table is not None:
        return Work(variable, space, counting, (), map_, scattered=True)
    kept = tuple(axis for axis in counting if map_.strides[axis])
    reduced = tuple(axis for axis in counting if not map_.strides[axis])
    ordered = sorted(kept, key=lambda axis: -map_.strides[axis])
    steps = tuple((space[axis], map_.strides[axis]) for axis in ordered)
    if map_.offset == 0 and steps == key_of(variable.shape):
        return Work(variable, space, tuple(ordered), reduced, map_)
    return Work(variable, space, kept, reduced, map_, scattered=True)


def works_of(trace: Trace, results: Iterable[Operand]) -> tuple[list[Work | Rounds], set[Variable]]:
    """Return all works in order, and the Variables that are parts of the works that read them."""
    results = [result for result in results if result.__class__ is Variable]
    needed = trace.needed(results)
    rounds = rounds_of(needed)
    results += [x for loop in rounds for x in loop.inputs]
    wanted = set(results)
    sums = _sums_of_scattered(needed, wanted)
    totals = {*sums.values()}
    wholes: dict[Variable, Variable] = {}
    for variable in reversed(sums):
        wholes[variable] = wholes.get(sums[variable], sums[variable])
    inside = _inside(needed, results, totals)
    found: list[Work | Rounds] = []
    for variable in needed:
        primitive = variable.primitive
        if primitive is None or variable in inside or variable in totals:
            continue
        if primitive.__class__ is Filled:
            if rounds[primitive.loop].filled[0] is variable:
                found.append(rounds[primitive.loop])
        elif primitive.__class__ is not Take or variable in wanted:
            found.append(replace(work_of(variable), whole=wholes.get(variable)))
    return found, inside


def rounds_of(needed: Iterable[Any]) -> dict[Loop, Rounds]:
    """Return the loops that fill arrays among some Variables."""
    rounds: dict[Loop, Rounds] = {}
    for variable in needed:
        if variable.primitive.__class__ is Filled:
            loop = variable.primitive.loop
            rounds.setdefault(loop, Rounds(loop, [])).filled.append(variable)
    return rounds


def _sums_of_scattered(needed: Sequence[Any], wanted: Collection[Variable]) -> dict[Variable, Variable]:
    """Return of what is scattered, or such a sum, the sum that alone reads it."""
    uses = Counter(parent for variable in needed for parent in variable.parents)
    parts = {x for x in needed if x.primitive.__class__ is Put and work_of(x).scattered}
    sums: dict[Variable, Variable] = {}
    for variable in needed:
        is_sum = variable.primitive is add and parts.issuperset(variable.parents)
        if is_sum and not any(uses[parent] > 1 or parent in wanted for parent in variable.parents):
            parts.add(variable)
            sums.update(dict.fromkeys(variable.parents, variable))
    return sums


def _inside(
    needed: Sequence[Any], results: Sequence[Variable], totals: Collection[Variable]
) -> set[Variable]:
    """Return what sums alone need, entry by entry: it is computed where they add it up."""
    roots: dict[Variable, set[Variable]] = {variable: set() for variable in needed}
    for result in results:
        roots[result].add(result)
    inside: set[Variable] = set()
    for variable in reversed(needed):
        primitive = variable.primitive
        if primitive is None:
            continue
        own = roots[variable]
        is_entrywise = not isinstance(primitive, Structural)
        is_kept = is_scalar(variable) or variable in own or variable in totals
        if is_entrywise and not is_kept and (len(own) == 1 or _is_cheap(variable)):
            inside.add(variable)
        reader = _reader(variable)
        for parent in variable.parents:
            if parent.__class__ is Variable:
                if variable in inside and parent.shape == variable.shape:
                    roots[parent] |= own
                else:
                    roots[parent].add(variable if reader else parent)
    return inside


def _reader(variable: Any) -> bool:
    """Say whether a Variable adds its operand up along axes that it lacks itself."""
    if variable.primitive.__class__ is Along:
        return is_rolled(variable)
    return variable.primitive.__class__ is Put and bool(work_of(variable).reduced)


def _is_cheap(variable: Any) -> bool:
    """Say whether it costs little to compute something twice, and much to keep it."""
    return variable.primitive in CHEAP and all(
        parent.__class__ is float or is_scalar(parent) or parent.primitive.__class__ is Take
        for parent in variable.parents
    )


def computed(x: Operand) -> Operand:
    """Return what is to be computed for a result: of what is there, or a loop fills, a copy."""
    is_there = x.__class__ is Variable and (x.primitive is None or x.primitive.__class__ is Filled)
    return x.trace.apply(Take(identity_map(x.shape)), (x,)) if is_there else x


def reads(work: Work, inside: set[Variable], composed: "Composer") -> list[tuple[Variable, Map]]:
    """Return which entries of others a work reads; Takes are followed, scalars are taken as they are."""
    found: dict[tuple[Variable, Map], None] = {}
    pending = list(work.operands())
    seen: set[tuple[Any, Map]] = set()
    while pending:
        x, map_ = pending.pop()
        if x.__class__ is float or (x, map_) in seen:
            continue
        seen.add((x, map_))
        x, map_ = composed.source(x, map_)
        if x in inside:
            pending += [(parent, map_) for parent in x.parents]
        else:
            found[x, map_] = None
    return list(found)


class Composer:
    """Follows Takes to what they take from; each composition of maps is made once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Map, Map], Map] = {}

    def source(self, x: Any, map_: Map) -> tuple[Any, Map]:
        """Return what is read where `x` is taken by a map, and by which map."""
        while True:
            if is_scalar(x) and map_.source != x.shape:
                map_ = Map(map_.space, x.shape, 0, (0,) * len(map_.space))
            if x.primitive.__class__ is not Take:
                return x, map_
            pair = (x.primitive.map, map_)
            if pair not in self._known:
                self._known[pair] = x.primitive.map.then(map_)
            x, map_ = x.parents[0], self._known[pair]
