"""How some primitives are written for arrays, where each operation is a pass over memory, or a call."""

import math
from collections.abc import Sequence

from ...primitives.exponential import exp, log, log1p, sech_squared
from ...primitives.hyperbolic import cosh
from ...primitives.logits import cross_entropy_p
from ...primitives.piecewise import equal, floor, less, select
from ...primitives.powers import power
from ...primitives.reductions import max_p, sum_p
from ..lowering import Rules
from ..operands import Operand
from ..variables import Trace, Variable


def _sech_squared(trace: Trace, x: Operand) -> Operand:
    """Write the slope of tanh as exactly as with exponentials, in half as many operations."""
    return 1.0 / trace.apply(power(2.0), (cosh(x),)) if x.__class__ is Variable else None


def _cross_entropy(trace: Trace, target: Operand, *logits: Operand) -> Operand:
    """Write -log p of a class by what its derivative needs, too; infinite for a class that is none."""
    top = trace.apply(max_p, logits)
    shifted = [logit - top for logit in logits]
    weights = [*map(exp, shifted)]
    total = sum_p(*weights)
    p = [weight / total for weight in weights]
    hits = [trace.apply(equal, (floor(target), float(k))) for k in range(len(p))]

    def chosen(arms: Sequence[tuple[Operand, Operand]]) -> list[Operand]:
        return [trace.apply(select, (hit, *arm)) for hit, arm in zip(hits, arms)]

    others = sum_p(*chosen([(0.0, share) for share in p]))
    distance = trace.apply(max_p, tuple(chosen([(each, -math.inf) for each in shifted])))
    is_likely = trace.apply(less, (others, 0.5))
    return trace.apply(select, (is_likely, -log1p(-others), log(total) - distance))


RULES: Rules = {sech_squared: _sech_squared, cross_entropy_p: _cross_entropy}
