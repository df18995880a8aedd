"""exp, expm1 and tanh of pairs, in plain arithmetic.

x is k log 2 + r with a whole number k, so exp(x) is 2**k exp(r), and exp(r) - 1 a polynomial, since r is
below 0.35. What rounding loses of r is added again. They are right to one unit in the last place, but tanh
and what shares its parts to two.
"""

from math import factorial
from typing import NamedTuple

from .pairs import Body, Pair

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # few digits, so that products with k are exact
LN2_LOW = 1.90821492927058770002e-10
SHIFT = 6755399441055744.0  # 1.5 * 2**52: what is added to it is rounded to a whole number
LEAST, MOST = -745.2, 709.79  # beyond which exp is 0 and infinite
NORMAL = -708.0  # down to which exp is a normal number
TINY = 1e-300  # up to which expm1(x) is x
C = [1.0 / factorial(n) for n in range(14)]  # of exp(r)


class Power(NamedTuple):
    """exp(x) as 2**k (1 + r + rest), where 2**k is a product of two floats: it may be no normal number."""

    factors: tuple[Pair, Pair]
    r: Pair
    rest: Pair

    def product(self) -> Pair:
        """Return exp(x)."""
        one, other = self.factors
        return (1.0 + (self.r + self.rest)) * one * other


def power(body: Body, x: Pair) -> Power:
    """Split exp(x), for x from LEAST to MOST."""
    shifted, r, lost = _split(body, x)
    return _power(body, body.keep(shifted - SHIFT), r, lost)


def _split(body: Body, x: Pair) -> tuple[Pair, Pair, Pair]:
    """Return SHIFT + k, r, and what is lost of r."""
    shifted = body.keep(x * LOG2E + SHIFT)
    k = body.keep(shifted - SHIFT)
    high = body.keep(x - k * LN2_HIGH)
    low = body.keep(k * LN2_LOW)
    r = body.keep(high - low)
    return shifted, r, body.keep((high - r) - low)


def scaled(body: Body, k: Pair, r: Pair, lacks: Pair) -> Power:
    """Split 2**k exp(r + lacks), where what r lacks may be as large as it."""
    total = body.keep(r + lacks)
    own = body.keep(total - r)
    return _power(body, k, total, body.keep((r - (total - own)) + (lacks - own)))


def _power(body: Body, k: Pair, r: Pair, lost: Pair) -> Power:
    half = body.keep(k * 0.5 + SHIFT)
    others = (k - (half - SHIFT)) + SHIFT
    return Power((_two_to(half), _two_to(others)), r, body.keep(_beyond_first(body, r, lost)))


def _two_to(shifted: Pair) -> Pair:
    """Return 2**n, given SHIFT + n."""
    return ((shifted.bits + 1023) << 52).floats


def _beyond_first(body: Body, r: Pair, lost: Pair) -> Pair:
    """Return exp(r) - 1 - r, and what is lost of r."""
    square = body.keep(r * r)
    fourth = body.keep(square * square)
    low = (C[3] + r * C[4]) + square * (C[5] + r * C[6])
    middle = (C[7] + r * C[8]) + square * (C[9] + r * C[10])
    high = C[11] + r * C[12] + square * C[13]
    return square * C[2] + (square * r * (low + fourth * (middle + fourth * high)) + (lost + lost * r))


def exp(body: Body, x: Pair) -> Pair:
    """The powers of e."""
    return power(body, body.keep(x.at_least(LEAST).at_most(MOST))).product()


def expm1(body: Body, x: Pair) -> Pair:
    """exp(x) - 1, with all digits where x is small."""
    within = body.keep(x.at_least(-50.0).at_most(MOST))
    (one, other), r, rest = power(body, within)
    half = body.keep(one * 0.5 * other)
    total, tail = less_one(body, half, 0.5, r, rest)
    found = 2.0 * (total + tail)
    return (abs(x) > TINY).chooses((x > MOST).chooses(x * 1e308 * 10.0, found), x)


def less_one(body: Body, scale: Pair, one: float, r: Pair, rest: Pair) -> tuple[Pair, Pair]:
    """Return scale (1 + r + rest) - one, as a sum of two that keeps the digits of both."""
    high = body.keep(scale - one)
    term = body.keep(scale * r)
    total = body.keep(high + term)
    lost = ((scale - high) - one) + ((high - total) + term)
    return total, body.keep(lost + scale * rest)


def tanh(body: Body, x: Pair) -> tuple[Pair, Pair]:
    """The hyperbolic tangent and its slope, which share an exponential.

    With m = expm1(-2 abs(x)) it is -m / (2 + m), and half of one more than that is 1 / (2 + m): by this
    the quotient is corrected for what is lost of m and of 2 + m, and so the slope needs no division.
    """
    shifted, r, lost = _split(body, body.keep((abs(x) * -2.0).at_least(NORMAL)))
    scale, rest = body.keep(_two_to(shifted)), body.keep(_beyond_first(body, r, lost))
    total, tail = less_one(body, scale, 1.0, r, rest)
    m = body.keep(total + tail)
    lost = body.keep((total - m) + tail)
    below = body.keep(2.0 + m)
    quotient = body.keep(-m / below)
    lost_below = ((2.0 - below) + m) + lost
    size = body.keep(quotient - (lost + quotient * lost_below) * (0.5 + 0.5 * quotient))
    more = body.keep(1.0 + size)
    slope = (scale + scale * (r + rest)) * more * more
    return abs(size).signed_as(x), slope
