"""Curves to fit: a number for a number, or for several."""

import math
from collections.abc import Callable, Sequence

from ..errors import DataError
from ..ieee import describe
from ..primitives.arguments import is_row
from ..seeds import Seed
from ..signatures import call_form
from .checks import asked, finite

Sample = tuple[tuple[float, ...], float]


@call_form("line(50, slope=2.0, intercept=1.0, seed=0)")
def line(
    count: int, slope: float = 2.0, intercept: float = 1.0, noise: float = 0.1, *, seed: Seed = None
) -> list[Sample]:
    """Return `count` points of a line: x from -1 to 1 in equal steps, and slope x + intercept.

    The target has a normal error of standard deviation `noise`, as in all curves here.

    >>> line(3, noise=0.0)
    [((-1.0,), -1.0), ((0.0,), 1.0), ((1.0,), 3.0)]
    """
    slope, intercept = finite(slope, "the slope of line"), finite(intercept, "the intercept of line")
    return _curve("line", lambda x: slope * x + intercept, count, noise, seed)


@call_form("polynomial(50, [0.0, -1.0, 0.0, 2.0], seed=0)")
def polynomial(
    count: int, coefficients: Sequence[float], noise: float = 0.1, *, seed: Seed = None
) -> list[Sample]:
    """Return `count` points of a polynomial: x from -1 to 1 in equal steps, and c0 + c1 x + c2 x² + ...

    >>> polynomial(3, [1.0, 0.0, 4.0], noise=0.0)
    [((-1.0,), 5.0), ((0.0,), 1.0), ((1.0,), 5.0)]
    """
    if not is_row(coefficients):
        raise DataError(
            "the coefficients of a polynomial are a list, that of 1 first, that of x second, not "
            f"{describe(coefficients)}"
        )
    falling = [finite(c, "a coefficient of a polynomial") for c in coefficients][::-1]

    def height(x: float) -> float:
        total = 0.0
        for c in falling:
            total = total * x + c
        return total

    return _curve("polynomial", height, count, noise, seed)


@call_form("sine_wave(50, seed=0)")
def sine_wave(count: int, noise: float = 0.1, *, periods: float = 1.0, seed: Seed = None) -> list[Sample]:
    """Return `count` points of a sine: x from -1 to 1 in equal steps, over so many periods.

    >>> sine_wave(5, noise=0.0)[3]
    ((0.5,), 1.0)
    """
    speed = math.pi * finite(periods, "the periods of sine_wave")
    return _curve("sine_wave", lambda x: math.sin(speed * x), count, noise, seed)


@call_form("friedman(200, seed=0)")
def friedman(count: int, noise: float = 1.0, *, seed: Seed = None) -> list[Sample]:
    """Return `count` rows of ten inputs, uniform from 0 to 1, of which the last five have no effect.

    The target is 10 sin(π x1 x2) + 20 (x3 - 0.5)² + 10 x4 + 5 x5, with an error (J. H. Friedman,
    Multivariate adaptive regression splines, Annals of Statistics 19, 1991).

    >>> [len(x) for x, _ in friedman(2, seed=0)]
    [10, 10]
    """
    count, deviation, random = asked("friedman", count, noise, seed)
    samples = []
    for _ in range(count):
        x = tuple(random.random() for _ in range(10))
        y = 10.0 * math.sin(math.pi * x[0] * x[1]) + 20.0 * (x[2] - 0.5) ** 2 + 10.0 * x[3] + 5.0 * x[4]
        samples.append((x, y + random.gauss(0.0, deviation)))
    return samples


def _curve(
    name: str, height: Callable[[float], float], count: int, noise: float, seed: Seed
) -> list[Sample]:
    count, deviation, random = asked(name, count, noise, seed)
    last = max(1, count - 1)
    places = [(2 * i - last) / last for i in range(count)]
    return [((x,), height(x) + random.gauss(0.0, deviation)) for x in places]
