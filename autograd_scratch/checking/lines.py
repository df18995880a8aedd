"""The loss along a line through the point: what real numbers and what complex steps say of its slope there.

Rounding is seen from points so close that nothing else differs. How far it moves values is nothing that
one block has to itself: where they are as fine as double precision allows on a line on which all arguments
go, they are so when one of these goes alone.
"""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from .differences import EPSILON
from .precision import SINGLE_EPSILON, fits_single
from .runs import Curve, Runs, without_casts
from .sides import Sides, both_sides, noise, scatter, spread

ROUNDINGS = 64.0  # that a value, or a slope by a complex step, may be off
STEP = 1e-3  # the first step to try, relative to the size of a block

_TINY = 1e-20  # the complex step, relative to the size of a block
_ASIDE = 5e-3  # how far a point is beside another one
_NEXT = 2.0**-40  # the distance of points that differ in how they are rounded, and in nothing else
_PROVES = 1e-4  # a bar that is less than this part of its slope
_FLOOR = 100.0  # of noise, relative to the size of a block: no bar is much smaller than that
_COARSE = 2.0**-32  # how far values scatter, relative to their size, that double precision did not give
_SINGLE = 2.0 * SINGLE_EPSILON  # how far values of single precision are off, at least


class Way(NamedTuple):
    """How a block goes: a direction, relative to its size."""

    vector: tuple[float, ...]
    size: float

    @property
    def step(self) -> list[float]:
        """How far each entry goes, about as far as the block is large."""
        return [self.size * part for part in self.vector]


class Grain:
    """How fine the values of a loss are on a line."""

    def __init__(self, runs: Runs, curve: Curve, size: float) -> None:
        self._on_values, self._value = runs.on_values, runs.value
        self._curve, self._size = curve, size

    @cached_property
    def noise(self) -> float:
        """How far values are off by rounding; infinite where they scatter as much as they change at all."""
        if self._on_values:
            return self._fine
        scattered = noise(self._curve, self._size, self._fine)
        changes = max(self._values) - min(self._values)
        least = (_SINGLE if self.is_single else 4.0 * EPSILON) * self._largest
        return math.inf if scattered > max(0.1 * changes, self._coarse) else max(scattered, least)

    @property
    def is_fine(self) -> bool:
        """Whether values are off by no more than double precision makes them."""
        return not self.is_single and self.noise <= self._fine

    @property
    def scatters(self) -> bool:
        """Whether values are off by more than any arithmetic in double precision explains."""
        return self.noise > self._coarse

    @cached_property
    def is_single(self) -> bool:
        """Whether values are of single precision."""
        return len(self._values) >= 4 and all(map(fits_single, self._values))

    @cached_property
    def _values(self) -> set[float]:
        """The values that the loss has near the point."""
        return {self._value} | (set() if self._on_values else spread(self._curve, self._size))

    @property
    def _largest(self) -> float:
        return max(map(abs, self._values))

    @property
    def _fine(self) -> float:
        return ROUNDINGS * EPSILON * self._largest

    @property
    def _coarse(self) -> float:
        return _COARSE * self._largest


