"""What one prediction costs: the terms of losses that are a node of their own.

Binary cross-entropy is there on a probability and on a logit. On the logit is the better choice: it
loses no digits and has no clamp.
"""

import math
from typing import Any

from ..ieee import NAN
from .definition import NONNEGATIVE, REAL, Interval, primitive
from .exponential import log, log1p, sigmoid, softplus_p
from .piecewise import abs_, less_equal, sign, where
from .reductions import maximum

PROBABILITY: Interval = (0.0, 1.0)
TRILLIONTH = 9.999999960041972e-13  # 1e-12 as PyTorch's losses have it, in 32 bits


def _inside(target: Any, *slopes: Any) -> tuple[Any, ...]:
    """Return slopes, for a target from 0 to 1; elsewhere they are nan, as the function is."""
    inside = less_equal(0.0, target) * less_equal(target, 1.0)
    return tuple(where(inside, slope, NAN) for slope in slopes)


def _bend_partials(out: Any, p: Any, target: Any) -> tuple[Any, Any]:
    spread, rest = p * (1.0 - p), 1.0 - p
    near = less_equal(spread, TRILLIONTH)
    bend = where(near, 1.0 / TRILLIONTH, target / p / p + (1.0 - target) / rest / rest)
    return bend, -1.0 / where(near, TRILLIONTH, spread)


@primitive(partials=_bend_partials, domain=(PROBABILITY, PROBABILITY))
def entropy_slope(p: float, target: float) -> float:
    """The derivative of the binary cross-entropy by the probability.

    >>> entropy_slope(0.5, 1.0), entropy_slope(0.0, 1.0)
    (-2.0, -1000000003995.8029)
    """
    spread = p * (1.0 - p)
    return (p - target) / (TRILLIONTH if spread <= TRILLIONTH else spread)


def _probability_partials(out: Any, p: Any, target: Any) -> tuple[Any, ...]:
    by_target = maximum(log1p(-p), -100.0) - maximum(log(p), -100.0)
    return _inside(target, entropy_slope(p, target), by_target)


@primitive(
    name="binary_cross_entropy",
    label="BCE",
    partials=_probability_partials,
    domain=(PROBABILITY, PROBABILITY),
)
def binary_cross_entropy_p(p: float, target: float) -> float:
    """-t log p - (1 - t) log(1 - p), logarithms at least -100 and the slope at most about 1e12, as PyTorch.

    >>> binary_cross_entropy_p(0.5, 1.0), binary_cross_entropy_p(0.0, 1.0), binary_cross_entropy_p(0.5, 2.0)
    (0.6931471805599453, 100.0, nan)
    """
    if not 0.0 <= target <= 1.0:
        return NAN
    return -target * max(math.log(p), -100.0) - (1.0 - target) * max(math.log1p(-p), -100.0)


@primitive(
    name="binary_cross_entropy_with_logits",
    label="BCE on logits",
    partials=lambda out, x, target: _inside(target, (1.0 - target) * sigmoid(x) - target * sigmoid(-x), -x),
    domain=(REAL, PROBABILITY),
)
def binary_cross_entropy_with_logits_p(x: float, target: float) -> float:
    """-t log sigmoid(x) - (1 - t) log sigmoid(-x); a term of weight zero counts nothing.

    >>> binary_cross_entropy_with_logits_p(0.0, 1.0), binary_cross_entropy_with_logits_p(math.inf, 1.0)
    (0.6931471805599453, 0.0)
    """
    if not 0.0 <= target <= 1.0:
        return NAN
    as_one = target * softplus_p(-x) if target else 0.0
    return as_one + (1.0 - target) * softplus_p(x) if target != 1.0 else as_one


def _smooth_partials(out: Any, x: Any, target: Any, beta: Any) -> tuple[Any, ...]:
    error = x - target
    far = less_equal(beta, abs_(error))
    ratio = error / beta
    slope = where(far, sign(error), ratio)
    slopes = slope, -slope, where(far, -0.5, -0.5 * ratio * ratio)
    return tuple(where(less_equal(0.0, beta), each, NAN) for each in slopes)


@primitive(name="smooth_l1", label="smooth L1", partials=_smooth_partials, domain=(REAL, REAL, NONNEGATIVE))
def smooth_l1_p(x: float, target: float, beta: float) -> float:
    """0.5 error² / beta where |error| < beta, else |error| - 0.5 beta.

    >>> smooth_l1_p(0.5, 0.0, 1.0), smooth_l1_p(3.0, 0.0, 1.0)
    (0.125, 2.5)
    """
    if not beta >= 0.0:
        return NAN
    size = abs(x - target)
    return 0.5 * size * size / beta if size < beta else size - 0.5 * beta
