"""log and log1p of pairs, in plain arithmetic, right to one unit in the last place.

x is 2**k m with m between sqrt(1/2) and sqrt(2). With f = m - 1 and s = f / (2 + f) the logarithm of m is
2 atanh(s), a series in s**2, written as f - f**2 / 2 + s (f**2 / 2 + ...), whose first terms are exact.
"""

from .exponential import LN2_HIGH, LN2_LOW, SHIFT, TINY
from .pairs import Body, Pair, series

INF, NAN = float("inf"), float("nan")
ROOT_HALF = 0x3FE6A09E << 32  # the bits where sqrt(1/2) begins
ONE = 1023 << 52
SMALLEST = 2.0**-1022  # of normal numbers
DIGITS = 2**52 - 1
SHIFT_BITS = 0x4338 << 48  # of SHIFT
SERIES = [2.0 / (2 * n + 1) for n in range(1, 11)]  # of 2 atanh(s) / s - 2 in s**2


def parts(body: Body, x: Pair) -> tuple[Pair, Pair]:
    """Return k and m, for a positive x that is a normal number."""
    begun = body.keep(x.bits + (ONE - ROOT_HALF))
    k = ((begun >> 52) + (SHIFT_BITS - 1023)).floats - SHIFT
    return body.keep(k), ((begun & DIGITS) + ROOT_HALF).floats


def split(body: Body, x: Pair) -> tuple[Pair, Pair]:
    """Return k and m, for a positive x."""
    is_small = body.keep(x < SMALLEST)
    k, m = parts(body, body.keep(is_small.chooses(x * 2.0**54, x)))
    return body.keep(is_small.chooses(k - 54.0, k)), body.keep(m)


def near_one(body: Body, f: Pair) -> tuple[Pair, Pair]:
    """Return f**2 / 2, and what is to be added to log(1 + f) - f + f**2 / 2."""
    s = body.keep(f / (2.0 + f))
    z = body.keep(s * s)
    half = body.keep(f * 0.5 * f)
    return half, body.keep(s * (half + series(z, SERIES)))


def log(body: Body, x: Pair) -> Pair:
    """The natural logarithm."""
    k, m = split(body, x)
    f = body.keep(m - 1.0)
    half, rest = near_one(body, f)
    return at_ends(x, k * LN2_HIGH + (f - (half - (rest + k * LN2_LOW))))


def at_ends(x: Pair, found: Pair) -> Pair:
    """Return a logarithm, also of what is not positive and finite."""
    found = (x < INF).chooses(found, x)
    found = (x <= 0.0).chooses(x.equals(0.0).chooses(-INF, NAN), found)
    return x.differs(x).chooses(NAN, found)


def log1p(body: Body, x: Pair) -> Pair:
    """log(1 + x), with all digits where x is small."""
    u = body.keep(1.0 + x)
    k, m = parts(body, u)
    is_near = body.keep(k.equals(0.0))
    f = body.keep(is_near.chooses(x, m - 1.0))
    lost = (x > 1.0).chooses(1.0 - (u - x), x - (u - 1.0))
    lost = is_near.chooses(0.0, lost / u)
    half, rest = near_one(body, f)
    found = k * LN2_HIGH + (f - (half - (rest + (k * LN2_LOW + lost))))
    found = (x < INF).chooses(found, x)
    found = (abs(x) > TINY).chooses(found, x)
    found = (x <= -1.0).chooses(x.equals(-1.0).chooses(-INF, NAN), found)
    return x.differs(x).chooses(NAN, found)
