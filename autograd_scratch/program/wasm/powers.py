"""pow of pairs, in plain arithmetic, right to two units in the last place.

x**y is exp(y log x), whose exponent may be hundreds: log x is a sum of two floats here, and so is the
product.
"""

from .exponential import LEAST, LN2_HIGH, LN2_LOW, LOG2E, MOST, SHIFT, scaled
from .logarithm import INF, NAN, split
from .pairs import Body, Pair, pair, series

UPPER = -(2**27)  # the bits of the first half of a float's digits
SERIES = [2.0 / (2 * n + 1) for n in range(1, 14)]  # as for log, and longer
TWO_THIRDS = (0.6666666666666666, 3.700743415417188e-17)
Sum = tuple[Pair, Pair]  # of which the second is what the first lacks


def plus(body: Body, x: Pair, y: Pair) -> Sum:
    """Return x + y, exactly."""
    total = body.keep(x + y)
    own = body.keep(total - x)
    return total, body.keep((x - (total - own)) + (y - own))


def times(body: Body, x: Pair, y: Pair) -> Sum:
    """Return x y, but for the last bits of what the product lacks."""
    product = body.keep(x * y)
    x_high, y_high = (body.keep((z.bits & UPPER).floats) for z in (x, y))
    x_low, y_low = body.keep(x - x_high), body.keep(y - y_high)
    lacks = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    return product, body.keep(lacks)


def log_of(body: Body, x: Pair) -> Sum:
    """Return log(x) of a positive number."""
    k, m = split(body, x)
    f, below = body.keep(m - 1.0), body.keep(m + 1.0)
    s = body.keep(f / below)
    back, lacking = times(body, s, below)
    s_low = body.keep((((f - back) - lacking) - s * (m - (below - 1.0))) / below)
    square, square_low = times(body, s, s)
    square_low = body.keep(square_low + 2.0 * s * s_low)
    factor_high, factor_low = plus(body, pair(TWO_THIRDS[0]), body.keep(series(square, SERIES[1:])))
    factor_low = body.keep(factor_low + TWO_THIRDS[1])
    cube, cube_low = times(body, s, square)
    cube_low = body.keep(cube_low + s * square_low + s_low * square)
    term, term_low = times(body, cube, factor_high)
    term_low = term_low + cube * factor_low + cube_low * factor_high
    total, rest = plus(body, body.keep(k * LN2_HIGH), body.keep(2.0 * s))
    total, more = plus(body, total, term)
    rest = rest + more + term_low + 2.0 * s_low
    low, last = plus(body, body.keep(k * LN2_LOW), body.keep(rest))
    total, rest = plus(body, total, low)
    return total, body.keep(rest + last)


def exp_of_sum(body: Body, x: Pair, lacks: Pair) -> Pair:
    """Return exp(x + lacks), for x from LEAST to MOST."""
    k = body.keep((x * LOG2E + SHIFT) - SHIFT)
    low = body.keep(k * LN2_LOW)
    r, lost = plus(body, body.keep(x - k * LN2_HIGH), -low)
    return scaled(body, k, r, body.keep(lost + lacks)).product()


def pow_(body: Body, x: Pair, y: Pair) -> Pair:
    """The power of one pair by another."""
    size = body.keep(abs(x))
    log, log_low = log_of(body, size)
    product, lacks = times(body, y, log)
    is_far = body.keep(abs(product) > 800.0)
    more = body.keep(is_far.chooses(0.0, lacks + y * log_low))
    within = body.keep(product.at_least(LEAST).at_most(MOST))
    found = body.keep(exp_of_sum(body, within, more))
    outside = body.keep(size.equals(0.0) | size.equals(INF) | abs(y).equals(INF))
    vanishes = ((size < 1.0) & (y > 0.0)) | ((size > 1.0) & (y < 0.0))
    limit = vanishes.chooses(0.0, size.equals(1.0).chooses(1.0, INF))
    found = body.keep(outside.chooses(limit, found))
    is_whole = body.keep(y.whole("trunc").equals(y))
    half = body.keep(y * 0.5)
    is_odd = is_whole & half.whole("trunc").differs(half)
    signed = is_odd.chooses(found.signed_as(x), found)
    signed = ((x < 0.0) & ~is_whole & (size < INF)).chooses(NAN, signed)
    signed = (x.differs(x) | y.differs(y)).chooses(NAN, signed)
    return (y.equals(0.0) | x.equals(1.0)).chooses(1.0, signed)
