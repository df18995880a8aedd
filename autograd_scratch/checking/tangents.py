"""Whether a function of one number has a slope at a point, and how surely that is known.

Differences to the left, to the right and across the point are taken with steps of many sizes, the finest
first. A coarse step knows more digits, but may reach over a jump, a kink or waves: it is believed only
where it agrees with all finer ones. At a smooth point the three then agree. At a jump the value at the
point is not near those beside it; at a kink the slope to the left is not that to the right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from .differences import EPSILON, Curve, Estimate, extrapolated, steps
from .sides import Function, columns, noise, tried

_FINE = (1e-13, 1e-11, 1e-9, 1e-7)  # first steps, as parts of the number: rounding limits what they tell
_COARSE = (1e-5, 1e-3, 0.1)
_ROWS = {True: 4, False: 9}
_ULPS = 8.0  # how near is at the point
_ROUNDINGS = 8.0
_APART = 6.0  # bars that two estimates of one slope may be apart
_BESIDE = 1e-6  # of the number: how far aside a kink may be
_TINY = 1e-300
_BARS = 2.0  # bars that a derivative may be apart
_DIGITS = 1e-12  # of a derivative, which rounding takes
_UNKNOWN = Estimate(math.nan, math.inf, 0.0)


@dataclass(frozen=True)
class Tangent:
    """The slope with its error bar, the steepest secant that was believed, and the slopes on both sides.

    `jump` are the values just below the point, at it, and just above, where these are apart.
    """

    slope: float
    bar: float
    secant: float
    left: Estimate
    right: Estimate
    jump: tuple[float, float, float] | None = None

    @property
    def is_kink(self) -> bool:
        """Whether the slopes on both sides differ; then `slope` is the mean of them."""
        return not _agree(self.left, self.right)

    def agrees_with(self, derived: float, tolerance: float = 0.0) -> bool:
        """Say whether a derivative is this slope, as far as it is known."""
        return abs(derived - self.slope) <= tolerance + _TINY + _BARS * self.bar + _DIGITS * abs(derived)


def tangents(function: Curve, x: float, largest: float | None = None) -> list[Tangent]:
    """Return the tangent at `x` of each of the numbers that `function` gives, by steps up to the largest.

    >>> [across] = tangents(lambda x: [abs(x - 2.0)], 2.0)
    >>> across.is_kink, round(across.left.slope, 9), round(across.right.slope, 9)
    (True, -1.0, 1.0)
    >>> [over] = tangents(lambda x: [x * x + math.floor(x)], 2.0)
    >>> [round(value, 9) for value in over.jump]
    [5.0, 6.0, 6.0]
    """
    known = {x: function(x)}
    count = len(known[x])

    def output(i: int, at: float) -> float:
        if at not in known:
            try:
                known[at] = function(at)
            except Exception:  # a step out of the domain: a person's code may refuse it in any way
                known[at] = []
        return known[at][i] if len(known[at]) == count else math.nan

    return [_Point(partial(output, i), x, _first_steps(x, largest)).tangent() for i in range(count)]


def _first_steps(x: float, largest: float | None) -> list[tuple[float, int]]:
    """Return the steps to start from, in ascending order, and how many smaller ones follow each."""
    size = abs(x) or 1.0
    ends = (largest or _COARSE[0], *_COARSE, *(part * size for part in _COARSE))
    found: list[tuple[float, int]] = []
    for start, is_fine in sorted([(part * size, True) for part in _FINE] + [(end, False) for end in ends]):
        if start <= (largest or math.inf) and (not found or start > 3.0 * found[-1][0]):
            found.append((start, _ROWS[is_fine]))
    return found


class _Point:
    """The neighbourhood of a point."""

    def __init__(self, function: Function, x: float, starts: Sequence[tuple[float, int]]) -> None:
        self.function, self.x, self.starts = function, x, starts
        self.value = function(x)
        self.noise = self._noise()

    def tangent(self) -> Tangent:
        left, central, right, secant = self._estimates(self.value, self.value)
        best = min((left, central, right), key=lambda estimate: estimate.bar)
        nearest = _ULPS * math.ulp(self.x) if self.x else _TINY
        below, above = (tried(self.function, self.x + side * nearest) for side in (-1, 1))
        allowed = 8.0 * self.noise + 2.0 * _ULPS * nearest * abs(best.slope if best.bar < math.inf else 0.0)
        if max(abs(below - self.value), abs(above - self.value)) > allowed:
            left, _, right, _ = self._estimates(below, above)
            return Tangent(math.nan, math.inf, secant, left, right, (below, self.value, above))
        if not _agree(left, right) and self._misses(left, -1) != self._misses(right, 1):
            best = left = right = right if self._misses(left, -1) else left
        elif not _agree(left, right):
            best = Estimate(0.5 * (left.slope + right.slope), 0.5 * (left.bar + right.bar), secant)
        elif best.slope and min(central.bar, max(left.bar, right.bar)) > 0.1 * max(abs(best.slope), secant):
            best = _UNKNOWN  # one side alone is no slope
        elif best is central and max(left.bar, right.bar) < math.inf:
            best = best._replace(bar=best.bar + 0.5 * abs(left.slope - right.slope))  # a kink, perhaps
        return Tangent(best.slope, best.bar, secant, left, right)

    def _misses(self, side: Estimate, sign: int) -> bool:
        """Say whether a side, continued to the point, misses the value there: the kink is aside."""
        step = sign * _BESIDE * (abs(self.x) or 1.0)
        near, far = (
            tried(self.function, self.x + k * step)
            - self.value
            - side.slope * ((self.x + k * step) - self.x)
            for k in (1, 2)
        )
        return abs(4.0 * near - far) > 4.0 * (5.0 * self.noise + 2.0 * side.bar * abs(step))

    def _estimates(self, below: float, above: float) -> tuple[Estimate, Estimate, Estimate, float]:
        """Return the slopes to the left, across and to the right, from the values at the point's sides."""
        found: tuple[list[Estimate], ...] = ([], [], [])
        secant = 0.0
        for start, rows in self.starts:
            shrinking = steps(start, rows)
            central, left, right = columns(self.function, self.x, shrinking, (below, above), self.noise)
            steepest = max((abs(difference.slope) for difference in left + right), default=0.0)
            tries = _one_sided(left), extrapolated(central), _one_sided(right)
            for believed, estimate in zip(found, tries):
                if all(_agree(estimate, finer) for finer in believed):
                    believed.append(estimate)
                    if estimate.bar <= 0.1 * steepest:
                        secant = max(secant, steepest)
        best = [min(side, key=lambda each: each.bar, default=_UNKNOWN) for side in found]
        return best[0], best[1], best[2], secant

    def _noise(self) -> float:
        """Return how far the function's values are off by rounding, its own and that of its argument."""
        size = abs(self.x) or 1.0
        ahead = [tried(self.function, self.x + side * 1e-3 * size) for side in (-1, 1)]
        rises = [abs(value - self.value) * 1e3 for value in ahead if math.isfinite(value)]
        rounding = EPSILON * (abs(self.value) + min(rises, default=0.0) * (self.x != 0.0))
        scattered = (noise(lambda t: self.function(self.x + t), reach * size) for reach in (0.01, 1.0))
        return max(_ROUNDINGS * (rounding + math.ulp(0.0)), next(filter(None, scattered), 0.0))


def _agree(some: Estimate, other: Estimate) -> bool:
    """Say whether two estimates may be of one slope."""
    return not abs(some.slope - other.slope) > _APART * (some.bar + other.bar)


def _one_sided(column: Sequence[Estimate]) -> Estimate:
    """Extrapolate one-sided differences: with all powers of the step to vanish, more agree by luck."""
    estimate = extrapolated(column, 1)
    return estimate._replace(bar=10.0 * estimate.bar)
