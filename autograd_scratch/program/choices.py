"""Products and sums of choices between plain numbers, as the derivatives of corners are, become choices."""

from typing import Any

from ..primitives.piecewise import select
from .finiteness import Finiteness
from .operands import Operand, is_variable, is_zero
from .variables import Trace, Variable


def times_choice(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Move a product into a choice between plain numbers, as the derivatives of corners are."""
    if _is_choice_of_numbers(x):
        x, y = y, x
    if not _is_choice_of_numbers(y) or y.name or y.shape or not is_finite(trace, x):
        return None
    condition, chosen, otherwise = y.parents
    return trace.apply(select, (condition, _scaled(trace, x, chosen), _scaled(trace, x, otherwise)))


def _scaled(trace: Trace, x: Operand, factor: Operand) -> Operand:
    written = times_choice(trace, x, factor) if factor.__class__ is Variable else None
    if written is not None:
        return written
    return factor if is_zero(factor) else x * factor


def _is_choice_of_numbers(x: Operand, deepest: int = 4) -> bool:
    return (
        deepest > 0
        and is_variable(x, select)
        and all(arm.__class__ is float or _is_choice_of_numbers(arm, deepest - 1) for arm in x.parents[1:])
    )


def folded(trace: Trace, primitive: Any, x: Operand, y: Operand) -> Operand:
    """Compute both arms of a choice of plain numbers, where it meets another or a plain number."""
    choices = [o for o in (x, y) if o.__class__ is Variable]
    if not choices or not all(is_variable(choice, select) for choice in choices):
        return None
    condition = choices[0].parents[0]
    if any(choice.parents[0] is not condition or choice.name for choice in choices):
        return None
    arms = [[o if o.__class__ is float else o.parents[arm] for o in (x, y)] for arm in (1, 2)]
    if any(o.__class__ is Variable for arm in arms for o in arm):
        return None
    return trace.apply(select, (condition, *(primitive(*arm) for arm in arms)))


def merged(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Add two choices by one condition, where in each arm one of them is zero."""
    if not (is_variable(x, select) and is_variable(y, select)) or x.name or y.name:
        return None
    condition, *arms = x.parents
    if condition is not y.parents[0]:
        return None
    pairs = list(zip(arms, y.parents[1:]))
    if not all(is_zero(one) or is_zero(other) for one, other in pairs):
        return None
    return trace.apply(select, (condition, *(other if is_zero(one) else one for one, other in pairs)))


def is_finite(trace: Trace, x: Operand) -> bool:
    """Say whether a number of the backward part is surely finite."""
    return Finiteness.of(trace).is_finite(x)
