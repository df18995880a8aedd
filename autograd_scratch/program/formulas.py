"""Primitives written out: as formulas of operators, comparisons and functions of `math`.

Written out they cost no call, share their parts with their derivatives, and can be read. Each formula is
the primitive's own, with its digits, where it gives a finite number.
"""

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from ..primitives import activations as act
from ..primitives import exponential, penalties, piecewise, powers
from ..primitives.arithmetic import add, div
from ..primitives.exponential import exp, expm1, log, log1p, tanh
from ..primitives.logits import cross_entropy_at, cross_entropy_p, soft_cross_entropy, sums_of_others
from ..primitives.norms import hypot_p, norm_of, norm_slope, norm_slope_at
from ..primitives.penalties import binary_cross_entropy_p, binary_cross_entropy_with_logits_p, smooth_l1_p
from ..primitives.piecewise import detached, equal, less, less_equal, select
from ..primitives.reductions import first_max_p, max_p, mean_p, min_p, sum_p
from ..primitives.special import erfc
from .expressions import largest
from .operands import Operand, is_zero
from .variables import Trace

Formula = Callable[..., Operand]


def choice(
    trace: Trace, relation: Any, x: Operand, y: Operand, chosen: Operand, otherwise: Operand
) -> Operand:
    """Write `chosen` where a comparison holds, else `otherwise`."""
    return trace.apply(select, (trace.apply(relation, (x, y)), chosen, otherwise))


def sigmoid(trace: Trace, x: Operand) -> Operand:
    """Write 1 / (1 + e) with e = exp(-x), and the sigmoid of -x, where that is there, as e times that."""
    if x.__class__ is float:
        return exponential.sigmoid(x)
    mirrored = trace.known(exp, (x,))  # exp(-y) for y = -x
    if mirrored is not None:
        total = trace.known(add, (1.0, mirrored))
        other = trace.known(div, (1.0, total)) if total is not None else None
        if other is not None:
            return mirrored * other
    return 1.0 / (1.0 + exp(-x))


def softplus(trace: Trace, x: Operand) -> Operand:
    """Write log(1 + exp(x)) so that it does not overflow."""
    return positive_part(trace, x) + log1p(exp(-abs(x)))


def scaled_softplus(trace: Trace, x: Operand, beta: Operand) -> Operand | None:
    """Write log(1 + exp(beta x)) / beta so that it does not overflow."""
    if not is_given(beta):
        return None
    straight = choice(trace, less, 0.0, beta, positive_part(trace, x), choice(trace, less, x, 0.0, x, 0.0))
    return straight + log1p(exp(-abs(beta * x))) / beta


def logistic_entropy(trace: Trace, x: Operand) -> Operand:
    """Write the entropy of sigmoid(x) and sigmoid(-x)."""
    return log1p(exp(-abs(x))) + abs(x) * sigmoid(trace, -abs(x))


def positive_part(trace: Trace, x: Operand) -> Operand:
    """Write the rectifier."""
    return choice(trace, less_equal, x, 0.0, 0.0, x)


def is_given(alpha: Operand) -> bool:
    """Say whether an operand is not computed: what raises or is nan must not be left out of code."""
    return alpha.__class__ is float or alpha.primitive is None


def leaky_unit(trace: Trace, x: Operand, slope: Operand) -> Operand | None:
    """Write `x` above zero, slope x below."""
    return choice(trace, less, 0.0, x, x, slope * x) if is_given(slope) else None


def exponential_unit(trace: Trace, x: Operand, alpha: Operand, width: Operand = 1.0) -> Operand:
    """Write `x` above zero, alpha (exp(x / width) - 1) below."""
    return choice(trace, less_equal, x, 0.0, alpha * expm1(x / width), x)


def continuous_unit(trace: Trace, x: Operand, alpha: Operand) -> Operand | None:
    """Write `x` above zero, alpha (exp(x / alpha) - 1) below; nan for an alpha of zero."""
    if not is_given(alpha):
        return None
    return choice(trace, equal, alpha, 0.0, math.nan, exponential_unit(trace, x, alpha, alpha))


def cut_off(trace: Trace, x: Operand, low: Operand, high: Operand, inside: Operand) -> Operand:
    """Write 0 from `low` down and 1 from `high` on, times what `inside` is there."""
    return choice(trace, less_equal, high, x, high, choice(trace, less_equal, x, low, low, inside))


def flat(trace: Trace, x: Operand) -> Operand:
    """Write 0 for a number, and nan for nan, which the forward part may hide."""
    return trace.apply(select, (trace.apply(equal, (x, x)), 0.0, math.nan))


def hard_tanh(trace: Trace, x: Operand, low: Operand, high: Operand) -> Operand | None:
    """Write `x` cut off at bounds that are numbers."""
    are_numbers = low.__class__ is high.__class__ is float and low == low and high == high
    return cut_off(trace, x, low, high, x) if are_numbers else None


