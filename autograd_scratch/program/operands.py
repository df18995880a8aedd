"""What an operation on operands is, if it is something simpler: as a product with one.

An operand is a Variable or a float. In the forward part no bit changes, and no sign of a zero.
"""

from math import frexp
from typing import Any

from ..primitives import Primitive
from ..primitives.arithmetic import add, div, mul, neg, sub
from ..primitives.piecewise import abs_, identity, select

Operand = Any  # a Variable or a float


def is_variable(operand: Operand, primitive: Primitive) -> bool:
    """Say whether an operand is what `primitive` made."""
    return getattr(operand, "primitive", None) is primitive


def is_zero(operand: Operand) -> bool:
    """Say whether an operand is the plain number zero."""
    return operand.__class__ is float and operand == 0.0


def _sum(x: Operand, y: Operand) -> Operand:
    if is_variable(y, neg):
        return x - y.parents[0]
    return y - x.parents[0] if is_variable(x, neg) else None


def _difference(x: Operand, y: Operand) -> Operand:
    if y.__class__ is float and repr(y) == "0.0":
        return x
    return x + y.parents[0] if is_variable(y, neg) else None


def _product(x: Operand, y: Operand) -> Operand:
    if is_variable(x, neg):
        return -(x.parents[0] * y)
    if is_variable(y, neg):
        return -(x * y.parents[0])
    for factor, reciprocal in ((x, y), (y, x)):
        is_reciprocal = is_variable(reciprocal, div) and reciprocal.parents[0] == 1.0
        if is_reciprocal and reciprocal.place[0] and not is_zero(factor):  # 0 / 0 raises, 0 * inf does not
            return reciprocal.trace.quotient(factor, reciprocal.parents[1])
    if x.__class__ is not float:
        x, y = y, x
    if x.__class__ is not float or y.__class__ is float:
        return None
    if abs(x) == 1.0:
        return y if x > 0.0 else -y
    if is_variable(y, mul) and _is_power_of_two(x):
        for factor, other in (y.parents, y.parents[::-1]):
            if factor.__class__ is float and not y.name:
                return (x * factor) * other
    return None


def _quotient(x: Operand, y: Operand) -> Operand:
    if is_variable(x, neg):
        return -(x.parents[0] / y)
    if is_variable(y, neg):
        return -(x / y.parents[0])
    return x if y.__class__ is float and y == 1.0 else None


def _negative(x: Operand) -> Operand:
    if is_variable(x, neg):
        return x.parents[0]
    if is_variable(x, mul) and x.parents[0].__class__ is float:
        return -x.parents[0] * x.parents[1]
    if is_variable(x, div) and x.parents[0].__class__ is float and (x.place[0] or not x.shape):
        return x.trace.quotient(-x.parents[0], x.parents[1])
    if is_variable(x, sub) and x.place[0]:  # not in the forward part: of equal numbers it has another sign
        return x.parents[1] - x.parents[0]
    return None


def _size(x: Operand) -> Operand:
    return abs(x.parents[0]) if is_variable(x, neg) else None


def _choice(condition: Operand, chosen: Operand, otherwise: Operand) -> Operand:
    if condition.__class__ is float:
        return chosen if condition else otherwise
    are_numbers = chosen.__class__ is otherwise.__class__ is float
    return chosen if chosen is otherwise or (are_numbers and repr(chosen) == repr(otherwise)) else None


def _is_power_of_two(x: float) -> bool:
    """Say whether a product with `x` is exact, unless it leaves the range of floats.

    >>> [_is_power_of_two(x) for x in (0.25, 2.0, -2.0, 3.0, 1e300)]
    [True, True, True, False, False]
    """
    return 1e-6 < abs(x) < 1e6 and abs(frexp(x)[0]) == 0.5


# what an operation is, if it is something simpler: in the forward part to the last bit and the sign of 0
SIMPLER: dict[Primitive, Any] = {
    identity: lambda x: x,
    add: _sum,
    sub: _difference,
    mul: _product,
    div: _quotient,
    neg: _negative,
    abs_: _size,
    select: _choice,
}
