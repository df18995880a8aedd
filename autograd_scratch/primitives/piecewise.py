"""Functions with corners and jumps, and the comparisons that rules use instead of `if`.

A rule may not branch on a number, or it would freeze a branch when it is recorded. It multiplies by
`equal`, `less_equal`, `step` or `sign`, whose derivative is zero, or it takes an arm with `where`.
At a corner the derivative is the smallest of its sides, abs'(0) = relu'(0) = 0 (the exponential units
take their left side); where two numbers tie, they share it; `clamp` lets it through on its bounds.
"""

import math
from operator import index
from typing import Any

from ..errors import DataError
from ..ieee import INF, NAN, real
from ..signatures import call_form
from .arguments import entry_by_entry, is_array, is_node, is_unknown
from .definition import Primitive, family, primitive

WHOLE = 2.0**52  # from here on all floats are whole numbers, and at 2**63 machine code's integers end


@primitive(partials=lambda out, x: (1.0,), source="{0}", label="=")
def identity(x: float) -> float:
    """The number itself, as a node of its own."""
    return x


@primitive(partials=lambda out, x: (0.0,))
def detached(x: float) -> float:
    """The number itself, and no way for gradients: what a trace keeps of `detach()` and `no_grad()`."""
    return x


@primitive(partials=lambda out, x, y: (0.0, 0.0))
def equal(x: float, y: float) -> float:
    """1.0 where `x` equals `y` or both are nan, else 0.0."""
    return 1.0 if x == y or (x != x and y != y) else 0.0


@primitive(partials=lambda out, x, y: (0.0, 0.0))
def less_equal(x: float, y: float) -> float:
    """1.0 where `x` is at most `y`, else 0.0."""
    return 1.0 if x <= y else 0.0


@primitive(partials=lambda out, x, y: (0.0, 0.0))
def less(x: float, y: float) -> float:
    """1.0 where `x` is below `y`, else 0.0."""
    return 1.0 if x < y else 0.0


@primitive(partials=lambda out, x: (0.0 * out,))
def step(x: float) -> float:
    """1.0 above zero, 0.0 at zero and below, nan for nan: the derivative of `relu`.

    >>> step(2.0), step(0.0), step(-2.0)
    (1.0, 0.0, 0.0)
    """
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x


@primitive(partials=lambda out, x: (0.0 * out,))
def sign(x: float) -> float:
    """1.0 above zero, -1.0 below, 0.0 at zero, nan for nan: the derivative of `abs`.

    >>> sign(2.0), sign(0.0), sign(-2.0)
    (1.0, 0.0, -1.0)
    """
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0 * x


@primitive(partials=lambda out, x: (out,))
def flat(x: float) -> float:
    """0.0 for a number, nan for nan: the derivative of what is constant, as `x ** 0`.

    >>> flat(2.0), flat(math.nan)
    (0.0, nan)
    """
    return 0.0 if x == x else x


@primitive(
    partials=lambda out, condition, chosen, otherwise: (
        0.0,
        where(condition, 1.0, 0.0),
        where(condition, 0.0, 1.0),
    ),
    source="{1} if {0} else {2}",
)
def select(condition: float, chosen: float, otherwise: float) -> float:
    """`chosen` where the condition is not 0.0, else `otherwise`: a `where` that keeps both arms."""
    return chosen if condition else otherwise


@call_form()
def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """Take `chosen` where the condition holds, else `otherwise`; the other one leaves no trace.

    So its infinities do no harm, as they do in PyTorch and JAX:

    >>> from autograd_scratch import Value, log
    >>> x = Value(0.0)
    >>> where(x > 0, log(x), 0.0).backward()
    >>> x.grad
    0.0

    Where a function is being traced, the condition is a node, and both arms are kept.
    """
    if condition.__class__ is not float and condition.__class__ is not bool:
        if is_unknown(condition):
            return select(condition, chosen, otherwise)
        if is_array(condition):
            return entry_by_entry(where, condition, chosen, otherwise)
        if condition.__class__ is int and condition < 0:
            raise DataError("~True is -2 in Python, and true; write (x > 0) == 0 instead of ~(x > 0)")
    try:
        taken, left = (chosen, otherwise) if condition else (otherwise, chosen)
    except ValueError as fault:
        raise DataError(f"a condition is true or false, and this one neither: {fault}") from fault
    if taken.__class__ is float and left.__class__ is float:
        return taken
    if any(is_node(arm) and arm.is_observed() for arm in (chosen, otherwise)):
        told = condition if condition.__class__ is float else float(bool(condition))  # the object itself
        return select(told, chosen, otherwise)
    if is_node(taken) and (left.__class__ is float or is_node(left)):
        return taken
    if is_array(taken) or is_array(left):
        return entry_by_entry(where, bool(condition), chosen, otherwise)
    return type(left).record(identity, (real(taken, "an arm of where"),)) if is_node(left) else taken