def largest_of(trace: Trace, *terms: Operand) -> Operand:
    """Write the largest of terms that are no nan; Python's max would take a single one for a container."""
    return terms[0] if len(terms) == 1 else trace.apply(largest, terms)


def extreme(trace: Trace, x: Operand, y: Operand, larger: bool) -> Operand:
    """Write the larger or smaller of two: if neither is, one is nan, and so is the sum."""
    if larger and (is_zero(x) or is_zero(y)):
        return positive_part(trace, x if is_zero(y) else y)
    worse, better = ((y, x), (x, y)) if larger else ((x, y), (y, x))
    other = choice(trace, less_equal, *better, y, x + y)
    return choice(trace, less_equal, *worse, x, other)


def power(trace: Trace, primitive: Any, x: Operand) -> Operand:
    """Write squares as products, and square roots as such."""
    (exponent,) = primitive.family[1]
    if exponent == 0.0 and trace.place[0]:  # in the forward part it shows whether x can be computed
        return 1.0
    if exponent == -1.0:
        return 1.0 / x
    if exponent == 0.5:
        return powers.sqrt(x)
    if exponent in (1.0, 2.0):  # a product of three would be rounded twice
        return reduce(operator.mul, [x] * int(exponent))
    return trace.apply(primitive, (x,))


def slope_of_norm(trace: Trace, primitive: Any, x: Operand, length: Operand) -> Operand:
    """Write the slope of the Euclidean norm; at the origin, where it is 0, that divides by zero."""
    return x / length if primitive is norm_slope(2.0) else trace.apply(primitive, (x, length))


def slope_of_norm_at(trace: Trace, primitive: Any, *terms: Operand) -> Operand:
    """Write the slope with the norm that is there."""
    i, p = primitive.family[1]
    return slope_of_norm(trace, norm_slope(p), terms[i], trace.apply(norm_of(p), terms))


def softmax(trace: Trace, logits: Sequence[Operand]) -> tuple[Operand, Operand, list[Operand]]:
    """Write the largest logit, the sum of the powers, and the probabilities as derivatives do."""
    top = largest_of(trace, *logits)
    weights = [exp(logit - top) for logit in logits]
    total = sum_p(*weights)
    return top, total, [weight / total for weight in weights]


def cross_entropy(trace: Trace, primitive: Any, *logits: Operand) -> Operand:
    """Write -log p of a class, with all digits where p is near 1, and where it is too small for them."""
    (target,) = primitive.family[1]
    own = logits[target]
    if len(logits) == 1:
        return own - own
    top, total, p = softmax(trace, logits)
    others = sum_p(*p[:target], *p[target + 1 :])
    return choice(trace, less_equal, p[target], 0.5, log(total) + (top - own), -log1p(-others))


def cross_entropy_of_target(trace: Trace, target: Operand, *logits: Operand) -> Operand:
    """Write -log p of a class whose number is known at run time; nan for a number that no class has."""
    top, total, p = softmax(trace, logits)
    hits = [trace.apply(equal, (target, float(k))) for k in range(len(p))]

    def total_of(entries: Sequence[Operand], *, hit: bool) -> Operand:
        arms = ((entry, 0.0) if hit else (0.0, entry) for entry in entries)
        return sum_p(*(trace.apply(select, (known, *arm)) for known, arm in zip(hits, arms)))

    own, others = total_of(p, hit=True), total_of(p, hit=False)
    far = log(total) + (top - total_of(logits, hit=True))
    entropy = choice(trace, less_equal, own, 0.5, far, -log1p(-others))
    return choice(trace, less, 0.0, total_of([1.0] * len(p), hit=True), entropy, math.nan)


def cross_entropy_of_shares(trace: Trace, primitive: Any, *args: Operand) -> Operand:
    """Write the sum of -log p of each class times the target's share of it."""
    (classes,) = primitive.family[1]
    logits, targets = args[:classes], args[classes:]
    top, total, p = softmax(trace, logits)
    terms = [
        target * choice(trace, less_equal, own, 0.5, log(total) + (top - logit), -log1p(-others))
        for target, own, logit, others in zip(targets, p, logits, sums_of_others(p))
        if not is_zero(target)
    ]
    return sum_p(*terms) if terms else 0.0


def share(trace: Trace, x: Operand) -> Operand:
    """Write a number from 0 to 1, and nan for any other."""
    return choice(trace, less_equal, 0.0, x, choice(trace, less_equal, x, 1.0, x, math.nan), math.nan)


def entropy_slope(trace: Trace, p: Operand, target: Operand) -> Operand:
    """Write the slope of the binary cross-entropy, which is at most about 1e12."""
    spread, least = p * (1.0 - p), penalties.TRILLIONTH
    return (p - target) / choice(trace, less_equal, spread, least, least, spread)


