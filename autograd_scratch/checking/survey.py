"""What is measured of one block of numbers, and how the method for it is found.

First random directions through all of its entries, by Ridders' method on real numbers. If complex steps in
the same directions give the same slopes, they are believed of the entries too. How far rounding moves them
is seen from points so close that nothing but the rounding differs.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from random import Random
from typing import NamedTuple

from .differences import EPSILON
from .precision import SINGLE_EPSILON, fits_single
from .runs import Curve, Runs, without_casts
from .sides import POINTS, Sides, both_sides, noise, scatter, spread

COMPLEX_STEP = "complex step"
RIDDERS = "Ridders' method"

_DIRECTIONS = 2
_TINY = 1e-20  # the complex step, relative to the size of a block
_STEP_ROUNDING = 128.0 * EPSILON  # of complex functions as NumPy has them
_NEXT = 2.0**-40  # the distance of points that differ in how they are rounded, and in nothing else
_PROVES = 1e-4  # a bar that is at most this part of its slope
_COARSE = 2.0**-32  # how far values scatter, relative to their size, that double precision did not give
_SINGLE = 2.0 * SINGLE_EPSILON  # how far values of single precision are off, at least
_ROUNDINGS = 64.0  # that a value, or a slope by a complex step, may be off
_ROWS, _ROWS_ON_VALUES = 9, 4  # steps of Ridders' method; runs on Values are slow
_SLOW = 1e-2  # entries that are smaller, relative to their block, go slower
_STEP = 1e-3  # the first step to try, relative to the size of a block


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
    """A block of a loss, with what was found along random directions of it."""

    def __init__(self, runs: Runs, name: str, seed: int) -> None:
        self.numbers = runs.block(name).numbers
        self.random = Random(f"{seed} {name}".encode("utf-8", "surrogatepass"))
        self._runs, self._name = runs, name
        self._rows = _ROWS_ON_VALUES if runs.on_values else _ROWS
        self._size = _size(self.numbers)
        count = 0 if not self.numbers else 1 if runs.on_values else _DIRECTIONS
        self._vectors = [_vector(self.numbers, self._size, self.random) for _ in range(count)]
        self._curves = [runs.along(name, vector) for vector in self._vectors]

    @cached_property
    def is_complex(self) -> bool:
        """Whether complex steps give the slopes that real numbers give, and these are sharp.

        A slope of zero proves nothing: a function that drops imaginary parts gives it too.
        """
        if self._runs.on_values or self._is_single or any(sides.differ for sides in self._sides):
            return False
        proofs = False
        for curve, sides in zip(self._curves, self._sides):
            slope = _complex_slope(curve, 0.0, self._step)
            bar = sides.central.bar + _ROUNDINGS * EPSILON * abs(slope)
            if not abs(slope - sides.central.slope) <= bar:
                return False
            proofs |= bar <= _PROVES * abs(slope)
        return proofs

    @property
    def method(self) -> str:
        """How the block is measured, and what was seen of its precision if that is not double."""
        method = COMPLEX_STEP if self.is_complex else RIDDERS
        if self._is_single:
            return f"{method}, in single precision"
        return f"{method}, of values that scatter" if self._noise > self._coarse else method

    @cached_property
    def directions(self) -> tuple[Direction, ...]:
        """The slopes along random directions."""
        if self.is_complex:
            slopes = [self._by_complex_step(curve, 0.0) for curve in self._curves]
        else:
            slopes = [_measured(sides, sides.differ) for sides in self._sides]
        return tuple(Direction(vector, slope) for vector, slope in zip(self._vectors, slopes))

    def entry(self, i: int, is_kink: Callable[[int, float], bool]) -> Measured:
        """Return the slope by one entry; `is_kink` has the last word where the slopes on both sides differ.

        If that says no, the difference is a doubt of the slope.
        """
        x, curve = self.numbers[i], self._runs.by_entry(self._name, i)
        if self.is_complex:
            return self._by_complex_step(curve, x)
        starts = _starts(self._size, x)[: 1 if self._runs.on_values else None]
        enough = 1e-7 * self._typical
        sides = both_sides(curve, x, starts, self._noise, enough, self._rows)
        return _measured(sides, sides.differ and is_kink(i, _STEP * self._size))

    def branches_differ(self, i: int, step: float) -> bool:
        """Say whether the loss takes other branches on one side of an entry than on the other; slow."""
        x = self.numbers[i]
        try:
            below, above = (self._runs.decisions(self._name, i, x + side * step) for side in (-1, 1))
        except Exception:  # code that runs on numbers alone
            return False
        return below != above

    def _by_complex_step(self, curve: Curve, x: float) -> Measured:
        slope = _complex_slope(curve, x, self._step)
        return Measured(slope, self._slope_noise + _STEP_ROUNDING * abs(slope))

    @cached_property
    def _sides(self) -> list[Sides]:
        starts = _starts(self._size)[: 1 if self._runs.on_values else None]
        return [both_sides(curve, 0.0, starts, self._noise, 0.0, self._rows) for curve in self._curves]

    @cached_property
    def _typical(self) -> float:
        """How large the slope by an entry is, about."""
        slopes = [abs(sides.central.slope) for sides in self._sides]
        return max(slopes, default=0.0) / math.sqrt(len(self.numbers))

    @cached_property
    def _noise(self) -> float:
        """How far values are off by rounding; infinite where they scatter as much as they change at all."""
        if self._runs.on_values:
            return _ROUNDINGS * EPSILON * self._largest
        least = (_SINGLE if self._is_single else 4.0 * EPSILON) * self._largest
        scattered = max((noise(curve, self._size) for curve in self._curves), default=0.0)
        changes = max((max(values) - min(values) for values in self._values if values), default=math.inf)
        return math.inf if scattered > max(0.1 * changes, self._coarse) else max(scattered, least)

    @cached_property
    def _values(self) -> list[set[float]]:
        """The values that the loss has near the point, in each direction."""
        return [] if self._runs.on_values else [spread(curve, self._size) for curve in self._curves]

    @cached_property
    def _largest(self) -> float:
        largest: float = max(map(abs, {self._runs.value}.union(*self._values)))
        return largest

    @cached_property
    def _coarse(self) -> float:
        """How far the values may scatter in double precision."""
        return _COARSE * self._largest

    @cached_property
    def _slope_noise(self) -> float:
        """How far complex steps are off by rounding, also where near points are all rounded alike."""
        points = [k * _NEXT * self._size for k in range(POINTS)]
        near = (scatter([_complex_slope(curve, t, self._step) for t in points]) for curve in self._curves)
        return max(near) + (self._noise / self._size if self._noise > self._coarse else 0.0)

    @cached_property
    def _is_single(self) -> bool:
        return any(len(values) >= 4 and all(map(fits_single, values)) for values in self._values)

    @property
    def _step(self) -> float:
        return _TINY * self._size


def _measured(sides: Sides, is_kink: bool) -> Measured:
    (slope, bar, _), left, right = sides
    if is_kink:
        return Measured(slope, max(left.bar, right.bar), left.slope, right.slope)
    return Measured(slope, bar + abs(right.slope - left.slope) if sides.differ else bar)


def _complex_slope(curve: Curve, x: float, step: float) -> float:
    """Return the slope by a complex step, or nan where the code does not take complex numbers.

    A real result may be one on which the number has no influence.
    """
    try:
        result = without_casts(curve, complex(x, step))
    except Exception:  # there are many ways not to take them
        return math.nan
    return float(result.imag) / step


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


def _starts(size: float, x: float = 0.0) -> list[float]:
    """Return first steps, the likeliest to do first: functions bend over their own lengths."""
    starts = (_STEP * size, 0.03 * size, 1e-5 * size, 0.1 * abs(x), 0.01 * abs(x), 0.1, 1e-3)
    return [start for start in dict.fromkeys(starts) if start > 0.0]
