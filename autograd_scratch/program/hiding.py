"""What a later operation may hide: that a number is nan, and which of the two zeros it is.

Plain code is right where its results are finite, for a nan goes on through whatever is computed from it.
Not through a comparison, which is false then, and its like. So formulas that are nan where the function has
a number are for equations alone whose nan would show up in the results.
"""

from collections.abc import Sequence
from typing import Any

from ..primitives.activations import hard_tanh_p
from ..primitives.arithmetic import add, div, mul, neg, sub
from ..primitives.conditions import CONDITIONS
from ..primitives.exponential import exp, expm1, log, log1p, log_sigmoid, sigmoid, softplus_p, tanh
from ..primitives.hyperbolic import cosh, sinh
from ..primitives.logits import cross_entropy_at, logsumexp_p
from ..primitives.norms import hypot_p
from ..primitives.piecewise import clamp_p, copysign, identity, select
from ..primitives.powers import pow_p, power, sqrt, square
from ..primitives.reductions import dot_p, mean_p, sum_p
from ..primitives.trigonometric import atan2, cos, sin
from .equations import Equation
from .rolled.carried import Carried
from .rolled.structure import Along, Structural

HIDING = CONDITIONS | {clamp_p, copysign, hard_tanh_p, hypot_p, pow_p}
TELLING = frozenset((copysign, atan2))

SMOOTH = {
    *(add, sub, mul, div, neg, identity, dot_p, sum_p, mean_p, square, sqrt, exp, expm1, log, log1p),
    *(sin, cos, tanh, sinh, cosh, sigmoid, softplus_p, log_sigmoid, logsumexp_p),
}
SMOOTH_MEMBERS = ((power, (2.0,)), (power, (3.0,)))


def shows_all(equations: Sequence[Equation]) -> bool:
    """Say whether arguments that are not finite need no look: no function has corners, jumps or arms."""
    return all(
        _is_smooth(rule_of(equation)) and not _may_be_dropped(equation)
        for equation in equations
        if not equation.place[0]
    )


def _may_be_dropped(equation: Equation) -> bool:
    """Say whether code of arrays may leave out a product of zeros and arguments."""
    primitive = equation.primitive
    return isinstance(primitive, Along) and primitive.inner is dot_p and 0.0 in equation.operands


def rule_of(equation: Equation) -> Any:
    """Return the primitive that computes the entries of an equation; None where they are only moved."""
    primitive = equation.primitive
    if isinstance(primitive, Structural):
        return primitive.inner if isinstance(primitive, Along) else None
    return primitive


def _is_smooth(rule: Any) -> bool:
    is_member = rule is not None and rule.family is not None
    return (
        rule is None
        or rule in SMOOTH
        or (is_member and (rule.family in SMOOTH_MEMBERS or rule.family[0] is cross_entropy_at))
    )


def hidden(equations: Sequence[Equation]) -> set[int]:
    """Return the positions of the equations in the forward part whose being nan some operation may hide."""
    found: set[int] = set()
    while True:
        for i in reversed(range(len(equations))):
            primitive, operands, _, (is_backward, _), _ = equations[i]
            if primitive is None or is_backward:
                continue
            if primitive is select and i not in found:
                operands = operands[:1]
            elif i not in found and not _hides(equations[i]):
                continue
            found.update(index for index in operands if isinstance(index, int))
        carried = (
            e.operands[1]
            for i, e in enumerate(equations)
            if i in found and e.primitive.__class__ is Carried
        )
        later = {index for index in carried if isinstance(index, int)}
        if later <= found:
            return found
        found |= later


def _hides(equation: Equation) -> bool:
    """Say whether an equation may be a number where an operand is nan."""
    primitive = rule_of(equation)
    if primitive is None:
        return False
    if primitive.family is not None and primitive.family[0] is power:
        return bool(primitive.family[1] == (0.0,))
    return primitive in HIDING or not primitive.is_ours


def tells_zeros(equations: Sequence[Equation]) -> bool:
    """Say whether some function differs at 0.0 and -0.0, but for those that raise at both."""
    return any(
        rule_of(equation) in TELLING or not equation.primitive.is_ours
        for equation in equations
        if equation.primitive is not None
    )
