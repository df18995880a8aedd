"""The error function and the gamma function, and the polygamma functions, their derivatives.

Reference: NIST Digital Library of Mathematical Functions, chapters 5 and 7 (dlmf.nist.gov).
"""

import math
from functools import cache

from ..ieee import INF, NAN
from .definition import Primitive, family, primitive
from .exponential import exp

SLOPE_OF_ERF = 2.0 / math.sqrt(math.pi)
BERNOULLI = (  # the numbers B2, B4, ...
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66),
    *(-691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330),
)
ROOT, ROOT_REST = 1.4616321449683622, 9.549995429965697e-17  # of digamma, in two parts


@primitive(partials=lambda out, x: (SLOPE_OF_ERF * exp(-x * x),))
def erf(x: float) -> float:
    """The error function.

    >>> erf(0.5)
    0.5204998778130465
    """
    return math.erf(x)


@primitive(partials=lambda out, x: (-SLOPE_OF_ERF * exp(-x * x),))
def erfc(x: float) -> float:
    """1 - erf(x), with all its digits where that is small.

    >>> erfc(10.0)
    2.088487583762545e-45
    """
    return math.erfc(x)


@primitive(partials=lambda out, x: (out * digamma(x),))
def gamma(x: float) -> float:
    """The gamma function, n factorial at n + 1.

    >>> gamma(5.0), gamma(-0.0), gamma(-1.0)
    (24.0, -inf, nan)
    """
    return math.gamma(x) if x else 1.0 / x


@primitive(partials=lambda out, x: (digamma(x),))
def lgamma(x: float) -> float:
    """The logarithm of the absolute value of the gamma function.

    >>> lgamma(100.0), lgamma(-1.0)
    (359.1342053695754, inf)
    """
    return math.lgamma(x)


@primitive(partials=lambda out, x: (polygamma(1)(x),))
def digamma(x: float) -> float:
    """The derivative of `lgamma`.

    >>> digamma(1.0)  # minus Euler's constant
    -0.577215664901533
    """
    return _near_root(x) if 1.35 < x < 1.6 else _polygamma(0, x)


@family((1,), (2,))
def polygamma(order: int) -> Primitive:
    """The derivative of `digamma` of some order, from 1 on.

    >>> polygamma(1)(1.0), math.pi**2 / 6
    (1.6449340668482264, 1.6449340668482264)
    """

    @primitive(
        partials=lambda out, x: (polygamma(order + 1)(x),),
        name=f"polygamma[{order!r}]",
        source=f"polygamma({order!r})({{0}})",
    )
    def derivative(x: float) -> float:
        return _polygamma(order, x)

    return derivative


def _polygamma(n: int, x: float) -> float:
    """Derivative n + 1 of log gamma."""
    if x == -INF or (x < 0.0 and x == math.floor(x)):
        return NAN
    if x == 0.0:
        return INF if n % 2 else -1.0 / x
    return _reflected(n, x) if x < 0.0 else _right_of_zero(n, x)


def _right_of_zero(n: int, x: float) -> float:
    """Derivative n + 1 of log gamma: recurrence up to where its asymptotic series holds (DLMF 5.15)."""
    terms = []
    while x < n + 16.0:
        terms.append(1.0 / x ** (n + 1))
        x += 1.0
    shifted = math.fsum(terms)
    if n == 0:
        tail = (b / (2 * k) / x ** (2 * k) for k, b in enumerate(BERNOULLI, 1))
        return math.fsum((math.log(x), -0.5 / x, -shifted, *(-t for t in tail)))
    tail = (b * math.perm(2 * k + n - 1, n - 1) / x ** (2 * k + n) for k, b in enumerate(BERNOULLI, 1))
    factorial = math.factorial(n - 1)
    size = math.fsum((factorial / x**n, 0.5 * n * factorial / x ** (n + 1), n * factorial * shifted, *tail))
    return size if n % 2 else -size


@cache
def _coefficients_at_root() -> list[float]:
    return [_polygamma(k, ROOT) / math.factorial(k) for k in range(1, 22)]


def _near_root(x: float) -> float:
    """The digamma function around its one positive root, by its Taylor series there."""
    distance = (x - ROOT) - ROOT_REST
    value = 0.0
    for slope in reversed(_coefficients_at_root()):
        value = distance * (value + slope)
    return value


def _reflected(n: int, x: float) -> float:
    """The polygamma function left of zero, by that of 1 - x and derivative n of pi cot(pi x)."""
    part = x - round(x)
    if abs(part) > 0.25:  # the cotangent vanishes at a half, which pi / 2 as a float only comes near
        cotangent = math.copysign(math.tan(math.pi * (0.5 - abs(part))), part)
    else:
        cotangent = 1.0 / math.tan(math.pi * part)
    polynomial = [0.0, 1.0]  # in the cotangent, whose derivative is -(1 + cotangent ** 2)
    for _ in range(n):
        slopes = [k * c for k, c in enumerate(polynomial)][1:]
        polynomial = [-(a + b) for a, b in zip([*slopes, 0.0, 0.0], [0.0, 0.0, *slopes])]
    value = polynomial[-1]
    for coefficient in polynomial[-2::-1]:
        value = value * cotangent + coefficient
    mirrored = _right_of_zero(n, 1.0 - x)
    return (-mirrored if n % 2 else mirrored) - float(math.pi ** (n + 1)) * value
