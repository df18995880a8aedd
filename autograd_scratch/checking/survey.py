"""What is measured of one block of numbers, and how the method for it is found.

First a random direction through all of its entries, and one through those of all arguments. If complex
steps give the slope there that real numbers give, they are believed of the entries too.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from random import Random
from typing import NamedTuple

from .differences import EPSILON
from .lines import STEP, Point, Way, starting_steps
from .runs import Runs
from .sides import Sides, both_sides

COMPLEX_STEP = "complex step"
RIDDERS = "Ridders' method"

_STEP_ROUNDING = 128.0 * EPSILON  # of complex functions as NumPy has them
_SLOW = 1e-2  # entries that are smaller, relative to their block, go slower


class Measured(NamedTuple):
    """A slope and its error bar; at a kink the slopes on both sides, and the bar of these."""

    slope: float
    bar: float
    left: float | None = None
    right: float | None = None

    @property
    def is_kink(self) -> bool:
        """Whether there are two slopes, and so none."""
        return self.left is not None

    def rules_out(self, slope: float, tolerance: float = 0.0) -> bool:
        """Say whether the slope cannot be this one; at a kink it may be any between both sides."""
        sides = [self.slope] if self.left is None or self.right is None else [self.left, self.right]
        far = tolerance + self.bar
        return slope < min(sides) - far or slope > max(sides) + far


class Direction(NamedTuple):
    """A random direction through all entries of a block, and the slope of the loss along it."""

    vector: tuple[float, ...]
    measured: Measured


class Survey:
    """A block of a loss, with what was found along a random direction of it."""

    def __init__(self, runs: Runs, name: str, seed: int) -> None:
        self.numbers = runs.block(name).numbers
        self.random = Random(f"{seed} {name}".encode("utf-8", "surrogatepass"))
        self._runs, self._name = runs, name
        self._size = _size(self.numbers)
        self.way = Way(_vector(self.numbers, self._size, self.random), self._size)

    def start(self, point: Point) -> None:
        """Begin to survey from a point, the lines through which tell of other blocks, too."""
        self._point, self._line = point, point.lines[self._name]

    @cached_property
    def is_complex(self) -> bool:
        """Whether complex steps are believed of the block."""
        return self._point.is_complex(self._name)

    @property
    def method(self) -> str:
        """How the block is measured, and what was seen of its precision if that is not double."""
        method = COMPLEX_STEP if self.is_complex else RIDDERS
        if self._line.grain.is_single:
            return f"{method}, in single precision"
        return f"{method}, of values that scatter" if self._line.grain.scatters else method

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """The slope along a random direction; a block without entries has none."""
        if not self.numbers:
            return ()
        if self.is_complex:
            return (Direction(self.way.vector, self._by_complex_step(self._line.slope)),)
        sides = self._line.sides
        return (Direction(self.way.vector, _measured(sides, sides.differ)),)

    def entry(self, i: int, is_kink: Callable[[int, float], bool]) -> Measured:
        """Return the slope by one entry; `is_kink` has the last word where the slopes on both sides differ.

        If that says no, the difference is a doubt of the slope.
        """
        x, curve = self.numbers[i], self._runs.by_entry(self._name, i)
        if self.is_complex:
            return self._by_complex_step(self._line.complex_slope(curve, x))
        noise, enough = self._line.grain.noise, max(1e-7 * self._typical, self._line.floor)
        starts = starting_steps(self._size, x)[: 1 if self._runs.on_values else None]
        sides = both_sides(curve, x, self._runs.value, starts, noise, enough)
        return _measured(sides, sides.differ and is_kink(i, STEP * self._size))

    def branches_differ(self, i: int, step: float) -> bool:
        """Say whether the loss takes other branches on one side of an entry than on the other; slow."""
        x = self.numbers[i]
        try:
            below, above = (self._runs.decisions(self._name, i, x + side * step) for side in (-1, 1))
        except Exception:  # code that runs on numbers alone
            return False
        return below != above

    def _by_complex_step(self, slope: float) -> Measured:
        return Measured(slope, self._line.slope_noise + _STEP_ROUNDING * abs(slope))

    @cached_property
    def _typical(self) -> float:
        """How large the slope by an entry is, about."""
        return abs(self._line.sides.central.slope) / math.sqrt(len(self.numbers))


def surveys_of(runs: Runs, names: Iterable[str], seed: int) -> dict[str, Survey]:
    """Return surveys of blocks, which share what is a property of the loss."""
    surveys = {name: Survey(runs, name, seed) for name in names}
    point = Point(runs, {name: each.way for name, each in surveys.items()})
    for survey in surveys.values():
        survey.start(point)
    return surveys


def _measured(sides: Sides, is_kink: bool) -> Measured:
    (slope, bar, _), left, right = sides
    if is_kink:
        return Measured(slope, max(left.bar, right.bar), left.slope, right.slope)
    return Measured(slope, bar + abs(right.slope - left.slope) if sides.differ else bar)


def _size(numbers: Sequence[float]) -> float:
    """Return how large the numbers of a block are, and 1 for a block of zeros."""
    sizes = [abs(x) for x in numbers if x and math.isfinite(x)]
    largest = max(sizes, default=1.0)
    return largest * math.sqrt(sum((x / largest) ** 2 for x in sizes) / len(sizes)) if sizes else 1.0


def _vector(numbers: Sequence[float], size: float, random: Random) -> tuple[float, ...]:
    """Return a random direction in which no entry is left out, and no two weigh the same.

    An entry much smaller than its block goes slower, or it would leave the domain of a logarithm.
    """
    return tuple(
        random.choice((-1.0, 1.0))
        * random.uniform(0.5, 1.5)
        * min(1.0, abs(x) / (_SLOW * size) if x else 1.0)
        for x in numbers
    )
