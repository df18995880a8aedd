"""Contributions: a backward pass is the sum of what flows back along each use of each array.

A contribution is one of its terms: the edges from the nodes of one instruction to one array. Of a product,
their local derivatives are the entries of the other operand.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress, product
from math import prod
from operator import sub
from typing import NamedTuple

from ...stepping.groups import Key, Step
from .forward import Block, Forward
from .table import Extra

Group = tuple[Step, ...]
Origin = Key | str | None  # an instruction, the name of a block, or neither
_PRODUCTS, _OF_TWO, _NONE = ("mul", "dot"), ("add", "sub", "div"), -2
_COUNTS = 1_000_000  # beyond it is what makes numbers small, and none of samples
_ROUNDS = ((0, ""), (1, " of the next round"), (-1, " of the round before"))


class Home(NamedTuple):
    """Where a node stands: what made it, or the block, in which round, and the place in that array."""

    origin: Key | str
    time: int
    place: int


_NOWHERE = Home("", 0, 0)


class Array(NamedTuple):
    """The numbers of an array in one round."""

    shape: tuple[int, ...]
    numbers: Sequence[float]

    def stretched(self, shape: tuple[int, ...]) -> Sequence[float]:
        """Return the numbers as NumPy stretches them to a shape."""
        if shape == self.shape:
            return self.numbers
        return [self.numbers[place] for place in stretched(self.shape, shape)]

    def transposed(self) -> "Array":
        """Return a matrix with its axes exchanged."""
        rows, columns = self.shape
        return Array((columns, rows), [x for j in range(columns) for x in self.numbers[j::columns]])


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
        return Extra.of(self.nodes, self.parents, [*map(sub, slopes, self.slopes)])

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
        found = Contribution(self.step, self.origin)
        for edge in compress(self.edges, wanted):
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


class Contributions:
    """The contributions of a forward pass, and the arrays that they come to.

    The loss is `divided` by a number of samples, which many keep for the end of a backward pass.
    """

    def __init__(self, forward: Forward, divided: int = 1) -> None:
        self._forward = forward
        self._divided = divided if divided < _COUNTS else 1
        self._known: dict[Group, Mapping[Origin, Contribution]] = {}
        self._uses: dict[Group, Sequence[Contribution]] = {}
        self._fitting: dict[Key | str, list[tuple[str, bool, Mapping[int, Sequence[float]]]]] = {}
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
            found = {(*use.nodes, *use.places): use for use in (whole, *sides, *by_origin)}
            self._uses[group] = [*found.values()][::-1]
        return self._uses[group]

    def _side_of(self, whole: Contribution, side: int) -> Contribution:
        """Return the part of one operand, which may be an entry of a list of blocks in each round."""
        found = whole.part(own == side for own in whole.sides)
        origins = {self.origin(parent) for parent in found.parents}
        names = {origin.partition("[")[0] if isinstance(origin, str) else origin for origin in origins}
        return replace(found, origin=names.pop() if len(names) == 1 else None)

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

    @cached_property
    def arrays(self) -> Mapping[Key | str, list[Array]]:
        """The arrays of each round by what made them, and the blocks."""
        found: dict[Key | str, list[Array]] = {}
        nodes = self._forward.nodes
        for key, steps in self._forward.steps.at.items():
            if min(min(step.nodes) for step in steps) >= 0:
                found[key] = [Array(step.shape, [nodes[i]._data for i in step.nodes]) for step in steps]
        for name, block in self._forward.blocks.items():
            found[name] = [Array(block.shape, block.numbers)]
        return found

    @cached_property
    def homes(self) -> Mapping[int, Home]:
        """Where nodes stand, parameters among them."""
        found: dict[int, Home] = {}
        for key, steps in self._forward.steps.at.items():
            for time, step in enumerate(steps):
                found.update({i: Home(key, time, place) for place, i in enumerate(step.nodes) if i >= 0})
        for name, block in self._forward.blocks.items():
            if block.is_parameter:
                found.update({i: Home(name, 0, place) for place, i in enumerate(block.nodes) if i >= 0})
        return found

    def others(self, homes: Sequence[Home]) -> Iterator[tuple[str, bool, list[float | None]]]:
        """Yield what may stand in the place of entries of one array: those of others, or of other rounds.

        Its own gradient is among them, as it is in the right pass.
        That is what it is called, whether it is of another round, and its numbers: None for a round that is
        not there, or 0 where that before the first is known to be constant.
        """
        mine, nothing = homes[0].origin, 0.0 if any(home.time < 0 for home in homes) else None
        if mine not in self._fitting:
            self._fitting[mine] = [*self._alike(mine)]
        for called, is_later, known in self._fitting[mine]:
            numbers = [known[time][place] if time in known else nothing for _, time, place in homes]
            yield called, is_later, numbers

    def _alike(self, mine: Key | str) -> Iterator[tuple[str, bool, Mapping[int, Sequence[float]]]]:
        """Yield the arrays of the shape of one, or that can be stretched to it, by the rounds of that."""
        if not isinstance(mine, str):
            steps, adjoints = self._forward.steps.at[mine], self._forward.adjoints
            for size in sorted({1, self._divided}):
                gradients = {t: [size * adjoints[i] for i in step.nodes] for t, step in enumerate(steps)}
                yield f"`d{self.symbol(steps[0])}`", False, gradients
        shapes = [array.shape for array in self.arrays.get(mine, ())]
        for (origin, called, rounds), (later, told) in product(self._named, _ROUNDS if shapes else ()):
            is_other = origin != mine if not later else len(shapes) > 1 == len({*shapes})
            if is_other and len(rounds) == len(shapes) and all(map(fits, rounds, shapes)):
                pairs = enumerate(zip(rounds, shapes))
                known = {time - later: array.stretched(shape) for time, (array, shape) in pairs}
                yield f"{called}{told}", later != 0, known

    @cached_property
    def _named(self) -> list[tuple[Key | str, str, list[Array]]]:
        """The arrays that are called something, and matrices transposed."""
        found = []
        for origin, rounds in self.arrays.items():
            called = self.called(origin)
            found += [(origin, called, rounds)] if called else []
            if called and all(len(array.shape) == 2 for array in rounds):
                found.append((origin, f"{called}.T", [array.transposed() for array in rounds]))
        return found

    def homes_of(self, nodes: Sequence[int], users: Sequence[int] = ()) -> list[Home]:
        """Return where nodes stand, if all are entries of one array, of any round.

        A constant (-1) is of the round before the first, if each user's array has its operand at the same
        place in the round before.
        """
        known = [self.homes.get(i) for i in nodes]
        homes = [home for home in known if home is not None]
        if len({home.origin for home in homes}) != 1:
            return []
        if len(homes) < len(nodes) and users:
            own = [self.homes.get(i, _NOWHERE) for i in users]
            lags = {(a.time - b.time, a.place - b.place) for a, b in zip(known, own) if a is not None}
            if lags == {(-1, 0)}:
                homes = [a or Home(homes[0].origin, b.time - 1, b.place) for a, b in zip(known, own)]
        return homes if len(homes) == len(nodes) else []

    def origin(self, node: int) -> Origin:
        """Return the instruction that made a node, or the block that it is part of."""
        return self._forward.steps.key_of(node) or self._block_of.get(node)

    @cached_property
    def _block_of(self) -> Mapping[int, str]:
        blocks = (block for block in self._forward.blocks.values() if block.is_parameter)
        return {i: block.name for block in blocks for i in block.nodes if i >= 0}

    def symbol(self, step: Step) -> str:
        """Return what holds a step in formulas: a variable, or the expression, or what is left of it."""
        steps = self._forward.steps
        return steps.symbol(step, "") or f"({steps.called(step) or step.primitive})"

    def block_of(self, nodes: Sequence[int]) -> str:
        """Return the parameters of which all nodes are entries, or ''."""
        names = {self._block_of.get(i, "") for i in nodes}
        return names.pop() if len(names) == 1 else ""

    def called(self, origin: Origin) -> str:
        """Return what an array is called: the name of a block, or a quoted expression; or ''."""
        if origin is None or isinstance(origin, str):
            return origin or ""
        called = self._forward.steps.called(self._forward.steps.at[origin][0])
        return f"`{called}`" if called else ""


def stretched(shape: Sequence[int], to: Sequence[int]) -> list[int]:
    """Return the place of the entry that stands at each place where an array is stretched to a shape."""
    strides = [prod(shape[axis + 1 :]) * (size > 1) for axis, size in enumerate(shape)]
    return [sum(stride * i for stride, i in zip(strides, index)) for index in product(*map(range, to))]


def fits(array: Array | Step, shape: tuple[int, ...]) -> bool:
    """Say whether an array has a shape, or can be stretched to it."""
    own = array.shape
    return len(own) == len(shape) and all(size in (1, long) for size, long in zip(own, shape))


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
