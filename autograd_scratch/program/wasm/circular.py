"""sin and cos of pairs, in plain arithmetic, right to two units in the last place up to 100,000.

x is k pi/2 + r. pi/2 is taken in four parts, of which the products with k are exact, so that r keeps its
digits even next to a multiple. Beyond, the answer is nan: whoever computes with these asks others then.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

from .exponential import SHIFT, TINY
from .pairs import Body, Pair

NAN = float("nan")
FAR = 1e5
TWO_OVER_PI = 0.6366197723675814
SIN = [(-1.0) ** n / factorial(2 * n + 1) for n in range(1, 9)]  # of sin(r) / r - 1 in r**2
COS = [(-1.0) ** n / factorial(2 * n) for n in range(2, 10)]  # of cos(r) - 1 + r**2 / 2, from r**4 on

# 160 bits of pi/2, beginning with that of 1, in parts of 33 bits
HALF_PI = 0x3243F6A8885A308D313198A2E03707344A4093822


def _in_parts(digits: int) -> list[float]:
    rest = Fraction(digits, 2 ** (digits.bit_length() - 1))
    found = []
    for i in range(1, 5):
        bits = 33 * i - 1
        own = Fraction(int(rest * 2**bits), 2**bits) if i < 4 else rest
        found.append(float(own))
        rest -= own
    return found


PARTS = _in_parts(HALF_PI)


def reduced(body: Body, x: Pair) -> tuple[Pair, Pair, Pair]:
    """Return SHIFT + k, r, and what r lacks."""
    shifted = body.keep(x * TWO_OVER_PI + SHIFT)
    k = body.keep(shifted - SHIFT)
    r = body.keep(x - k * PARTS[0])
    lacks: Pair | None = None
    for part in PARTS[1:]:
        term = body.keep(k * part)
        less = body.keep(r - term)
        back = body.keep(r - less)
        error = (r - (less + back)) + (back - term)
        lacks = body.keep(error if lacks is None else lacks + error)
        r = less
    assert lacks is not None
    total = body.keep(r + lacks)
    return shifted, total, body.keep((r - total) + lacks)


def sin_of(body: Body, r: Pair, lacks: Pair) -> Pair:
    """Return sin(r), for r up to pi/4."""
    square = body.keep(r * r)
    return r + (square * r * _series(square, SIN) + lacks * (1.0 - 0.5 * square))


def cos_of(body: Body, r: Pair, lacks: Pair) -> Pair:
    """Return cos(r), for r up to pi/4."""
    square = body.keep(r * r)
    half = body.keep(0.5 * square)
    top = body.keep(1.0 - half)
    return top + (((1.0 - top) - half) + (square * square * _series(square, COS) - r * lacks))


def _series(square: Pair, factors: list[float]) -> Pair:
    found: Pair = square * factors[-1] + factors[-2]
    for factor in factors[-3::-1]:
        found = factor + square * found
    return found


def sin(body: Body, x: Pair) -> Pair:
    """The sine."""
    return _turned(body, x, [0])[0]


def cos(body: Body, x: Pair) -> Pair:
    """The cosine."""
    return _turned(body, x, [1])[0]


def sin_and_cos(body: Body, x: Pair) -> tuple[Pair, Pair]:
    """Both."""
    sin, cos = _turned(body, x, [0, 1])
    return body.keep(sin), cos


def _turned(body: Body, x: Pair, turns: Sequence[int]) -> list[Pair]:
    """Return the sines of what is some quarters of a turn further."""
    shifted, r, lacks = reduced(body, x)
    sine, cosine = body.keep(sin_of(body, r, lacks)), body.keep(cos_of(body, r, lacks))
    found = []
    for quarters in turns:
        k = body.keep(shifted.bits + quarters)
        is_other = (k << 63).equals(-(2**63))
        turned = (is_other.chooses(cosine, sine).bits ^ ((k >> 1) << 63)).floats
        turned = (abs(x) > TINY).chooses(turned, x) if not quarters else turned
        found.append((abs(x) <= FAR).chooses(turned, NAN))
    return found
