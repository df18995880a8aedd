"""The slope of a function, measured: differences of its values, and how far they can be trusted.

A single difference has no good step: a large one bends, a small one rounds. Ridders' method takes
central differences of shrinking steps and extrapolates to step zero, and its own spread says how
good that is. No one first step suits every function, so five are tried and the steadiest is kept.

Reference: C. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software
4 (1982); W. Press et al., "Numerical Recipes", 3rd ed., section 5.7.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..arrays.containers import arrange, entries
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError
from ..ieee import describe
from ..modes import no_grad
from ..signatures import call_form
from ..value import Value

EPSILON = math.ulp(1.0)
_SHRINK = 1.4
_ROWS = 9

Curve = Callable[[float], list[float]]
Flat = Callable[[Sequence[float]], list[float]]


class Estimate(NamedTuple):
    """A slope, its error bar, and the steepest secant from the point that was tried on the way."""

    slope: float
    bar: float
    secant: float


@call_form("numerical_gradient(f, x)")
def numerical_gradient(f: Callable[..., Any], at: Any) -> Any:
    """Return the gradient of `f` at a point, measured by differences and not derived.

    `at` is the argument, a number or nested lists, tuples, dicts or arrays of numbers; several arguments
    are a tuple, and so is the answer. `f` is run on plain numbers, or on Values where it needs them.

    >>> [round(slope, 6) for slope in numerical_gradient(lambda w: w[0] ** 2 * w[1], [3.0, 4.0])]
    [24.0, 9.0]
    """
    args = at if isinstance(at, tuple) else (at,)
    function, numbers = flattened(f, args)
    if len(function(numbers)) != 1:
        raise ShapeError("numerical_gradient needs a function whose result is one number; add them up")
    measured = [slopes(along(function, numbers, i), x)[0].slope for i, x in enumerate(numbers)]
    return arrange(args if isinstance(at, tuple) else at, measured)


def along(function: Flat, at: Sequence[float], i: int) -> Curve:
    """Return a function of many numbers as one of the number in place `i`."""
    return lambda x: function([*at[:i], x, *at[i + 1 :]])


def slopes(function: Curve, x: float) -> list[Estimate]:
    """Return the slope at `x`, and its error bar, of each of the numbers that `function` gives.

    >>> [measured] = slopes(lambda x: [math.exp(x)], 1.0)
    >>> abs(measured.slope - math.e) < measured.bar < 1e-9
    True
    """
    return [steadiest(tries) for tries in zip(*trials(function, x))]


def trials(function: Curve, x: float) -> list[list[Estimate]]:
    """Return, for each of some first steps, the slopes that Ridders' method finds from there."""
    size, base = abs(x), function(x)
    starts = sorted({start for start in (0.1 * size, 0.01 * size, 0.1, 1e-3, 1e-5) if start > 0.0})
    return [_extrapolated(function, x, start, base) for start in starts]


def steadiest(tries: Sequence[Estimate]) -> Estimate:
    """Return the estimate of the smallest bar, from the smallest steps on that are sharp.

    A large step may straddle a kink or many waves and find a clear slope that is not there.
    """
    sharp = [estimate for estimate in tries if estimate.bar <= 1e-3 * abs(estimate.slope)]
    alike = [e for e in sharp if abs(e.slope - sharp[0].slope) <= 1e-2 * abs(sharp[0].slope)]
    best = min(alike or tries, key=lambda estimate: estimate.bar)
    return best._replace(secant=max(estimate.secant for estimate in tries))


def _extrapolated(function: Curve, x: float, start: float, base: list[float]) -> list[Estimate]:
    rows = [_differences(function, x, step, base) for step in steps(start)]
    return [extrapolated(column) for column in zip(*rows)]


def steps(start: float, count: int = _ROWS) -> list[float]:
    """Return the shrinking steps of Ridders' method."""
    return [start / _SHRINK**k for k in range(count)]


def extrapolated(differences: Sequence[Estimate], power: int = 2) -> Estimate:
    """Extrapolate differences of shrinking steps, with their rounding, to step zero; keep the steadiest.

    The error of central differences goes down with the square of the step, that of one-sided ones with
    its first power. Extrapolation subtracts, so rounding grows on the way.
    """
    secant = max((tried.secant for tried in differences if math.isfinite(tried.secant)), default=0.0)
    best = Estimate(math.nan, math.inf, secant)
    factors = [_SHRINK ** (power * (j + 1)) for j in range(len(differences))]
    previous: list[tuple[float, float]] = []
    for difference, rounding, _ in differences:
        row = [(difference, rounding)]
        finer = difference
        for factor, (coarser, its_rounding) in zip(factors, previous):
            slope = (factor * finer - coarser) / (factor - 1.0)
            rounding = (factor * rounding + its_rounding) / (factor - 1.0)
            row.append((slope, rounding))
            bar = 10.0 * max(abs(slope - finer), abs(slope - coarser)) + rounding
            if bar < best.bar:
                best = Estimate(slope, bar, secant)
            finer = slope
        previous = row
    return best


def _differences(function: Curve, x: float, step: float, base: list[float]) -> list[Estimate]:
    """Return the central difference of each number that `function` gives, and how far rounding moves it."""
    width = (x + step) - (x - step)
    if width == 0.0:
        return [Estimate(math.nan, math.inf, 0.0)] * len(base)
    found = []
    ups, downs = _tried(function, x + step, len(base)), _tried(function, x - step, len(base))
    for up, down, middle in zip(ups, downs, base, strict=True):
        slope = (up - down) / width
        rounding = 4.0 * EPSILON * (max(abs(up), abs(down)) + abs(slope * x)) / step
        found.append(Estimate(slope, rounding, max(abs(up - middle), abs(down - middle)) / step))
    return found


def _tried(function: Curve, x: float, count: int) -> list[float]:
    try:
        return function(x)
    except (ArithmeticError, ValueError):  # a step out of the domain
        return [math.nan] * count


def flattened(f: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Flat, list[float]]:
    """Return `f` as a function from a list of numbers to a list of numbers, and its arguments so."""
    if not callable(f):
        raise DataError(f"a slope is measured of a function, not of {describe(f)}")
    numbers = [number_of(entry, place) for place, entry in entries(args, "arguments")]
    return on_lists(lambda *point: f(*arrange(args, point)), numbers), numbers


def on_lists(f: Callable[..., Any], numbers: Sequence[float]) -> Flat:
    """Return a function of single numbers as one from a list of numbers to a list of numbers.

    Code that calls methods of Values gets Values, which record no graph.
    """

    def on_numbers(point: Sequence[Any]) -> list[float]:
        return [number_of(entry, place) for place, entry in entries(f(*point), "the result")]

    def on_values(point: Sequence[float]) -> list[float]:
        with no_grad():
            return on_numbers([Value(x) for x in point])

    try:
        on_numbers(numbers)
    except (AttributeError, TypeError) as fault:
        try:
            on_values(numbers)
        except (AttributeError, TypeError):
            raise fault from None
        return on_values
    return on_numbers
