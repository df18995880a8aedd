"""Which numbers of a backward part are surely finite, so that a product of them and zero may be left out.

A zero times infinity is nan: the derivative of sqrt(relu(x)) at x = -1, for backward() as for PyTorch. So
`0.0 * slope` stands in a Program wherever the slope may be infinite though all results are finite: where it
divides by what may be zero, as that of sqrt does, or where a root or logarithm is taken.

It is assumed that arguments are finite, which a call sees to, and that no product overflows.
"""

from math import isfinite

from ..primitives import Primitive, arithmetic, exponential, powers, special, trigonometric
from ..primitives import hyperbolic as hyper
from ..primitives.arithmetic import add, div, mul, neg
from ..primitives.logits import cross_entropy_p
from ..primitives.piecewise import abs_, less_equal, select
from ..primitives.reductions import hypot_p
from .variables import Operand, Trace, Variable, is_variable

LOGARITHMS = frozenset((exponential.log, exponential.log2, exponential.log10))
QUOTIENTS = frozenset((div, arithmetic.floordiv, arithmetic.mod, arithmetic.fmod, arithmetic.remainder))
RECIPROCALS = frozenset((powers.reciprocal, powers.rsqrt))
STEEP = (  # infinite or nan at some numbers
    LOGARITHMS
    | RECIPROCALS
    | {exponential.log1p, powers.pow_p, hyper.acosh, hyper.atanh, trigonometric.asin, trigonometric.acos}
    | {special.gamma, special.lgamma, special.digamma, cross_entropy_p}
)
SILENT = frozenset((special.digamma, cross_entropy_p))  # which do not raise there
NONNEGATIVE = frozenset((abs_, exponential.exp, powers.square, powers.sqrt, hyper.cosh, hypot_p))


class Finiteness:
    """What is known of the Variables of a trace, once all of its forward part is there."""

    def __init__(self, trace: Trace) -> None:
        self._known: dict[Variable, bool] = {}
        self._divisors: set[Operand] = set()
        self._above_minus_one: set[Operand] = set()
        for variable in trace.variables:
            if not variable.place[0] and variable.primitive is not None:
                self._divisors.update(_divisors(variable.primitive, variable.parents))
                if variable.primitive is exponential.log1p:
                    self._above_minus_one.update(variable.parents)

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
        pending = [operand]
        known = self._known
        while pending:
            variable = pending[-1]
            missing = [p for p in variable.parents if p.__class__ is Variable and p not in known]
            if variable not in known and missing:
                pending += missing
                continue
            pending.pop()
            if variable not in known:
                known[variable] = self._keeps(variable) and all(
                    known[p] if p.__class__ is Variable else isfinite(p) for p in variable.parents
                )
        return known[operand]

    def _keeps(self, variable: Variable) -> bool:
        """Say whether a Variable is finite where its operands are."""
        primitive, parents = variable.primitive, variable.parents
        if primitive is None:
            return True
        maker = primitive.family[0] if primitive.family is not None else None
        if not variable.place[0]:
            return primitive.is_ours and primitive not in SILENT and maker is not special.polygamma
        if primitive in QUOTIENTS:
            return self.is_nonzero(parents[1])
        if primitive.family is not None and maker is powers.power:
            (exponent,) = primitive.family[1]
            return exponent >= 0.0 or self.is_nonzero(parents[0])
        if primitive in LOGARITHMS or primitive in RECIPROCALS:
            return self.is_nonzero(parents[0])
        return primitive.is_ours and primitive not in STEEP and maker is not special.polygamma

    def is_nonzero(self, operand: Operand) -> bool:
        """Say whether a number that something is divided by cannot be zero."""
        if operand.__class__ is float:
            return bool(operand != 0.0)
        if operand in self._divisors:
            return True
        primitive, parents = operand.primitive, operand.parents
        if primitive in (neg, abs_):
            return self.is_nonzero(parents[0])
        if primitive is mul:
            return all(map(self.is_nonzero, parents))
        if primitive is add:
            if parents[0] == 1.0 and parents[1] in self._above_minus_one:
                return True
            return any(_is_positive(x) and _is_nonnegative(y) for x, y in (parents, parents[::-1]))
        if primitive is hypot_p:
            return any(map(_is_positive, parents))
        return primitive is select and _is_bounded_from_below(*parents)


def _divisors(primitive: Primitive, parents: tuple[Operand, ...]) -> tuple[Operand, ...]:
    """Return the operands of a forward equation that raises where they are zero."""
    if primitive in QUOTIENTS:
        return parents[1:]
    if primitive.family is not None and primitive.family[0] is powers.power:
        return parents if primitive.family[1][0] < 0.0 else ()
    return parents if primitive in LOGARITHMS or primitive in RECIPROCALS else ()


def _is_positive(operand: Operand) -> bool:
    return operand.__class__ is float and operand > 0.0


def _is_nonnegative(operand: Operand) -> bool:
    """Say whether a number cannot be negative."""
    if operand.__class__ is float:
        return bool(operand >= 0.0)
    if operand.primitive is mul and operand.parents[0] is operand.parents[1]:
        return True
    return operand.primitive in NONNEGATIVE


def _is_bounded_from_below(condition: Operand, chosen: Operand, otherwise: Operand) -> bool:
    """Say whether a choice is a positive bound, where the other number is not above it."""
    return (
        _is_positive(chosen)
        and is_variable(condition, less_equal)
        and (condition.parents == (otherwise, chosen))
    )
