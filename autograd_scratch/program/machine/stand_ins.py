"""Functions of `math` that numba lacks, or has for two arguments alone, made of those that it has."""

from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def stand_ins() -> dict[str, Callable[..., Any]]:
    """Return them by name, compiled by numba when they are first called."""
    import numpy
    from numba import njit

    compiled = njit(error_model="numpy")

    @compiled
    def cbrt(x: float) -> Any:
        return numpy.cbrt(x)

    @compiled
    def fmod(x: float, y: float) -> Any:
        return numpy.fmod(x, y)

    @compiled
    def remainder(x: float, y: float) -> Any:
        if numpy.isinf(y) and numpy.isfinite(x):
            return x
        size = abs(y)
        rest = fmod(abs(x), size)
        if rest > size - rest:  # exact, as all differences of close numbers are
            rest -= size
        elif rest == size - rest:  # a tie goes to the even quotient
            rest -= 2.0 * fmod(0.5 * (abs(x) - rest), size)
        return numpy.copysign(1.0, x) * rest

    @compiled
    def hypot(*coordinates: float) -> Any:
        length = 0.0
        for coordinate in coordinates:
            length = numpy.hypot(length, coordinate)
        return length

    return {"cbrt": cbrt, "fmod": fmod, "remainder": remainder, "hypot": hypot}
