"""Sums, products, quotients and powers.

`x ** 3` and `x ** y` are two primitives: with a constant exponent no logarithm of the base is taken,
so a negative base is no trouble.
"""

import math
from typing import Any

from .definition import Primitive, family, primitive
from .elementary import log
from .piecewise import abs_, equal, less_equal, sign, where


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


def _pow_partials(out: Any, x: Any, y: Any) -> tuple[Any, Any]:
    slope = pow_(x, y - 1.0)
    flat = equal(y, 0.0) * equal(abs_(slope), math.inf)  # x ** 0 is flat, however steep x ** -1 is
    zero = less_equal(0.0, x) * equal(out, 0.0) + equal(x, 0.0) * equal(y, 0.0)
    return (
        where(flat, 0.0, y * slope),
        where(zero, 0.0, abs_(out) * log(x)),  # where log is defined, out is negative at x = -0.0 alone
    )


@primitive(partials=_pow_partials, source="{0} ** {1}", label="**")
def pow_(x: float, y: float) -> float:
    """`x` to the power `y`, as C's `pow`; where `x` is negative, the derivative by `y` is nan.

    >>> pow_.linearize(2.0, 3.0)
    (8.0, (12.0, 5.545177444479562))
    """
    return math.pow(x, y)


@family((2.0,), (3.0,), (-1.0,), (0.5,), (0.0,))
def power(exponent: float) -> Primitive:
    """The primitive `x ** exponent`.

    >>> power(3.0).linearize(2.0)
    (8.0, (12.0,))
    """

    @primitive(
        partials=lambda out, x: (exponent * power(exponent - 1.0)(x) if exponent else 0.0 * sign(x),),
        name=f"power[{exponent!r}]",
        source=f"{{0}} ** {exponent!r}",
        label=f"**{exponent:g}",
    )
    def raised(x: float) -> float:
        return math.pow(x, exponent)

    return raised
