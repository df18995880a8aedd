"""Arrays by what made them: where a node stands, and which others may stand in the place of one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import NamedTuple

from ...stepping.groups import Key, Step
from .forward import Forward

Origin = Key | str | None  # an instruction, the name of a block, or neither
_COUNTS = 1_000_000  # beyond it is what makes numbers small, and none of samples
_Alike = tuple[str, bool, Mapping[int, Sequence[float]]]  # by rounds
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


class Arrays:
    """The arrays of a forward pass.

    The loss is `divided` by a number of samples, which many keep for the end of a backward pass.
    """

    def __init__(self, forward: Forward, divided: int = 1) -> None:
        self._forward = forward
        self._divided = divided if divided < _COUNTS else 1
        self._fitting: dict[Key | str, list[_Alike]] = {}

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

        Its own gradient is among them, as it is in the right pass. That is what it is called, whether it is
        of another round, and its numbers: None for a round that is not there, or 0 where that before the
        first is known to be constant.
        """
        mine, nothing = homes[0].origin, 0.0 if any(home.time < 0 for home in homes) else None
        if mine not in self._fitting:
            self._fitting[mine] = [*self._alike(mine)]
        for called, is_later, known in self._fitting[mine]:
            numbers = [
                known[time][place] if place < len(known.get(time, ())) else nothing
                for _, time, place in homes
            ]
            yield called, is_later, numbers

    def _alike(self, mine: Key | str) -> Iterator[_Alike]:
        """Yield the arrays of the shape of one, or that can be stretched to it, by the rounds of that."""
        shapes = [array.shape for array in self.arrays.get(mine, ())]
        if shapes and not isinstance(mine, str):
            yield from self._gradients(self._forward.steps.at[mine])
        if len(shapes) > 2 and len({*shapes}) == 1:
            last = self.arrays[mine][-1].numbers
            yield f"{self.called(mine)} of the last round", True, dict.fromkeys(range(len(shapes)), last)
        for (origin, called, rounds), (later, told) in product(self._named, _ROUNDS if shapes else ()):
            is_other = origin != mine if not later else len(shapes) > 1 == len({*shapes})
            if is_other and len(rounds) == len(shapes) and all(map(fits, rounds, shapes)):
                pairs = enumerate(zip(rounds, shapes))
                known = {time - later: array.stretched(shape) for time, (array, shape) in pairs}
                yield f"{called}{told}", later != 0, known

    def _gradients(self, steps: Sequence[Step]) -> Iterator[_Alike]:
        """Yield the right gradient of an array, and that of the loss before it is divided."""
        adjoints, called = self._forward.adjoints, f"`d{self.symbol(steps[0])}`"
        for size in sorted({1, self._divided}):
            yield called, False, {t: [size * adjoints[i] for i in s.nodes] for t, s in enumerate(steps)}

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
