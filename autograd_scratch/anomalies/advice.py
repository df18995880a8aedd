"""What helps against a number that is not finite, where that is well known."""

from collections.abc import Callable
from math import inf, isfinite
from typing import Any

from ..primitives import is_ours
from ..wording import number

LARGEST = "the largest float, 1.8e308"

Numbers = list[float]


def _name(node: Any) -> str:
    return str(node.primitive.name.partition("[")[0])


def _power(node: Any, operands: Numbers) -> tuple[float, float]:
    """Return base and exponent of a power; sqrt is one."""
    if len(operands) == 2:
        return operands[0], operands[1]
    return operands[0], node.primitive.family[1][0] if node.primitive.family else 0.5


def remedy(node: Any, operands: Numbers) -> str:
    """Return the remedy for a value that is not finite, if one is well known."""
    name, out = _name(node), node._data
    if not is_ours(node.primitive):
        return ""
    for names, applies, text in _ADVICE:
        if name in names and applies(out, *operands):
            return text
    if name in ("pow", "power"):
        base, exponent = _power(node, operands)
        if base < 0.0 and not exponent.is_integer():
            return "A negative number has no real power with a fraction in the exponent."
        if base == 0.0 and exponent < 0.0:
            return "0 to a negative power divides by 0: keep the base away from 0."
    if name in _OVERFLOWING and abs(out) == inf and all(map(isfinite, operands)):
        return f"The result is beyond {LARGEST}: scale the numbers down, or compute with logarithms."
    low, high = node.primitive.domain[0]
    if len(operands) == 1 and not low <= operands[0] <= high:
        return f"{name} is defined from {number(low)} to {number(high)}."
    return ""


def remedy_for_partial(node: Any, operands: Numbers, position: int) -> str:
    """Return the remedy for a partial that is not finite, if one is well known."""
    if not is_ours(node.primitive) or _name(node) not in ("sqrt", "pow", "power"):
        return ""
    base, exponent = _power(node, operands)
    if position == 1:
        return (
            "The derivative by the exponent needs the logarithm of the base. An exponent that is not to be "
            "differentiated is written as a plain number: x ** 3."
            if base < 0.0
            else ""
        )
    if base != 0.0 or not 0.0 < exponent < 1.0:
        return ""
    under = node.parents[0].primitive
    if exponent == 0.5 and under is not None and under.name in ("add", "sum", "dot"):
        return (
            "A root is infinitely steep at 0. For the length sqrt(a*a + b*b) write hypot(a, b) or "
            "norm([a, b]), whose derivatives at (0, 0) are 0; or add a small number under the root."
        )
    return "A root is infinitely steep at 0: add a small number under it, or keep it away from 0."


_OVERFLOWING = ("add", "sub", "mul", "div", "pow", "power", "sum", "mean", "dot", "prod")

_ADVICE: tuple[tuple[tuple[str, ...], Callable[..., bool], str], ...] = (
    (
        ("exp",),
        lambda out, x: isfinite(x),
        "exp(x) overflows from about x = 709.8 on. In a sigmoid or softplus use the functions of these "
        "names, which do not, and softmax or logsumexp instead of your own.",
    ),
    (
        ("log",),
        lambda out, x: x == 0.0,
        "log(0) is -inf. A loss on logits takes no log of a probability: binary_cross_entropy_with_logits "
        "after a sigmoid's place, log_softmax after a softmax's.",
    ),
    (
        ("div",),
        lambda out, x, y: x == y == 0.0,
        "0 / 0 has no value: find the limit that is meant, and compute it where both are 0.",
    ),
    (
        ("div",),
        lambda out, x, y: y == 0.0,
        "A division by 0: keep the divisor away from 0, as by adding a small number to a positive one.",
    ),
    (
        ("mul", "dot"),
        lambda out, *xs: out != out and 0.0 in xs and (inf in xs or -inf in xs),
        "0 * inf has no value: a factor of 0 does not mask an infinity; choose with `where` instead.",
    ),
    (
        ("add", "sub", "sum", "mean", "dot"),
        lambda out, *xs: out != out and all(x == x for x in xs),
        "inf - inf has no value; where the infinities come from an overflow, scale the numbers down.",
    ),
)
