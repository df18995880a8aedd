"""A graph in parts: its steps and the arrays that they take, and coarser parts of these.

Parts are a quotient of the graph: each node is in one of them, an arrow from part to part stands for
arrows between their nodes. It has no circle, as the graph has none: what would make one when parts are put
together stays by itself. A loop over time is cut: what a round takes of the one before has a part of its
own, to which no arrow leads but that of the start.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from ..primitives.arithmetic import sub
from ..primitives.reductions import dot_p
from ..stepping.maps import Map
from ..stepping.operands import Operand
from ..stepping.rolling import Steps
from ..stepping.sources import Source
from ..stepping.step import Step
from .scene import Scene


@dataclass(eq=False)
class Part:
    """Steps that are drawn as one, with arrays that belong to them; or an array alone, that was given.

    `key` is what its `members`, finer parts, have in common; from the parts `tails` arrows lead here.
    """

    steps: list[Step] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    key: Hashable = None
    members: "list[Part]" = field(default_factory=list)
    tails: "dict[Part, None]" = field(default_factory=dict)


def parts_of(found: Steps, scene: Scene) -> list[Part]:
    """Return a part for each step and each array, each after those that it takes from."""
    of: dict[Source, Part] = {}
    parts: list[Part] = []

    def part_of(source: Source) -> Part:
        """Return the part of an array; that of one which no step before has computed is made now."""
        if source not in of:
            part = of[source] = Part(sources=[source])
            if source.kind == "carried":
                starts = (piece for start, _, _ in source.pieces[:-1] for piece in leaves(start))
                part.tails = dict.fromkeys(part_of(piece) for piece in starts)
            parts.append(part)
        return of[source]

    modules = {step.result: scene.layer(step.result.entries) for step in found.all}
    for step in found.all:
        taken = [piece for operand in step.operands for piece in _pieces(operand, _role(step, modules))]
        of[step.result] = Part([step], tails=dict.fromkeys(map(part_of, taken)))
        parts.append(of[step.result])
    held = {id(x) for part in parts for source in part.sources for x in source.entries}
    alone = [root for root in scene.roots if not root.parents and id(root) not in held]
    if alone:
        part_of(Source("table", (len(alone),) if len(alone) > 1 else (), "", alone))
    return parts


def _pieces(operand: Operand, name: str) -> Iterator[Source]:
    """Yield the arrays that an operand takes from; plain numbers, without identity, are one of its own.

    The inputs of a model and its targets are all there, also where they are the same number.
    """
    source, map_ = operand.source, operand.map
    if source is None or map_ is None:
        if name:
            shape = (operand.terms,) if operand.terms else ()
            yield Source("constants", shape, name, [operand.number] * max(operand.terms, 1))
        return
    for piece in leaves(source):
        if piece.kind != "constants" or piece.name:
            yield piece
        elif piece is not source or map_.table is not None:
            yield Source("constants", piece.shape, name, piece.entries)
        else:
            yield _own(source, map_, name, operand.terms)


def _own(source: Source, taken: Map, name: str, terms: int) -> Source:
    """Return what a map takes, without the axes along which it stays the same."""
    last = len(taken.space) - 1
    axes = [i for i, stride in enumerate(taken.strides) if stride or (terms and name == "x" and i == last)]
    space = tuple(taken.space[i] for i in axes)
    kept = Map(space, source.shape, taken.offset, tuple(taken.strides[i] for i in axes))
    return Source("constants", space, name, [source.entries[place] for place in kept.positions()])


def _role(step: Step, modules: Mapping[Source, str]) -> str:
    """Return what plain numbers are for a step: x, the inputs of a model, or y, what it should give."""
    if modules[step.result]:
        return "x" if step.primitive is dot_p else ""
    is_error = any(modules.get(operand.source) for operand in step.operands if operand.source is not None)
    return "y" if step.primitive is sub and is_error else ""


def leaves(source: Source) -> Iterator[Source]:
    """Yield the arrays of which an arrangement consists; any other source is one by itself."""
    pending = [source]
    while pending:
        source = pending.pop()
        if source.kind == "arrangement" and source.pieces:
            pending += [piece for piece, _, _ in source.pieces][::-1]
        else:
            yield source


def heads_of(parts: Sequence[Part]) -> dict[Part, list[Part]]:
    """Return for each part those to which arrows lead from it."""
    heads: dict[Part, list[Part]] = {part: [] for part in parts}
    for part in parts:
        for tail in part.tails:
            heads[tail].append(part)
    return heads


def merged(parts: Sequence[Part], key_of: Callable[[Part], Hashable], is_safe: bool = False) -> list[Part]:
    """Return parts with those together that have a key in common, as far as no circle comes of it.

    A part whose key is None stays by itself. Where it is known that there can be no circle, `is_safe`,
    none is looked for.
    """
    group_of: dict[Part, Part] = {}
    latest: dict[Hashable, Part] = {}
    paths = _Paths()
    for part in parts:
        key = key_of(part)
        tails = dict.fromkeys(group_of[tail] for tail in part.tails)
        group = latest.get(key) if key is not None else None
        if group is None or not (is_safe or paths.may_join(group, tails)):
            group = latest[key] = Part(key=key)
            paths.add(group)
        group_of[part] = group
        group.members.append(part)
        group.steps += part.steps
        group.sources += part.sources
        tails.pop(group, None)
        group.tails |= tails
        if not is_safe:
            paths.join(group, tails)
    return in_order([*paths.places])


class _Paths:
    """From which groups a path leads to which."""

    def __init__(self) -> None:
        self.places: dict[Part, int] = {}
        self._above: list[int] = []  # of each group those from which a path leads to it, as bits
        self._is_head: list[bool] = []  # whether arrows lead from it

    def add(self, group: Part) -> None:
        self.places[group] = len(self.places)
        self._above.append(0)
        self._is_head.append(False)

    def may_join(self, group: Part, tails: Iterable[Part]) -> bool:
        """Say whether arrows from some groups to one make no circle."""
        place = self.places[group]
        return not any(self._above[self.places[tail]] >> place & 1 for tail in tails)

    def join(self, group: Part, tails: Iterable[Part]) -> None:
        """Note that arrows lead from some groups to one, and so to all below it."""
        place, added = self.places[group], 0
        for tail in tails:
            own = self.places[tail]
            added |= self._above[own] | 1 << own
            self._is_head[own] = True
        if added | self._above[place] == self._above[place]:
            return
        self._above[place] |= added
        for i, bits in enumerate(self._above) if self._is_head[place] else ():
            if bits >> place & 1:
                self._above[i] |= added


def in_order(parts: Sequence[Part]) -> list[Part]:
    """Return parts, each after those that it takes from, and else in their order."""
    places = {part: i for i, part in enumerate(parts)}
    waiting = {part: len(part.tails) for part in parts}
    heads = heads_of(parts)
    ready = [i for i, part in enumerate(parts) if not waiting[part]]
    found = []
    while ready:
        part = parts[heappop(ready)]
        found.append(part)
        for head in heads[part]:
            waiting[head] -= 1
            if not waiting[head]:
                heappush(ready, places[head])
    return found
