"""The elementwise functions of scipy.special, made of primitives.

Each keeps its digits where the formula of the textbook cancels, as SciPy's own does, and so do its
derivatives. At the ends of a domain value and slope are what they tend to: `entr` is 0 at 0, and rises
there without bound.
"""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

from ..ieee import INF, NAN
from ..primitives import abs_, erfc, expm1, hypot, lgamma, log, log1p, pow_, sin, sqrt, where
from ..primitives.arithmetic import div
from ..primitives.conditions import both, either
from ..primitives.hyperbolic import atanh
from ..primitives.piecewise import equal, less, less_equal

_TERMS_OF_EXPREL = range(14, 1, -1)  # below 1/2 the next one is less than 1e-17
_FAR = -15.0  # where the series for the tail of the normal distribution has 15 digits
_ODD = range(17, 0, -2)


def xlogy(x: Any, y: Any) -> Any:
    """The product x log(y), and 0 where x is 0.

    >>> xlogy(0.0, 0.0), xlogy(2.0, 1.0)
    (0.0, 0.0)
    """
    return _times(log, x, y, less_equal(y, 0.0), 1.0)


def xlog1py(x: Any, y: Any) -> Any:
    """The product x log(1 + y), and 0 where x is 0."""
    return _times(log1p, x, y, less_equal(y, -1.0), 0.0)


def _times(logarithm: Callable[[Any], Any], x: Any, y: Any, is_outside: Any, harmless: float) -> Any:
    unbounded = both(equal(x, 0.0), either(is_outside, equal(y, INF)))
    return x * logarithm(where(unbounded, harmless, y))


def logit(p: Any) -> Any:
    """log(p / (1 - p)).

    >>> logit(0.5), logit(0.0), logit(1.0)
    (0.0, -inf, inf)
    """
    middle = both(less(0.25, p), less(p, 0.75))
    return where(middle, 2.0 * atanh(2.0 * p - 1.0), log(p) - log1p(-p))


def entr(x: Any) -> Any:
    """-x log(x), which is 0 at 0, and -inf below.

    >>> entr(0.0), entr(1.0), entr(-1.0)
    (0.0, -0.0, -inf)
    """
    return where(less(x, 0.0), -INF, where(equal(x, 0.0), _steep(x), -x * log(x)))


def rel_entr(x: Any, y: Any) -> Any:
    """The product x log(x / y), which is 0 where x is 0, and inf outside of the domain.

    >>> rel_entr(0.0, 0.0), rel_entr(2.0, 2.0), rel_entr(1.0, 0.0)
    (0.0, 0.0, inf)
    """
    ratio = div(x, y)
    near = both(less(0.5, ratio), less(ratio, 2.0))
    inside = x * where(near, log1p(div(x - y, y)), log(ratio))
    start = where(both(equal(x, 0.0), less_equal(0.0, y)), 0.0 - _steep(x), INF)
    outside = either(less_equal(x, 0.0), less_equal(y, 0.0))
    return where(outside, start, inside)


def kl_div(x: Any, y: Any) -> Any:
    """The divergence x log(x / y) - x + y."""
    return rel_entr(x, y) - x + y


def _steep(x: Any) -> Any:
    """0 at 0, with a slope without bound, as that of x log(x)."""
    return sqrt(x)


def betaln(a: Any, b: Any) -> Any:
    """The logarithm of the size of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def loggamma(x: Any) -> Any:
    """The logarithm of the gamma function, where that is a real number.

    >>> loggamma(1.0), loggamma(-0.5)
    (0.0, nan)
    """
    return where(less(x, 0.0), NAN, lgamma(x))


def huber(delta: Any, r: Any) -> Any:
    """r² / 2 up to delta, and straight from there on."""
    size = abs_(r)
    inside = where(less_equal(size, delta), 0.5 * r * r, delta * (size - 0.5 * delta))
    return where(less(delta, 0.0), INF, inside)


def pseudo_huber(delta: Any, r: Any) -> Any:
    """delta² (sqrt(1 + (r / delta)²) - 1), without the difference."""
    return where(less(delta, 0.0), INF, div(delta * r * r, delta + hypot(delta, r)))


def exp10(x: Any) -> Any:
    """10 to the power of x.

    >>> exp10(2.0)
    100.0
    """
    return pow_(10.0, x)


def exprel(x: Any) -> Any:
    """(exp(x) - 1) / x, which is 1 at 0: near 0 its series.

    >>> exprel(0.0)
    1.0
    """
    return where(less(abs_(x), 0.5), _series_of_exprel(x), div(expm1(x), x))


def _series_of_exprel(x: Any) -> Any:
    return reduce(lambda rest, k: 1.0 + x * rest / k, _TERMS_OF_EXPREL, 1.0)


def boxcox(x: Any, power: Any) -> Any:
    """(x ** power - 1) / power, and log(x) for the power 0."""
    return _boxcox(log(x), power)


def boxcox1p(x: Any, power: Any) -> Any:
    """((1 + x) ** power - 1) / power, and log(1 + x) for the power 0."""
    return _boxcox(log1p(x), power)


def _boxcox(logarithm: Any, power: Any) -> Any:
    x = power * logarithm
    return where(less(abs_(x), 0.5), logarithm * _series_of_exprel(x), div(expm1(x), power))


def ndtr(x: Any) -> Any:
    """The share of the standard normal distribution below x.

    >>> ndtr(0.0)
    0.5
    """
    return 0.5 * erfc(-x * math.sqrt(0.5))


def log_ndtr(x: Any) -> Any:
    """The logarithm of `ndtr`, which does not vanish far below: there it is that of the tail's series."""
    tail = ndtr(-abs_(x))
    return where(less(x, _FAR), _log_of_far_tail(x), where(less(x, 0.0), log(tail), log1p(-tail)))


def _log_of_far_tail(x: Any) -> Any:
    """The logarithm of exp(-x²/2) / (-x sqrt(2 pi)) (1 - 1/x² + 3/x⁴ - 15/x⁶ + ...), far below 0."""
    square = x * x
    rest = reduce(lambda more, k: div(-k * (1.0 + more), square), _ODD, 0.0)
    return -0.5 * square - log(-x) - 0.5 * math.log(2.0 * math.pi) + log1p(rest)


def cosm1(x: Any) -> Any:
    """cos(x) - 1, without the difference."""
    half = sin(0.5 * x)
    return -2.0 * half * half


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        xlogy,
        xlog1py,
        logit,
        entr,
        rel_entr,
        kl_div,
        betaln,
        loggamma,
        huber,
        pseudo_huber,
        exp10,
        exprel,
        boxcox,
        boxcox1p,
        ndtr,
        log_ndtr,
        cosm1,
    )
}
