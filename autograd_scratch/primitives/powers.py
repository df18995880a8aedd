"""Powers and roots.

`x ** 3` and `x ** y` are two primitives: with a constant exponent no logarithm of the base is taken,
so a negative base is no trouble.
"""

import math
from typing import Any

from .arguments import is_node
from .definition import NONNEGATIVE, Primitive, family, primitive
from .exponential import log
from .piecewise import abs_, equal, flat, less_equal, where


def _pow_partials(out: Any, x: Any, y: Any) -> tuple[Any, Any]:
    slope = pow_p(x, y - 1.0)
    flat = equal(y, 0.0) * equal(abs_(slope), math.inf)  # x ** 0 is flat, however steep x ** -1 is
    zero = less_equal(0.0, x) * equal(out, 0.0) + equal(x, 0.0) * equal(y, 0.0)
    return (
        where(flat, 0.0, y * slope),
        # where log is defined, out is negative at x = -0.0 alone
        where(zero, 0.0, where(equal(x, 0.0), abs_(out), out) * log(x)),
    )


@primitive(name="pow", partials=_pow_partials, source="{0} ** {1}", label="**")
def pow_p(x: float, y: float) -> float:
    """`x` to the power `y`, as C's `pow`; where `x` is negative, the derivative by `y` is nan.

    >>> pow_p.linearize(2.0, 3.0)
    (8.0, (12.0, 5.545177444479562))
    """
    return math.pow(x, y)


@family((2.0,), (3.0,), (-1.0,), (0.5,), (0.0,))
def power(exponent: float) -> Primitive:
    """The primitive `x ** exponent`.

    >>> power(3.0).linearize(2.0)
    (8.0, (12.0,))
    """

    def slope(x: Any) -> Any:
        if exponent == 2.0:
            return 2.0 * x
        return exponent * power(exponent - 1.0)(x) if exponent else flat(x)

    @primitive(
        partials=lambda out, x: (slope(x),),
        name=f"power[{exponent!r}]",
        source=f"{{0}} ** {exponent!r}",
        label=f"**{exponent:g}",
    )
    def raised(x: float) -> float:
        return x * x if exponent == 2.0 else math.pow(x, exponent)

    return raised


def pow_(x: Any, y: Any) -> Any:
    """`x ** y`, on numbers as C's `pow`: infinite or nan where Python raises or turns complex.

    >>> pow_(2.0, 10), pow_(0.0, -1), pow_(-8.0, 1 / 3)
    (1024.0, inf, nan)
    """
    return x**y if is_node(x) or is_node(y) else pow_p(x, y)


@primitive(partials=lambda out, x: (2.0 * x,))
def square(x: float) -> float:
    """The square, `x * x` in one node.

    >>> square(-3.0)
    9.0
    """
    return x * x


@primitive(partials=lambda out, x: (-2.0 * x,))
def one_minus_square(x: float) -> float:
    """1 - x * x, which cancels neither near 1 nor, in its derivative, near 0.

    >>> one_minus_square(1.0 - 1e-10)
    2.000000165380742e-10
    """
    return (1.0 - x) * (1.0 + x)


@primitive(partials=lambda out, x: (-out * out,))
def reciprocal(x: float) -> float:
    """`1 / x`.

    >>> reciprocal(4.0), reciprocal(0.0)
    (0.25, inf)
    """
    return 1.0 / x


@primitive(partials=lambda out, x: (0.5 / out,), domain=NONNEGATIVE)
def sqrt(x: float) -> float:
    """The square root.

    >>> sqrt(2.0), sqrt(-1.0)
    (1.4142135623730951, nan)
    """
    return math.sqrt(x)


@primitive(partials=lambda out, x: (-0.5 * out / x,), domain=NONNEGATIVE)
def rsqrt(x: float) -> float:
    """`1 / sqrt(x)`.

    >>> rsqrt(4.0), rsqrt(0.0)
    (0.5, inf)
    """
    return 1.0 / math.sqrt(x)


@primitive(partials=lambda out, x: (1.0 / (3.0 * out * out),))
def cbrt(x: float) -> float:
    """The cube root, of negative numbers too.

    >>> cbrt(-8.0)
    -2.0
    """
    return math.cbrt(x)