@primitive(partials=lambda out, x: (sign(x),))
def abs_(x: float) -> float:
    """The absolute value.

    >>> abs_.linearize(-3.0)
    (3.0, (-1.0,))
    """
    return abs(x)


@primitive(partials=lambda out, x, y: (sign(x) * copysign(1.0, y), 0.0))
def copysign(x: float, y: float) -> float:
    """The absolute value of `x` with the sign of `y`.

    >>> copysign(3.0, -0.0)
    -3.0
    """
    return math.copysign(x, y)


def _clamp_partials(out: Any, x: Any, low: Any, high: Any) -> tuple[Any, ...]:
    inside = less_equal(low, x) * less_equal(x, high)
    above = less_equal(high, out) * (1.0 - inside)
    slopes = inside, 1.0 - inside - above, above
    return tuple(where(equal(out, NAN), NAN, slope) for slope in slopes)


@primitive(name="clamp", partials=_clamp_partials)
def clamp_p(x: float, low: float, high: float) -> float:
    """The number of a closed interval that is nearest to `x`; nan where any of the three is."""
    raised = x if x >= low or x != x else low
    return raised if raised <= high or raised != raised else high


@call_form()
def clamp(x: Any, min: Any = None, max: Any = None) -> Any:  # noqa: A002  PyTorch's names
    """The number of the closed interval from `min` to `max` that is nearest to `x`.

    On its bounds the derivative is 1, as in PyTorch up to 2.13 (from 2.14 on it is 0 there).

    >>> clamp(2.0, -1.0, 1.0), clamp(2.0, min=3.0)
    (1.0, 3.0)
    """
    return clamp_p(x, -INF if min is None else min, INF if max is None else max)


@primitive(partials=lambda out, x: (0.0,))
def floor(x: float) -> float:
    """The largest integer at most `x`, as a float.

    >>> floor(-0.5), floor(math.inf)
    (-1.0, inf)
    """
    return float(math.floor(x)) if abs(x) < WHOLE else x


@primitive(partials=lambda out, x: (0.0,))
def ceil(x: float) -> float:
    """The smallest integer at least `x`, as a float.

    >>> ceil(0.5)
    1.0
    """
    return float(math.ceil(x)) if abs(x) < WHOLE else x


@primitive(partials=lambda out, x: (0.0,))
def trunc(x: float) -> float:
    """The integer part, as a float.

    >>> trunc(-2.7)
    -2.0
    """
    return float(math.trunc(x)) if abs(x) < WHOLE else x


@primitive(name="round", partials=lambda out, x: (0.0,))
def rint(x: float) -> float:
    """The nearest integer, as a float; halves go to the even one."""
    return float(round(x)) if abs(x) < WHOLE else x


@family((0,))
def round_to(digits: int) -> Primitive:
    """The primitive `round(x, digits)`."""

    @primitive(partials=lambda out, x: (0.0,), name=f"round[{digits}]", source=f"round({{0}}, {digits})")
    def rounded(x: float) -> float:
        return round(x, digits)

    return rounded


def round_(x: Any, decimals: int | None = None) -> Any:
    """The nearest integer, or number with so many decimals, as a float; halves go to the even one.

    >>> round_(2.5), round_(3.5), round_(2.567, 1)
    (2.0, 4.0, 2.6)
    """
    return rint(x) if decimals is None else round_to(index(decimals))(x)
