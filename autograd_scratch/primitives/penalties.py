"""What one prediction costs: the terms of losses that are a node of their own.

Binary cross-entropy is there on a probability and on a logit. On the logit is the better choice: it
loses no digits and has no clamp.
"""

import math
from typing import Any

from .definition import REAL, primitive
from .exponential import log, log1p, sigmoid, softplus
from .piecewise import abs_, less_equal, sign, where
from .reductions import maximum


def _probability_partials(out: Any, p: Any, target: Any) -> tuple[Any, Any]:
    spread = p * (1.0 - p)
    return (p - target) / where(less_equal(spread, 1e-12), 1e-12, spread), (
        maximum(log1p(-p), -100.0) - maximum(log(p), -100.0)
    )


@primitive(
    name="binary_cross_entropy", label="BCE", partials=_probability_partials, domain=((0.0, 1.0), REAL)
)
def binary_cross_entropy_p(p: float, target: float) -> float:
    """-t log p - (1 - t) log(1 - p), its logarithms at least -100 and its slope at most 1e12, as PyTorch.

    >>> binary_cross_entropy_p(0.5, 1.0), binary_cross_entropy_p(0.0, 1.0)
    (0.6931471805599453, 100.0)
    """
    return -target * max(math.log(p), -100.0) - (1.0 - target) * max(math.log1p(-p), -100.0)


@primitive(
    name="binary_cross_entropy_with_logits",
    label="BCE on logits",
    partials=lambda out, x, target: ((1.0 - target) * sigmoid(x) - target * sigmoid(-x), -x),
)
def binary_cross_entropy_with_logits_p(x: float, target: float) -> float:
    """-t log sigmoid(x) - (1 - t) log sigmoid(-x); a term of weight zero counts nothing.

    >>> binary_cross_entropy_with_logits_p(0.0, 1.0), binary_cross_entropy_with_logits_p(math.inf, 1.0)
    (0.6931471805599453, 0.0)
    """
    as_one = target * softplus(-x) if target else 0.0
    return as_one + (1.0 - target) * softplus(x) if target != 1.0 else as_one


def _smooth_partials(out: Any, x: Any, target: Any, beta: Any) -> tuple[Any, Any, Any]:
    error = x - target
    far = less_equal(beta, abs_(error))
    ratio = error / beta
    slope = where(far, sign(error), ratio)
    return slope, -slope, where(far, -0.5, -0.5 * ratio * ratio)


@primitive(name="smooth_l1", label="smooth L1", partials=_smooth_partials)
def smooth_l1_p(x: float, target: float, beta: float) -> float:
    """0.5 error² / beta where |error| < beta, else |error| - 0.5 beta.

    >>> smooth_l1_p(0.5, 0.0, 1.0), smooth_l1_p(3.0, 0.0, 1.0)
    (0.125, 2.5)
    """
    size = abs(x - target)
    return 0.5 * size * size / beta if size < beta else size - 0.5 * beta
