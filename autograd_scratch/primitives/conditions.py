"""Conditions: numbers that are 1.0 where something holds, and 0.0 where it does not.

Comparisons make them where a function is being traced. Here they are combined; what is not 0.0 counts
as true, nan too, as in Python.
"""

from typing import Any

from ..ieee import NAN
from .definition import primitive
from .piecewise import abs_, equal, less, less_equal


@primitive(partials=lambda out, x, y: (0.0, 0.0), label="and")
def both(x: float, y: float) -> float:
    """1.0 where neither is 0.0, else 0.0."""
    return 1.0 if x and y else 0.0


@primitive(partials=lambda out, x, y: (0.0, 0.0), label="or")
def either(x: float, y: float) -> float:
    """1.0 where one is not 0.0, else 0.0."""
    return 1.0 if x or y else 0.0


@primitive(partials=lambda out, x: (0.0,), label="not")
def opposite(x: float) -> float:
    """1.0 where the number is 0.0, else 0.0."""
    return 0.0 if x else 1.0


CONDITIONS = frozenset((less, less_equal, equal, both, either, opposite))


def same(x: Any, y: Any) -> Any:
    """1.0 where two numbers are equal, and 0.0 where not, as for nan.

    >>> same(2.0, 2.0), same(NAN, NAN)
    (1.0, 0.0)
    """
    return both(less_equal(x, y), less_equal(y, x))


def is_nan(x: Any) -> Any:
    """1.0 for nan, else 0.0."""
    return equal(x, NAN)


def is_infinite(x: Any) -> Any:
    """1.0 for both infinities, else 0.0."""
    return equal(abs_(x), float("inf"))


def is_finite(x: Any) -> Any:
    """0.0 for nan and the infinities, else 1.0."""
    return less(abs_(x), float("inf"))