class Line:
    """The loss as a function of one number, which is 0 at the point; `beside` is one with all arguments."""

    def __init__(self, runs: Runs, curve: Curve, size: float, beside: "Line | None" = None) -> None:
        self._runs, self._curve, self._size, self._beside = runs, curve, size, beside

    @cached_property
    def grain(self) -> Grain:
        """How fine the values are."""
        if self._beside is not None and self._beside.grain.is_fine:
            return self._beside.grain
        return Grain(self._runs, self._curve, self._size)

    @cached_property
    def sides(self) -> Sides:
        """The slope, and those on both sides, by Ridders' method on real numbers."""
        starts = starting_steps(self._size)[: 1 if self._runs.on_values else None]
        return both_sides(self._curve, 0.0, self._runs.value, starts, self.grain.noise, 0.0)

    @property
    def floor(self) -> float:
        """A bar than which noise lets none be much smaller."""
        return _FLOOR * self.grain.noise / self._size

    @cached_property
    def slope(self) -> float:
        """The slope by a complex step."""
        return self.complex_slope(self._curve, 0.0)

    @cached_property
    def slope_noise(self) -> float:
        """How far complex steps are off by rounding, also where near points are all rounded alike.

        At a kink, slopes at near points are as far apart as those on both sides.
        """
        near = {k: self.complex_slope(self._curve, k * _NEXT * self._size) for k in (-2, -1, 1, 2)}
        scattered = scatter([near.get(k, self.slope) for k in range(-2, 3)])
        return scattered + (self.grain.noise / self._size if self.grain.scatters else 0.0)

    def complex_slope(self, curve: Curve, x: float) -> float:
        """Return the slope of a curve by a complex step, or nan where the code takes no complex numbers.

        A real result may be one on which the number has no influence.
        """
        step = _TINY * self._size
        try:
            result = without_casts(curve, complex(x, step))
        except Exception:  # there are many ways not to take them
            return math.nan
        return float(result.imag) / step

    def is_proved_by(self, other: "Line") -> bool:
        """Say whether complex steps give a slope here, and agree with real numbers on a line that tells.

        A slope of zero proves nothing: a function that drops imaginary parts gives it too.
        """
        least = _PROVES * abs(self.slope)
        return self.slope_noise < least and other.agrees_within(least)

    def is_steady(self, slope: float) -> bool:
        """Say whether complex steps nearby scatter by rounding alone, where they may give such a slope."""
        return self.slope_noise < _COARSE * abs(slope)

    def agrees_within(self, bar: float) -> bool:
        """Say whether complex steps give what real numbers do, and these are as sharp as that."""
        if self.grain.is_single or self.sides.differ:
            return False
        known = self.sides.central.bar + ROUNDINGS * EPSILON * abs(self.slope)
        return abs(self.slope - self.sides.central.slope) <= known < bar


class Point:
    """A point, and lines through it: on each of them one block goes, and on one all arguments together."""

    def __init__(self, runs: Runs, ways: Mapping[str, Way]) -> None:
        self._runs, self._ways = runs, ways
        self._steps = {name: way.step for name, way in ways.items() if runs.is_argument(name)}
        self._together = Line(runs, runs.together(self._steps), 1.0)
        self.lines = {
            name: Line(
                runs, runs.along(name, vector), size, self._together if name in self._steps else None
            )
            for name, (vector, size) in ways.items()
        }

    @cached_property
    def aside(self) -> "Point":
        """A point where slopes are not small because of what the loss is fitted to."""
        steps = {name: [_ASIDE * part for part in step] for name, step in self._steps.items()}
        return Point(self._runs.moved(steps), self._ways)

    def is_complex(self, name: str) -> bool:
        """Say whether complex steps are believed of a block.

        They are where they agree with real numbers, on a line on which that block goes, so sharply that it
        tells of that block's slope. That may be a line aside, if they agree here as far as can be seen.
        """
        line = self.lines[name]
        return not self._runs.on_values and (
            (name in self._steps and (line.is_proved_by(self._together) or self._is_proved_aside(name)))
            or line.is_proved_by(line)
        )

    def _is_proved_aside(self, name: str) -> bool:
        if not self._together.agrees_within(math.inf):
            return False
        there = self.aside.lines[name]
        return self.lines[name].is_steady(there.slope) and there.is_proved_by(self.aside._together)


def starting_steps(size: float, x: float = 0.0) -> list[float]:
    """Return first steps, the likeliest to do first: functions bend over their own lengths."""
    starts = (STEP * size, 0.03 * size, 1e-5 * size, 0.1 * abs(x), 0.01 * abs(x), 0.1, 1e-3)
    return [start for start in dict.fromkeys(starts) if start > 0.0]
