"""The functions of `math` on Decimals, to the precision of the current context.

Each computes with digits to spare and rounds once. Decimal itself has exp, ln, log10, sqrt and powers;
all others come from these, but for series for the trigonometric functions and the error function.
"""

from collections.abc import Callable
from decimal import Decimal, getcontext, localcontext
from functools import lru_cache, wraps
from math import isqrt

GUARD = 12
ONE, HALF = Decimal(1), Decimal("0.5")
DIGITS_A_NEPER = Decimal("0.4343")


def _guarded(function: Callable[..., Decimal]) -> Callable[..., Decimal]:
    @wraps(function)
    def rounded(*args: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec += GUARD
            out = function(*args)
        return +out

    return rounded


def _more_digits(count: int) -> None:
    """Compute with more digits in the context of the function that calls this."""
    getcontext().prec += max(count, 0)


def exp(x: Decimal) -> Decimal:
    """E to the power `x`."""
    return x.exp()


def log(x: Decimal) -> Decimal:
    """The natural logarithm."""
    return x.ln()


def log10(x: Decimal) -> Decimal:
    """The logarithm to base 10."""
    return x.log10()


def sqrt(x: Decimal) -> Decimal:
    """The square root."""
    return x.sqrt()


@_guarded
def log2(x: Decimal) -> Decimal:
    """The logarithm to base 2."""
    return x.ln() / Decimal(2).ln()


@_guarded
def exp2(x: Decimal) -> Decimal:
    """2 to the power `x`."""
    return Decimal(2) ** x


@_guarded
def expm1(x: Decimal) -> Decimal:
    """exp(x) - 1.

    >>> print(expm1(Decimal("1e-20")))
    1.000000000000000000005000000E-20
    """
    if x.adjusted() < -getcontext().prec:
        return x + HALF * x * x
    _more_digits(-x.adjusted())
    return x.exp() - 1


@_guarded
def log1p(x: Decimal) -> Decimal:
    """log(1 + x)."""
    if x.adjusted() < -getcontext().prec:
        return x - HALF * x * x
    _more_digits(-x.adjusted())
    return (1 + x).ln()


@_guarded
def sinh(x: Decimal) -> Decimal:
    """The hyperbolic sine."""
    grown = expm1(abs(x))
    return (HALF * (grown + grown / (1 + grown))).copy_sign(x)


@_guarded
def cosh(x: Decimal) -> Decimal:
    """The hyperbolic cosine."""
    return HALF * (x.exp() + (-x).exp())


@_guarded
def tanh(x: Decimal) -> Decimal:
    """The hyperbolic tangent.

    >>> print(tanh(Decimal("0.5")))
    0.4621171572600097585023184836
    """
    shrunk = expm1(-2 * abs(x))
    return (-shrunk / (2 + shrunk)).copy_sign(x)


@_guarded
def asinh(x: Decimal) -> Decimal:
    """The number whose hyperbolic sine is `x`."""
    size = abs(x)
    return log1p(size + size * size / (1 + (1 + size * size).sqrt())).copy_sign(x)


@_guarded
def acosh(x: Decimal) -> Decimal:
    """The nonnegative number whose hyperbolic cosine is `x`."""
    above = x - 1
    return log1p(above + (above * (above + 2)).sqrt())


@_guarded
def atanh(x: Decimal) -> Decimal:
    """The number whose hyperbolic tangent is `x`."""
    size = abs(x)
    return (HALF * log1p(2 * size / (1 - size))).copy_sign(x)


@_guarded
def hypot(*coordinates: Decimal) -> Decimal:
    """The Euclidean length of a vector."""
    return sum((x * x for x in coordinates), Decimal(0)).sqrt()


@_guarded
def cbrt(x: Decimal) -> Decimal:
    """The cube root, of negative numbers too."""
    return (abs(x) ** (ONE / 3)).copy_sign(x)


@lru_cache(maxsize=16)
def _pi(digits: int) -> Decimal:
    """Return pi, by Machin's formula in integers."""
    unit: int = 10 ** (digits + GUARD)

    def arctangent_of_inverse(n: int) -> int:
        total = power = unit // n
        k = 1
        while power:
            power //= -n * n
            k += 2
            total += power // k
        return total

    return Decimal(16 * arctangent_of_inverse(5) - 4 * arctangent_of_inverse(239)).scaleb(-digits - GUARD)


def _half_turn() -> Decimal:
    return _pi(getcontext().prec)


def _from_quarter(x: Decimal) -> tuple[int, Decimal]:
    """Return the number of quarter turns nearest to `x`, modulo 4, and what is left over, in full."""
    if not x.is_finite():
        raise ValueError(f"{x} is no angle")
    _more_digits(x.adjusted())
    quarters = int((2 * x / _half_turn()).to_integral_value())
    if not quarters:
        return 0, x
    _more_digits(-(x - quarters * _half_turn() / 2).adjusted())
    return quarters % 4, x - quarters * _half_turn() / 2


def _alternating(term: Decimal, x: Decimal, n: int) -> Decimal:
    """Add up x**n / n! - x**(n+2) / (n+2)! + ..., whose first term is given."""
    total = Decimal(0)
    while total + term != total:
        total += term
        term *= -x * x / ((n + 1) * (n + 2))
        n += 2
    return total


def _sine(quarters: int, x: Decimal) -> Decimal:
    """The sine of `x` and some quarter turns."""
    size = _alternating(ONE, x, 0) if quarters % 2 else _alternating(x, x, 1)
    return -size if quarters % 4 > 1 else size


@_guarded
def sin(x: Decimal) -> Decimal:
    """The sine.

    >>> print(sin(Decimal(1)))
    0.8414709848078965066525023216
    """
    return _sine(*_from_quarter(x))


@_guarded
def cos(x: Decimal) -> Decimal:
    """The cosine."""
    quarters, rest = _from_quarter(x)
    return _sine(quarters + 1, rest)


@_guarded
def tan(x: Decimal) -> Decimal:
    """The tangent."""
    quarters, rest = _from_quarter(x)
    return _sine(quarters, rest) / _sine(quarters + 1, rest)


@_guarded
def atan(x: Decimal) -> Decimal:
    """The angle from -pi/2 to pi/2 whose tangent is `x`."""
    if abs(x) > 1:
        return (_half_turn() / 2).copy_sign(x) - atan(1 / x)
    halvings = isqrt(getcontext().prec)
    for _ in range(halvings):
        x = x / (1 + (1 + x * x).sqrt())
    total, power, n = Decimal(0), x, 1
    while total + power / n != total:
        total += power / n
        power *= -x * x
        n += 2
    return total * (1 << halvings)


@_guarded
def atan2(y: Decimal, x: Decimal) -> Decimal:
    """The angle of the point (x, y) with the x axis."""
    if x > 0:
        return atan(y / x)
    if x < 0:
        return atan(y / x) + _half_turn().copy_sign(y)
    if y:
        return (_half_turn() / 2).copy_sign(y)
    return (_half_turn() if x.is_signed() else Decimal(0)).copy_sign(y)


@_guarded
def asin(x: Decimal) -> Decimal:
    """The angle from -pi/2 to pi/2 whose sine is `x`."""
    return atan2(x, ((1 - x) * (1 + x)).sqrt())


@_guarded
def acos(x: Decimal) -> Decimal:
    """The angle from 0 to pi whose cosine is `x`."""
    return 2 * atan2((1 - x).sqrt(), (1 + x).sqrt())


@_guarded
def degrees(x: Decimal) -> Decimal:
    """An angle in degrees."""
    return x * 180 / _half_turn()


@_guarded
def radians(x: Decimal) -> Decimal:
    """An angle in radians."""
    return x * _half_turn() / 180


@_guarded
def erf(x: Decimal) -> Decimal:
    """The error function (DLMF 7.6.2)."""
    if x * x * DIGITS_A_NEPER > getcontext().prec:
        return ONE.copy_sign(x)
    total, term, n = Decimal(0), x, 1
    while total + term != total:
        total += term
        n += 2
        term *= 2 * x * x / n
    return 2 * total * (-x * x).exp() / _half_turn().sqrt()


@_guarded
def erfc(x: Decimal) -> Decimal:
    """1 - erf(x), with all its digits: by erf to more of them, or far out by DLMF 7.12.1."""
    digits = x * x * DIGITS_A_NEPER
    if x < 1 or digits < getcontext().prec + 3:
        _more_digits(int(digits) + 3 if x > 0 else 0)
        return 1 - erf(x)
    _more_digits(2 * x.adjusted())
    total, term, n = Decimal(0), ONE, 1
    while total + term != total:
        total += term
        term *= -n / (2 * x * x)
        n += 2
    return total * (-x * x).exp() / (x * _half_turn().sqrt())
