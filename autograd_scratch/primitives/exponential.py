"""Exponentials and logarithms, the logistic function and its logarithm, and the hyperbolic tangent.

The slopes of the logistic function and the hyperbolic tangent are primitives, `logistic_density` and
`sech_squared`, which keep their digits where s (1 - s) and 1 - t * t lose theirs: far out, and near 0 in
their own derivatives.
"""

import math
from typing import Any

from ..signatures import call_form
from .arithmetic import div, mul
from .definition import NONNEGATIVE, primitive
from .piecewise import identity, less, where

LN_2 = math.log(2.0)
LN_10 = math.log(10.0)


@primitive(partials=lambda out, x: (out,))
def exp(x: float) -> float:
    """The exponential, e to the power `x`.

    >>> exp(1.0), exp(1000.0)
    (2.718281828459045, inf)
    """
    return math.exp(x)


@primitive(partials=lambda out, x: (out * LN_2,))
def exp2(x: float) -> float:
    """2 to the power `x`.

    >>> exp2(10.0)
    1024.0
    """
    return math.exp2(x)


@primitive(partials=lambda out, x: (exp(x),))
def expm1(x: float) -> float:
    """exp(x) - 1, accurate near 0.

    >>> expm1(1e-20), exp(1e-20) - 1.0
    (1e-20, 0.0)
    """
    return math.expm1(x)


@primitive(partials=lambda out, x: (1.0 / x,), domain=NONNEGATIVE)
def log(x: float) -> float:
    """The natural logarithm.

    >>> log(10.0), log(0.0), log(-1.0)
    (2.302585092994046, -inf, nan)
    """
    return math.log(x)


@call_form(name="log")
def logarithm(x: Any, base: Any = None) -> Any:
    """The natural logarithm, or that to another base, exported as `log`.

    >>> from autograd_scratch import log
    >>> log(10.0), log(0.0), log(-1.0), log(100.0, 10.0)
    (2.302585092994046, -inf, nan, 2.0)
    """
    return log(x) if base is None else div(log(x), log(base))


@primitive(partials=lambda out, x: (1.0 / x / LN_2,), domain=NONNEGATIVE)
def log2(x: float) -> float:
    """The logarithm to base 2.

    >>> log2(1024.0)
    10.0
    """
    return math.log2(x)


@primitive(partials=lambda out, x: (1.0 / x / LN_10,), domain=NONNEGATIVE)
def log10(x: float) -> float:
    """The logarithm to base 10.

    >>> log10(1000.0)
    3.0
    """
    return math.log10(x)


@primitive(partials=lambda out, x: (1.0 / (1.0 + x),), domain=(-1.0, math.inf))
def log1p(x: float) -> float:
    """log(1 + x), accurate near 0.

    >>> log1p(1e-20), log(1.0 + 1e-20)
    (1e-20, 0.0)
    """
    return math.log1p(x)


@primitive(partials=lambda out, x: (logistic_density(x),))
def sigmoid(x: float) -> float:
    """The logistic function 1 / (1 + exp(-x)), with all its digits on both sides.

    >>> sigmoid(0.0), sigmoid(-40.0)
    (0.5, 4.248354255291589e-18)
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


@primitive(partials=lambda out, x: (-out * tanh(0.5 * x),))
def logistic_density(x: float) -> float:
    """sigmoid(x) sigmoid(-x), the derivative of `sigmoid` and the density of the logistic distribution.

    >>> logistic_density(0.0), logistic_density(-40.0)
    (0.25, 4.248354255291589e-18)
    """
    return sigmoid(x) * sigmoid(-x)


@primitive(partials=lambda out, x: (sech_squared(x),))
def tanh(x: float) -> float:
    """The hyperbolic tangent.

    >>> tanh(1.0)
    0.7615941559557649
    """
    return math.tanh(x)


@primitive(partials=lambda out, x: (-2.0 * out * tanh(x),))
def sech_squared(x: float) -> float:
    """1 / cosh(x) ** 2, the derivative of `tanh`.

    >>> sech_squared(0.0), sech_squared(20.0)
    (1.0, 1.6993417021166355e-17)
    """
    return 4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x)


@primitive(partials=lambda out, x: (sigmoid(-x),))
def log_sigmoid(x: float) -> float:
    """log(sigmoid(x)), the logarithm of a probability that is given by its logit `x`.

    >>> log_sigmoid(0.0), log_sigmoid(-1000.0), log(sigmoid(-1000.0))
    (-0.6931471805599453, -1000.0, -inf)
    """
    return min(0.0, x) - math.log1p(math.exp(-abs(x)))


@primitive(name="softplus", partials=lambda out, x: (sigmoid(x),))
def softplus_p(x: float) -> float:
    """log(1 + exp(x))."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@primitive(partials=lambda out, x: (-x * logistic_density(x),))
def logistic_entropy(x: float) -> float:
    """The entropy of a choice with the probabilities sigmoid(x) and sigmoid(-x).

    >>> logistic_entropy(0.0), logistic_entropy(40.0), logistic_entropy(math.inf)
    (0.6931471805599453, 1.7418252446695514e-16, 0.0)
    """
    size = abs(x)
    return math.log1p(math.exp(-size)) + (size * sigmoid(-size) if size < math.inf else 0.0)


def _scaled_partials(out: Any, x: Any, beta: Any) -> tuple[Any, Any]:
    return sigmoid(beta * x), -logistic_entropy(beta * x) / beta / beta


@primitive(name="scaled_softplus", partials=_scaled_partials, source="softplus({0}, {1})")
def scaled_softplus(x: float, beta: float) -> float:
    """log(1 + exp(beta x)) / beta."""
    straight = max(x, 0.0) if beta > 0.0 else min(x, 0.0)
    return straight + math.log1p(math.exp(-abs(beta * x))) / beta


def softplus(x: Any, beta: Any = 1.0, threshold: Any = None) -> Any:
    """log(1 + exp(beta x)) / beta, a smooth rectifier; the larger `beta`, the nearer it is to `relu`.

    It has all its digits everywhere, so it needs no `threshold`. With one it is `x` itself where beta x is
    above that, as PyTorch's is from 20 on, where the two differ by 2e-9 at most.

    >>> softplus(0.0), softplus(1000.0), softplus(0.0, beta=2.0), softplus(30.0, threshold=20.0)
    (0.6931471805599453, 1000.0, 0.34657359027997264, 30.0)
    """
    smooth = softplus_p(x) if beta.__class__ in (float, int) and beta == 1.0 else scaled_softplus(x, beta)
    return smooth if threshold is None else where(less(threshold, mul(beta, x)), identity(x), smooth)