def binary_cross_entropy(trace: Trace, p: Operand, target: Operand) -> Operand:
    """Write -t log p - (1 - t) log(1 - p), its logarithms at least -100."""
    target = share(trace, target)
    as_one, as_zero = (choice(trace, less, x, -100.0, -100.0, x) for x in (log(p), log1p(-p)))
    return -(target * as_one) - (1.0 - target) * as_zero


def binary_cross_entropy_with_logits(trace: Trace, x: Operand, target: Operand) -> Operand:
    """Write t softplus(-x) + (1 - t) softplus(x); what has the weight zero counts nothing."""
    target = share(trace, target)
    as_one = 0.0 if is_zero(target) else target * softplus(trace, -x)
    if target.__class__ is float and target == 1.0:
        return as_one
    as_zero = (1.0 - target) * softplus(trace, x)
    return as_zero if is_zero(as_one) else as_one + as_zero


def smooth_l1(trace: Trace, x: Operand, target: Operand, beta: Operand) -> Operand:
    """Write the parabola near zero, and the lines beside it; nan for a negative beta."""
    size = abs(x - target)
    smooth = choice(trace, less, size, beta, 0.5 * size * size / beta, size - 0.5 * beta)
    return choice(trace, less_equal, 0.0, beta, smooth, math.nan)


FAMILIES: dict[Any, Formula] = {  # of which a formula takes the member, too
    powers.power: power,
    cross_entropy_at: cross_entropy,
    soft_cross_entropy: cross_entropy_of_shares,
    norm_slope: slope_of_norm,
    norm_slope_at: slope_of_norm_at,
}

FORMULAS: dict[Any, Formula] = {
    exponential.sigmoid: sigmoid,
    exponential.logistic_density: lambda trace, x: sigmoid(trace, x) * sigmoid(trace, -x),
    exponential.sech_squared: lambda trace, x: 4.0 * sigmoid(trace, 2.0 * x) * sigmoid(trace, -2.0 * x),
    exponential.softplus_p: softplus,
    exponential.scaled_softplus: scaled_softplus,
    exponential.logistic_entropy: logistic_entropy,
    exponential.log_sigmoid: lambda trace, x: choice(trace, less, x, 0.0, x, 0.0) - log1p(exp(-abs(x))),
    act.relu: positive_part,
    act.relu6: lambda trace, x: cut_off(trace, x, 0.0, 6.0, x),
    act.leaky_relu_p: leaky_unit,
    act.elu_p: lambda trace, x, alpha: exponential_unit(trace, x, alpha) if is_given(alpha) else None,
    act.celu_p: continuous_unit,
    act.selu: lambda trace, x: act.SELU_SCALE * exponential_unit(trace, x, act.SELU_ALPHA),
    act.silu: lambda trace, x: x * sigmoid(trace, x),
    act.mish: lambda trace, x: x * tanh(softplus(trace, x)),
    act.gelu_p: lambda trace, x: 0.5 * x * erfc(-x / act.ROOT_2),
    act.softsign: lambda trace, x: x / (1.0 + abs(x)),
    act.hard_tanh_p: hard_tanh,
    act.hard_sigmoid: lambda trace, x: choice(
        trace, less_equal, x, -3.0, 0.0, choice(trace, less_equal, 3.0, x, 1.0, (x + 3.0) / 6.0)
    ),
    act.hard_swish: lambda trace, x: choice(
        trace, less_equal, x, -3.0, 0.0, choice(trace, less_equal, 3.0, x, x, x * (x + 3.0) / 6.0)
    ),
    powers.square: lambda trace, x: x * x,
    powers.one_minus_square: lambda trace, x: (1.0 - x) * (1.0 + x),
    powers.reciprocal: lambda trace, x: 1.0 / x,
    powers.rsqrt: lambda trace, x: 1.0 / powers.sqrt(x),
    mean_p: lambda trace, *terms: terms[0] if len(terms) == 1 else None,
    sum_p: lambda trace, *terms: terms[0] if len(terms) == 1 else None,
    hypot_p: lambda trace, *terms: abs(terms[0]) if len(terms) == 1 else None,
    max_p: lambda trace, *terms: reduce(lambda x, y: extreme(trace, x, y, larger=True), terms),
    first_max_p: lambda trace, *terms: trace.apply(max_p, terms),
    min_p: lambda trace, *terms: reduce(lambda x, y: extreme(trace, x, y, larger=False), terms),
    binary_cross_entropy_p: binary_cross_entropy,
    penalties.entropy_slope: entropy_slope,
    binary_cross_entropy_with_logits_p: binary_cross_entropy_with_logits,
    smooth_l1_p: smooth_l1,
    cross_entropy_p: cross_entropy_of_target,
    detached: lambda trace, x: x,
    piecewise.flat: flat,
}

# whose formulas are nan, 0 * inf or inf / inf, where the function itself is a number
NAN_FAR_OUT = frozenset(
    (
        *(act.silu, act.mish, act.gelu_p, act.softsign),
        *(binary_cross_entropy_with_logits_p, exponential.logistic_entropy),
    )
)
