"""Contributions: a backward pass is the sum of what flows back along each use of each array.

A contribution is one of its terms: the edges from the nodes of one instruction to one array. Of a product,
their local derivatives are the entries of the other operand.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress
from operator import mul, sub

from ...stepping.groups import Key, Step
from .arrays import Arrays, Origin
from .forward import Block, Forward
from .table import Extra

Group = tuple[Step, ...]
_WAYS = 50_000  # from nodes to those through which they hand something back
_FAR = 4  # steps that are used once, after which an array may have several users
_PRODUCTS, _OF_TWO, _NONE = ("mul", "dot"), ("add", "sub", "div"), -2


@dataclass(frozen=True, eq=False)
class Contribution:
    """Edges along which a gradient flows back, and the other operand of each, if they are of products.

    An operand is given by its node; it is -1 for a constant, and -2 where there is none.
    """

    step: Step  # the first that hands it back
    origin: Origin  # what gets it, if that is one array
    nodes: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    slopes: list[float] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # among the arguments
    sides: list[int] = field(default_factory=list)  # which operand that is part of: all of a sum are of one
    scales: list[float] = field(default_factory=list)  # of a branch: local derivatives on the way before

    @property
    def edges(self) -> Iterator[tuple[int, int, float, int, int, int]]:
        """All that is known of each edge."""
        return zip(self.nodes, self.parents, self.slopes, self.others, self.places, self.sides)

    @property
    def divides(self) -> bool:
        """Whether what flows back is divided by the operand."""
        return self.step.primitive == "div" and not any(self.sides)

    @cached_property
    def left_out(self) -> Extra:
        """What it changes if nothing flows back."""
        return self.with_slopes([0.0] * len(self.slopes))

    def with_slopes(self, slopes: Sequence[float]) -> Extra:
        """Return what other local derivatives change."""
        change = [*map(sub, slopes, self.slopes)]
        if self.scales:
            change = [*map(mul, change, self.scales)]
        return Extra.of(self.nodes, self.parents, change)

    @cached_property
    def of_products(self) -> "Contribution":
        """The part in which something is multiplied by."""
        return self.part(other > _NONE for other in self.others)

    def at(self, nodes: Sequence[int]) -> "Contribution":
        """Return the edges as they are from other nodes."""
        return replace(self, nodes=[*nodes])

    def among(self, nodes: Container[int]) -> "Contribution":
        """Return the part that comes from some nodes."""
        return self.part(i in nodes for i in self.nodes)

    def part(self, wanted: Iterable[bool]) -> "Contribution":
        """Return some of the edges."""
        chosen = [*wanted]
        found = Contribution(self.step, self.origin, scales=[*compress(self.scales, chosen)])
        for edge in compress(self.edges, chosen):
            found.add(*edge)
        return found

    def add(self, node: int, parent: int, slope: float, other: int, place: int, side: int) -> None:
        """Put one more edge in."""
        self.sides.append(side)
        self.places.append(place)
        self.nodes.append(node)
        self.parents.append(parent)
        self.slopes.append(slope)
        self.others.append(other)


class Contributions(Arrays):
    """The contributions of a forward pass, and the arrays that they come to."""

    def __init__(self, forward: Forward, divided: int = 1) -> None:
        super().__init__(forward, divided)
        self._known: dict[Group, Mapping[Origin, Contribution]] = {}
        self._uses: dict[Group, Sequence[Contribution]] = {}
        self.groups: list[Group] = [
            tuple(group) for steps in forward.steps.at.values() for group in forward.steps.groups(steps)
        ]

    def of(self, group: Sequence[Step]) -> Mapping[Origin, Contribution]:
        """Return the contributions that some steps of an instruction hand back, by what gets them."""
        steps = tuple(group)
        if steps not in self._known:
            self._known[steps] = self._of(steps)
        return self._known[steps]

    def _of(self, group: Group) -> Mapping[Origin, Contribution]:
        found: dict[Origin, Contribution] = {}
        for i in dict.fromkeys(i for step in group for i in step.alive):
            edges = self._forward.edges[i]
            others = operands_of(self._forward, i)
            for (parent, slope), operand in zip(edges, others):
                origin = self.origin(parent)
                if origin not in found:
                    found[origin] = Contribution(group[0], origin)
                found[origin].add(i, parent, slope, *operand)
        return found

    def uses(self, group: Group) -> Sequence[Contribution]:
        """Return the contributions of some steps of an instruction, those of each operand, and all as one.

        `a @ W[i]` in a loop has another matrix in each round, and `W * W` has the same one twice.
        """
        if group not in self._uses:
            by_origin = [*self.of(group).values()]
            whole = replace(united(by_origin), origin=None)
            sides = [self._side_of(whole, side) for side in sorted({*whole.sides})]
            parts = {(*use.nodes, *use.places): use for use in (*by_origin, *sides)}
            parts.pop((*whole.nodes, *whole.places), None)
            self._uses[group] = [*parts.values(), whole]
        return self._uses[group]

    def _side_of(self, whole: Contribution, side: int) -> Contribution:
        """Return the part of one operand, which may be an entry of a list of blocks in each round."""
        found = whole.part(own == side for own in whole.sides)
        origins = {self.origin(parent) for parent in found.parents}
        names = {origin.partition("[")[0] if isinstance(origin, str) else origin for origin in origins}
        return replace(found, origin=names.pop() if len(names) == 1 else None)

    def branches(self, group: Group) -> Iterator[tuple[Step, Contribution]]:
        """Yield what each of several users of an array hands back through it, apart from the others.

        Who writes a gradient as a sum of terms writes each of these whole. An array that is used once is
        followed to that which is computed from it.
        """
        forward, key_of = self._forward, self._forward.steps.key_of
        level = {i: {i: 1.0} for step in group for i in step.alive}  # what is handed on to which node
        for _ in range(_FAR):
            if sum(len(ways) * len(forward.consumers[i]) for i, ways in level.items()) > _WAYS:
                return
            users = dict.fromkeys(key_of(j) for i in level for j in forward.consumers[i])
            above: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
            for i, ways in level.items():
                for j in forward.consumers[i]:
                    slope = forward.local(j)[i]
                    for end, scale in ways.items():
                        above[j][end] += slope * scale
            if len(users) != 1:
                break
            level = above
        for user in [user for user in users if user] if len(users) > 1 else ():
            mine = {j: ways for j, ways in above.items() if key_of(j) == user}
            for use in self._through(group, mine).values():
                yield forward.steps.at[user][0], use

    def _through(
        self, group: Group, above: Mapping[int, Mapping[int, float]]
    ) -> Mapping[Origin, Contribution]:
        """Return what some nodes hand back through others, by what gets it."""
        found: dict[Origin, Contribution] = {}
        for user, ways in above.items():
            for i, scale in ways.items():
                for (parent, slope), operand in zip(self._forward.edges[i], operands_of(self._forward, i)):
                    origin = self.origin(parent)
                    if origin not in found:
                        found[origin] = Contribution(group[0], origin)
                    found[origin].add(user, parent, slope, *operand)
                    found[origin].scales.append(scale)
        return found

    def users(self, origin: Origin) -> set[Key | None]:
        """Return the instructions that use an array, or the blocks of a list; none for several arrays."""
        steps = self._forward.steps
        if not isinstance(origin, str):
            return {*steps.users.get(origin, ())} if origin else set()
        blocks = self._forward.blocks.items()
        nodes = (i for name, b in blocks if origin in (name, name.partition("[")[0]) for i in b.nodes)
        return {steps.key_of(user) for i in nodes if i >= 0 for user in self._forward.consumers[i]}

    def of_blocks(self) -> Iterator[tuple[Block, str, Contribution]]:
        """Yield what flows back through the entries of each block, with the line, and of all lines."""
        forward, owner = self._forward, self._block_of
        found: dict[tuple[str, str], Contribution] = {}
        lines: dict[str, list[Contribution]] = defaultdict(list)
        for steps in forward.steps.at.values():
            firsts = (step.alive[0] for step in steps if step.primitive in _PRODUCTS)
            others = (other for i in firsts for other, _, _ in operands_of(forward, i))
            if owner.keys().isdisjoint(others):
                continue  # nothing flows back through the weights of a first layer
            for use in self.of(steps).values():
                for edge in use.edges:
                    if edge[3] in owner:
                        name, where = owner[edge[3]], steps[0].where
                        if (name, where) not in found:
                            found[name, where] = Contribution(steps[0], None)
                            lines[name].append(found[name, where])
                        found[name, where].add(*edge)
        for (name, where), use in found.items():
            yield forward.blocks[name], where, use
        for name, uses in lines.items():
            if len(uses) > 1:
                yield forward.blocks[name], "", united(uses)


def united(uses: Sequence[Contribution]) -> Contribution:
    """Return several contributions as one."""
    origins = {use.origin for use in uses}
    found = Contribution(uses[0].step, origins.pop() if len(origins) == 1 else None)
    for use in uses:
        for edge in use.edges:
            found.add(*edge)
    return found


def operands_of(forward: Forward, i: int) -> list[tuple[int, int, int]]:
    """Return for each edge of a node what is multiplied by there, its place, and of which operand it is."""
    name, parents = forward.name_of(i), forward.nodes[i].parents
    ids = [-1 if parent.__class__ is float else forward.numbers[parent] for parent in parents]
    half = len(ids) // 2
    if name in _PRODUCTS:
        others = [*ids[half : 2 * half], *ids[:half], _NONE]  # a bias, at the end
    else:
        others = ids[::-1] if name == "div" else [_NONE] * len(ids)
    long = half if name in (*_PRODUCTS, *_OF_TWO) else len(ids)
    return [(others[place], place, place // long) for place, own in enumerate(ids) if own >= 0]
