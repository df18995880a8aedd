"""Functions of pairs that are made of others: hyperbolic, inverse, in other bases."""

from .circular import sin_and_cos
from .exponential import LEAST, SHIFT, exp, expm1, scaled
from .logarithm import INF, NAN, at_ends, log, log1p, near_one, split
from .pairs import Body, Pair, pair, series
from .powers import times

LN2 = (0.6931471805599453, 2.3190468138462996e-17)
LOG2_E = 1.4426950408889634
LOG10_E = 0.4342944819032518
HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
QUARTER_PI = 0.7853981633974483
ROOT = 0.41421356237309503  # tan(pi/8)
ARCTAN = [(-1.0) ** n / (2 * n + 1) for n in range(1, 21)]  # of atan(x) / x - 1 in x**2


def exp2(body: Body, x: Pair) -> Pair:
    """2 to the power of x."""
    within = body.keep(x.at_least(LEAST * LOG2_E).at_most(1024.0))
    k = body.keep((within + SHIFT) - SHIFT)
    product, lacks = times(body, body.keep(within - k), pair(LN2[0]))
    lacks = body.keep(lacks + (within - k) * LN2[1])
    return scaled(body, k, product, lacks).product()


def log2(body: Body, x: Pair) -> Pair:
    """The logarithm with base 2, exact for powers of 2."""
    k, m = split(body, x)
    f = body.keep(m - 1.0)
    half, rest = near_one(body, f)
    own = body.keep(f - (half - rest))
    return at_ends(x, k + own * LOG2_E)


def log10(body: Body, x: Pair) -> Pair:
    """The logarithm with base 10."""
    return log(body, x) * LOG10_E


def sinh(body: Body, x: Pair) -> Pair:
    """The hyperbolic sine."""
    m = body.keep(expm1(body, body.keep(abs(x))))
    return (0.5 * (m + m / (m + 1.0))).signed_as(x)


def cosh(body: Body, x: Pair) -> Pair:
    """The hyperbolic cosine."""
    e = body.keep(exp(body, body.keep(abs(x))))
    return 0.5 * e + 0.5 / e


def asinh(body: Body, x: Pair) -> Pair:
    """The inverse of the hyperbolic sine."""
    size = body.keep(abs(x))
    square = body.keep(size * size)
    return log1p(body, body.keep(size + square / (1.0 + (1.0 + square).sqrt()))).signed_as(x)


def acosh(body: Body, x: Pair) -> Pair:
    """The inverse of the hyperbolic cosine, not negative."""
    more = body.keep(x - 1.0)
    return log1p(body, body.keep(more + (2.0 * more + more * more).sqrt()))


def atanh(body: Body, x: Pair) -> Pair:
    """The inverse of the hyperbolic tangent."""
    size = body.keep(abs(x))
    return (0.5 * log1p(body, body.keep(2.0 * size / (1.0 - size)))).signed_as(x)


def tan(body: Body, x: Pair) -> Pair:
    """The tangent."""
    sin, cos = sin_and_cos(body, x)
    return sin / cos


def atan(body: Body, x: Pair) -> Pair:
    """The inverse of the tangent."""
    size = body.keep(abs(x))
    is_large = body.keep(size > 1.0)
    inner = body.keep(is_large.chooses(1.0 / size, size))
    is_turned = body.keep(inner > ROOT)
    r = body.keep(is_turned.chooses((inner - 1.0) / (inner + 1.0), inner))
    square = body.keep(r * r)
    own = body.keep(r + r * series(square, ARCTAN))
    own = body.keep(is_turned.chooses(QUARTER_PI + (own + HALF_PI[1] * 0.5), own))
    return is_large.chooses(HALF_PI[0] - (own - HALF_PI[1]), own).signed_as(x)


def atan2(body: Body, y: Pair, x: Pair) -> Pair:
    """The angle of a point with the axis of x."""
    high, wide = body.keep(abs(y)), body.keep(abs(x))
    ratio = high.equals(wide).chooses(high.equals(0.0).chooses(0.0, 1.0), high / wide)
    angle = body.keep(atan(body, body.keep(ratio)))
    is_left = (x.bits >> 63).equals(1)
    turned = is_left.chooses(2.0 * HALF_PI[0] - (angle - 2.0 * HALF_PI[1]), angle)
    return (x.differs(x) | y.differs(y)).chooses(NAN, turned.signed_as(y))


def cbrt(body: Body, x: Pair) -> Pair:
    """The cube root, of negative numbers too: one of log and exp, and a step of Newton's."""
    size = body.keep(abs(x))
    guess = body.keep(exp(body, body.keep(log(body, size) * (1.0 / 3.0))))
    better = guess - (guess - size / (guess * guess)) * (1.0 / 3.0)
    is_far = size.equals(0.0) | size.equals(INF)
    return is_far.chooses(size, better).signed_as(x)


def asin(body: Body, x: Pair) -> Pair:
    """The inverse of the sine."""
    return atan(body, body.keep(x / ((1.0 - x) * (1.0 + x)).sqrt()))


def acos(body: Body, x: Pair) -> Pair:
    """The inverse of the cosine."""
    return 2.0 * atan(body, body.keep(((1.0 - x) / (1.0 + x)).sqrt()))
