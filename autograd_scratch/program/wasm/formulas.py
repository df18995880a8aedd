"""Primitives written out as formulas, beside those of `lowering`, which leaves them to Python's code."""

from collections.abc import Sequence
from typing import Any

from ...primitives.activations import gelu_tanh_p, twice_bent
from ...primitives.exponential import exp, log1p, sech_squared
from ...primitives.logits import log_softmax_at, logsumexp_p
from ...primitives.piecewise import equal, select
from ...primitives.reductions import sum_p
from ..formulas import largest_of, sigmoid
from ..operands import Operand
from ..variables import Trace


def _log_of_sum(trace: Trace, logits: Sequence[Operand]) -> tuple[Operand, Operand]:
    """Write the largest logit, and what the logarithm of the sum of all powers has more."""
    top = largest_of(trace, *logits)
    is_top = [trace.apply(equal, (logit, top)) for logit in logits]
    powers = [trace.apply(select, (is_, 0.0, exp(x - top))) for is_, x in zip(is_top, logits)]
    count = sum_p(*(trace.apply(select, (is_, 1.0, 0.0)) for is_ in is_top))
    return top, log1p(sum_p(*powers) + (count - 1.0))


def logsumexp(trace: Trace, *logits: Operand) -> Operand:
    """Write log of the sum of all exp(logit)."""
    top, more = _log_of_sum(trace, logits)
    return top + more


def log_softmax(trace: Trace, primitive: Any, *logits: Operand) -> Operand:
    """Write one of the logarithms of softmax."""
    (i,) = primitive.family[1]
    top, more = _log_of_sum(trace, logits)
    return (logits[i] - top) - more


MORE: dict[Any, Any] = {
    sech_squared: lambda trace, x: None,  # which shares its exponential with tanh
    logsumexp_p: logsumexp,
    gelu_tanh_p: lambda trace, x: x * sigmoid(trace, twice_bent(x)),
    log_softmax_at: log_softmax,
}
