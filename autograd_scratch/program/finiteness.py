"""Which numbers of a backward part are surely finite, so that a product of them and zero may be left out.

A zero times infinity is nan: the derivative of sqrt(relu(x)) at x = -1, for backward() as for PyTorch. So
`0.0 * slope` stands in a Program wherever the slope may be infinite though all results are finite: where it
divides by what may be zero, as that of sqrt does, or where a root or logarithm is taken.

It is assumed that arguments are finite, which a call sees to, and that no product overflows.
"""

from math import isfinite
from sys import float_info

from ..primitives import arithmetic, exponential, powers, special, trigonometric
from ..primitives import hyperbolic as hyper
from ..primitives.arithmetic import add, div, mul, neg, sub
from ..primitives.logits import cross_entropy_p
from ..primitives.norms import hypot_p
from ..primitives.piecewise import abs_, less_equal, select
from ..primitives.reductions import max_p, mean_p, sum_p
from ..stepping.maps import Map
from .expressions import largest
from .operands import Operand, is_variable
from .rolled.carried import Carried
from .rolled.structure import Put, Take, inner_of
from .variables import Trace, Variable

QUOTIENTS = frozenset((div, arithmetic.floordiv, arithmetic.mod, arithmetic.fmod, arithmetic.remainder))
RAISING_AT_ZERO = QUOTIENTS | {exponential.log, exponential.log2, exponential.log10}
STEEP = {  # infinite or nan at some numbers
    *(exponential.log, exponential.log2, exponential.log10, exponential.log1p, powers.pow_p),
    *(powers.reciprocal, powers.rsqrt, hyper.acosh, hyper.atanh, trigonometric.asin, trigonometric.acos),
    *(special.gamma, special.lgamma, special.digamma, cross_entropy_p),
}
SILENT = frozenset((special.digamma, cross_entropy_p))  # which do not raise there
NONNEGATIVE = frozenset((abs_, exponential.exp, powers.square, powers.sqrt, hyper.cosh, hypot_p))


class Finiteness:
    """What is known of the Variables of a trace."""

    def __init__(self, trace: Trace) -> None:
        self._known: dict[Variable, bool] = {}
        self._divisors = {
            operand
            for variable in trace.variables
            if variable.primitive in RAISING_AT_ZERO and not variable.place[0]
            for operand in variable.parents[-1:]
            if operand.__class__ is Variable and operand.primitive is not None  # arguments may be subnormal
        }

    @classmethod
    def of(cls, trace: Trace) -> "Finiteness":
        """Return what is known of a trace."""
        if cls not in trace.notes:
            trace.notes[cls] = cls(trace)
        found: Finiteness = trace.notes[cls]
        return found

    def is_finite(self, operand: Operand) -> bool:
        """Say whether a number is finite wherever the forward part is, and raises nothing."""
        if operand.__class__ is float:
            return isfinite(operand)
        pending, known = [operand], self._known
        while pending:
            variable = pending[-1]
            missing = [p for p in variable.parents if p.__class__ is Variable and p not in known]
            if missing and variable not in known:
                pending += missing
                continue
            pending.pop()
            known[variable] = self._keeps_finite(variable) and all(
                known[p] if p.__class__ is Variable else isfinite(p) for p in variable.parents
            )
        return known[operand]

    def _keeps_finite(self, variable: Variable) -> bool:
        """Say whether a Variable is finite where its operands are."""
        primitive, parents = inner_of(variable.primitive), variable.parents
        if primitive.__class__ is Carried and variable.place[0]:
            return False
        if primitive is None:
            numbers = variable.trace.tables.get(variable, ())
            return all(map(isfinite, numbers if isinstance(numbers, tuple) else (numbers,)))
        maker, parameters = primitive.family or (None, (0.0,))
        if not variable.place[0]:
            known = primitive.is_ours or primitive is largest
            return known and primitive not in SILENT and maker is not special.polygamma
        if primitive in QUOTIENTS:
            return self.is_clear_of_zero(parents[1])
        if maker is powers.power:
            return parameters[0] >= 0.0 or self.is_clear_of_zero(parents[0])
        return primitive.is_ours and primitive not in STEEP and maker is not special.polygamma

    def is_clear_of_zero(self, operand: Operand) -> bool:
        """Say whether a reciprocal is surely finite, as where the forward part divides by the number."""
        if operand.__class__ is float:
            return abs(operand) >= float_info.min
        primitive, parents = inner_of(operand.primitive), operand.parents
        if primitive.__class__ is Take or primitive in (neg, abs_, powers.sqrt):
            return self.is_clear_of_zero(parents[0])
        if primitive is mul:
            return all(map(self.is_clear_of_zero, parents))
        if operand in self._divisors:
            return True
        if primitive is add:
            return any(_is_positive(x) and _is_nonnegative(y) for x, y in (parents, parents[::-1]))
        if primitive is hypot_p:
            return any(map(_is_positive, parents))
        if primitive is sum_p:
            return any(map(_is_power_below_the_largest, parents))
        if primitive.__class__ is Put:
            return _has_power_below_the_largest(parents[0], primitive.map)
        return primitive is select and _is_bounded_from_below(*parents)


def _is_positive(operand: Operand) -> bool:
    return operand.__class__ is float and operand >= float_info.min


def _is_nonnegative(operand: Operand) -> bool:
    """Say whether a number cannot be negative."""
    if operand.__class__ is float:
        return bool(operand >= 0.0)
    if operand.primitive is mul and operand.parents[0] is operand.parents[1]:
        return True
    if operand.primitive in (sum_p, mean_p):
        return all(map(_is_nonnegative, operand.parents))
    return operand.primitive in NONNEGATIVE or operand.primitive is powers.power(2.0)


def _is_power_below_the_largest(operand: Operand) -> bool:
    """Say whether it is one of the powers of a softmax, of which one is 1."""
    if not is_variable(operand, exponential.exp) or not is_variable(operand.parents[0], sub):
        return False
    top = operand.parents[0].parents[1]
    return top.__class__ is Variable and top.primitive in (max_p, largest)


def _has_power_below_the_largest(operand: Operand, terms: Map) -> bool:
    """Say whether the same is so along an axis of terms, which a map adds up."""
    if not is_variable(operand, exponential.exp) or not is_variable(operand.parents[0], sub):
        return False
    logit, top = operand.parents[0].parents
    if top.__class__ is not Variable or top.primitive != Take(terms):
        return False
    largest_logit = top.parents[0]
    return inner_of(largest_logit.primitive) in (max_p, largest) and largest_logit.parents == (logit,)


def _is_bounded_from_below(condition: Operand, chosen: Operand, otherwise: Operand) -> bool:
    """Say whether a choice is a positive bound, where the other number is not above it."""
    return (
        _is_positive(chosen)
        and is_variable(condition, less_equal)
        and condition.parents == (otherwise, chosen)
    )
