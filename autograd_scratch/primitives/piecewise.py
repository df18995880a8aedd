"""Functions with corners and jumps, and the comparisons that rules use instead of `if`.

A rule may not branch on a number, or it would freeze a branch when it is recorded. It multiplies by
`equal`, `less_equal`, `step` or `sign`, whose derivative is zero, or it takes an arm with `where`.
At a corner the derivative is the one of smallest size: abs'(0) = 0 and relu'(0) = 0.
"""

from typing import Any

from .definition import primitive


@primitive(partials=lambda out, x, y: (0.0, 0.0))
def equal(x: float, y: float) -> float:
    """1.0 where `x` equals `y` or both are nan, else 0.0."""
    return 1.0 if x == y or (x != x and y != y) else 0.0


@primitive(partials=lambda out, x, y: (0.0, 0.0))
def less_equal(x: float, y: float) -> float:
    """1.0 where `x` is at most `y`, else 0.0."""
    return 1.0 if x <= y else 0.0


@primitive(partials=lambda out, x: (0.0 * out,))
def step(x: float) -> float:
    """1.0 above zero, 0.0 at zero and below, nan for nan."""
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x


@primitive(partials=lambda out, x: (0.0 * out,))
def sign(x: float) -> float:
    """1.0 above zero, -1.0 below, 0.0 at zero, nan for nan."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0 * x


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """Take one of two arms; the other one leaves no trace, so its infinities do no harm."""
    return chosen if condition else otherwise


@primitive(partials=lambda out, x: (sign(x),))
def abs_(x: float) -> float:
    """The absolute value.

    >>> from autograd_scratch import abs
    >>> abs.linearize(-3.0)
    (3.0, (-1.0,))
    """
    return abs(x)
