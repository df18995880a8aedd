"""What stands for a primitive whose own function is right to the digits of a float only."""

import math
from collections.abc import Callable
from typing import Any

from ...primitives import Primitive
from ...primitives.special import digamma, polygamma
from ...primitives.trigonometric import sinc_derivative
from .functions import Functions


def substitute_for(primitive: Primitive, functions: Functions) -> Callable[..., Any] | None:
    """Return a function for `primitive` that is right in any precision; None if its own one is."""
    if issubclass(functions.number.kind.real, float):
        return None
    if primitive is digamma:
        return lambda x: functions.digamma(x)
    family, parameters = primitive.family or (None, ())
    if family is polygamma:
        return lambda x: functions.polygamma(parameters[0], x)
    if family is sinc_derivative:
        return lambda x: _derivative_of_sinc(int(parameters[0]), functions, x)
    return None


def _derivative_of_sinc(order: int, functions: Functions, x: Any) -> Any:
    """Differentiate x sinc(x) = sin(x), or near 0 the power series of sinc, until nothing is added."""
    out = functions.sin(x)
    if abs(x) >= order + 1:
        out /= x
        for k in range(1, order + 1):
            turned = (functions.sin, functions.cos)[k % 2](x) * (-1) ** (k // 2)
            out = (turned - k * out) / x
        return out
    total, before, k = functions.number(0), None, order + order % 2
    while total != before:
        coefficient = functions.number(math.perm(k, order)) / math.factorial(k + 1)
        before, total = total, total + coefficient * x ** (k - order) * (-1) ** (k // 2)
        k += 2
    return total
