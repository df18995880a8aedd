"""erf and erfc of pairs, in plain arithmetic.

For x >= 0, (1 + 2 x) exp(x**2) erfc(x) is smooth in t = (x - 3.75) / (x + 3.75): a Chebyshev series, whose
coefficients are integrals that mpmath has taken with forty digits. Near 0 erf is its Taylor series. The
idea is that of M. M. Shepherd, J. G. Laframboise, Mathematics of Computation 36 (1981).
"""

from math import factorial, pi, sqrt

from .exponential import LEAST
from .pairs import Body, Pair, pair, series
from .powers import exp_of_sum, times

MIDDLE = 3.75
NEAR = 0.5  # up to which erf is a Taylor series
SLOPE = 2.0 / sqrt(pi)
TAYLOR = [(-1.0) ** n / (factorial(n) * (2 * n + 1)) for n in range(1, 13)]  # of erf(x) / (SLOPE x) - 1
CHEBYSHEV = (
    *(1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189),
    *(-0.026658668435305753, 0.009074997670705265, -0.002413163540417608, 0.0004907758365258086),
    *(-6.916973302501207e-05, 4.13902798607301e-06, 7.74038306619849e-07, -2.1886401049234397e-07),
    *(1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10, -6.318088340886684e-11),
    *(2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14),
    *(3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17),
    *(5.068148904796111e-17, -2.2370566594359995e-18, -2.187342944303018e-18),
)


def erf(body: Body, x: Pair) -> Pair:
    """The error function."""
    size = body.keep(abs(x))
    far = body.keep(1.0 - _tail(body, size))
    found = (size < NEAR).chooses(_near(body, size), far)
    return found.signed_as(x)


def erfc(body: Body, x: Pair) -> Pair:
    """1 - erf(x), with all digits where that is small."""
    tail = body.keep(_tail(body, body.keep(abs(x))))
    far = body.keep((x < 0.0).chooses(2.0 - tail, tail))
    return (abs(x) < NEAR).chooses(1.0 - _near(body, x), far)


def _near(body: Body, x: Pair) -> Pair:
    """Return erf(x) near 0."""
    square = body.keep(x * x)
    own = body.keep(SLOPE * x)
    return body.keep(own + own * series(square, TAYLOR))


def _tail(body: Body, x: Pair) -> Pair:
    """Return erfc(x) for a number that is not negative."""
    within = body.keep(x.at_most(30.0))
    t = body.keep((within - MIDDLE) / (within + MIDDLE))
    twice = body.keep(2.0 * t)
    last, total = pair(0.0), pair(CHEBYSHEV[-1])
    for factor in CHEBYSHEV[-2:0:-1]:
        last, total = total, body.keep(factor + (twice * total - last))
    smooth = CHEBYSHEV[0] + (t * total - last)
    return body.keep(_of_square(body, within) * (smooth / (1.0 + 2.0 * within)))


def _of_square(body: Body, x: Pair) -> Pair:
    """Return exp(-x**2), whose exponent is a sum of two floats."""
    square, lacks = times(body, x, x)
    within = body.keep((-square).at_least(LEAST))
    is_far = square > -LEAST
    return body.keep(exp_of_sum(body, within, body.keep(is_far.chooses(0.0, -lacks))))
