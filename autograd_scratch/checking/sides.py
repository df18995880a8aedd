"""The slope of a noisy function of one number, and its slopes to the left and to the right.

The same evaluations serve all three: central differences by Ridders' method, one-sided ones likewise. At a
smooth point the three agree. At a kink central differences are steady and tell nothing. How far the
function's values scatter is measured as well, because that is what bounds any slope: rounding may be far
larger than the result shows, where large numbers cancel inside or where some step computes in float32.

Reference: J. Moré, S. Wild, "Estimating computational noise", SIAM Journal on Scientific Computing 33
(2011): high differences of a smooth function vanish, those of noise do not.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from .differences import EPSILON, Estimate, extrapolated, steadiest, steps

Function = Callable[[float], float]
Columns = tuple[list[Estimate], list[Estimate], list[Estimate]]

_POINTS = 9
_ROWS = 4  # steps from each start
_SHARP = 1e-7  # a bar, as part of its slope
_BY_SIDE = 100.0  # times that, on one side
_SURE = 8.0  # the largest error, in standard deviations that are estimated from few points
_DISTANCES = (1e-6, 2.7182818e-6)
_UNKNOWN = Estimate(math.nan, math.inf, 0.0)


class Sides(NamedTuple):
    """A slope and the slopes on both sides."""

    central: Estimate
    left: Estimate
    right: Estimate

    @property
    def differ(self) -> bool:
        """Whether the function has a kink here, as far as can be seen."""
        return abs(self.right.slope - self.left.slope) > self.left.bar + self.right.bar


def both_sides(
    function: Function, x: float, base: float, starts: Sequence[float], noise: float, enough: float
) -> Sides:
    """Return the slopes at `x`, from the first of the starting steps that makes their bars small enough.

    `base` is the value at `x`, and `enough` such a bar; so is one that is a small part of the slope. Those
    on one side may be larger, but not by much, or a kink would hide there.
    """
    tries: dict[float, Columns] = {}
    best = Sides(_UNKNOWN, _UNKNOWN, _UNKNOWN)
    for start in starts:
        if noise / start > best.central.bar:
            continue  # too fine to tell more
        tries[start] = columns(function, x, steps(start, _ROWS), (base, base), noise)
        ordered = [tries[start] for start in sorted(tries)]
        best = Sides(*(_best(column, power) for column, power in zip(zip(*ordered), (2, 1, 1))))
        sharp = max(enough, _SHARP * abs(best.central.slope))
        if best.central.bar <= sharp and max(best.left.bar, best.right.bar) <= _BY_SIDE * sharp:
            break
    return best


def columns(
    function: Function, x: float, shrinking: Sequence[float], bases: tuple[float, float], noise: float
) -> Columns:
    """Return the differences of shrinking steps: central ones, those to the left, those to the right.

    `bases` are the values at the point that those to the left and those to the right start from.
    """
    below_it, above_it = bases
    central, left, right = [], [], []
    for step in shrinking:
        above, below = x + step, x - step
        if below < x < above:
            up, down = tried(function, above), tried(function, below)
            noisy = noise + EPSILON * (abs(up) + abs(down))
            central.append(_difference(up, down, above - below, noisy))
            right.append(_difference(up, above_it, above - x, noisy))
            left.append(_difference(below_it, down, x - below, noisy))
    return central, left, right


def _best(tries: Sequence[Sequence[Estimate]], power: int) -> Estimate:
    """Return the steadiest estimate from differences of some starting steps, in ascending order.

    Finer differences come nearer to it, or it is the slope of something that is too coarse to see waves:
    how far they stray from it, and more than coarser ones, is a doubt of it.
    """
    estimates = [extrapolated(differences, power) for differences in tries]
    best = steadiest(estimates)
    strays = [max((_stray(d, best) for d in differences), default=0.0) for differences in tries]
    chosen = next((i for i, estimate in enumerate(estimates) if estimate.slope == best.slope), 0)
    finer = max(strays[:chosen], default=0.0)
    return best._replace(bar=max(best.bar, finer)) if finer > strays[chosen] else best


def _stray(difference: Estimate, best: Estimate) -> float:
    far = abs(difference.slope - best.slope)
    return far + difference.bar if far > difference.bar else 0.0


def _difference(up: float, down: float, width: float, noise: float) -> Estimate:
    slope = (up - down) / width
    return Estimate(slope, 2.0 * noise / width, abs(slope))


def tried(function: Function, x: float) -> float:
    """Return the function's value, or nan where it has none."""
    try:
        return function(x)
    except Exception:  # a step out of the domain: a person's code may refuse it in any way
        return math.nan


def scatter(numbers: Sequence[float]) -> float:
    """Return how far the values of a smooth function at equal distances are off, at most, by rounding.

    >>> scatter([1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0, 29.0, 37.0])
    0.0
    """
    found = []
    row = list(numbers)
    middle = len(row) // 2
    for order in range(1, middle + 3):
        row = [b - a for a, b in pairwise(row)]
        if order >= middle:
            found.append(math.hypot(*row) / math.sqrt(len(row) * math.comb(2 * order, order)))
    return _SURE * max(found)


def noise(function: Function, size: float, enough: float = 0.0) -> float:
    """Return how far the function's values near 0 scatter, from points that are close for its `size`.

    Roundings may be in step with one distance of points, so there are two. A kink scatters as well; so both
    sides are looked at, without the middle, which a jump may have to itself, and the quieter one counts:
    the first one alone if that is quiet `enough`.
    """
    quietest = math.inf
    for sign in (1, -1):
        if quietest > enough:
            side = max(
                scatter([tried(function, sign * k * distance * size) for k in range(1, _POINTS + 1)])
                for distance in _DISTANCES
            )
            quietest = side if side < quietest else quietest
    return quietest if quietest < math.inf else 0.0


def spread(function: Function, size: float) -> set[float]:
    """Return the values around 0, at a few hundredths of its `size`."""
    return {value for k in range(-3, 4) if (value := tried(function, 0.01 * k * size)) == value}
