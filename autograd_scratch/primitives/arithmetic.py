"""Sums, differences, products, quotients, and what is left over from a quotient."""

import math

from ..ieee import NAN
from .definition import primitive
from .piecewise import equal, rint, where


@primitive(partials=lambda out, x, y: (1.0, 1.0), source="{0} + {1}", label="+")
def add(x: float, y: float) -> float:
    """The sum."""
    return x + y


@primitive(partials=lambda out, x, y: (1.0, -1.0), source="{0} - {1}", label="-")
def sub(x: float, y: float) -> float:
    """The difference."""
    return x - y


@primitive(partials=lambda out, x, y: (y, x), source="{0} * {1}", label="*")
def mul(x: float, y: float) -> float:
    """The product."""
    return x * y


# -out / y rather than -x / (y * y), which overflows from 1e154 on
@primitive(partials=lambda out, x, y: (1.0 / y, -out / y), source="{0} / {1}", label="/")
def div(x: float, y: float) -> float:
    """The quotient."""
    return x / y


@primitive(partials=lambda out, x: (-1.0,), source="-{0}", label="-")
def neg(x: float) -> float:
    """The number with the other sign."""
    return -x


@primitive(partials=lambda out, x, y: (0.0, 0.0), source="{0} // {1}", label="//")
def floordiv(x: float, y: float) -> float:
    """The quotient, rounded down."""
    return x // y if abs(x) < math.inf else x / y


# x // y rather than floor(x / y), which is rounded twice: 1.0 // 0.1 is 9.0, and 1.0 / 0.1 is 10.0
@primitive(
    partials=lambda out, x, y: (1.0, where(equal(out, NAN), NAN, -(x // y))), source="{0} % {1}", label="%"
)
def mod(x: float, y: float) -> float:
    """The remainder of the quotient that is rounded down; it has the sign of `y`."""
    return x % y


@primitive(partials=lambda out, x, y: (1.0, -rint((x - out) / y)))
def fmod(x: float, y: float) -> float:
    """The remainder of the quotient that is rounded towards zero; it has the sign of `x`.

    >>> fmod(-7.0, 3.0), -7.0 % 3.0
    (-1.0, 2.0)
    """
    return math.fmod(x, y)


@primitive(partials=lambda out, x, y: (1.0, -rint((x - out) / y)))
def remainder(x: float, y: float) -> float:
    """The remainder of the quotient that is rounded to the nearest integer, as IEEE 754 defines it.

    >>> remainder(5.0, 3.0)
    -1.0
    """
    return math.remainder(x, y)
