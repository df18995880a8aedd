"""How plain numbers are set: as decimals, as roots, and in lowest terms where that is exact."""

from collections.abc import Sequence
from math import gcd, prod, sqrt

from .pieces import ATOM, POWER, PRODUCT, SUM, Piece
from .symbols import is_rounded, number

_LARGEST, _LARGEST_ROOT = 1e9, 1e3
DIGITS = 6  # at most, of a number of the source


def in_lowest_terms(
    above: Sequence[float], below: Sequence[float], has_line: bool
) -> tuple[list[float], list[float]]:
    """Return what numbers above and below a line are in lowest terms; of others than whole ones, the same.

    A float that is one divided by a whole number is that quotient where there is a line already, or where
    its digits are too many to be written.

    >>> in_lowest_terms([2.0], [20.0], True), in_lowest_terms([0.3], [4.0], True)
    (([], [10]), ([0.3], [4.0]))
    >>> [in_lowest_terms([x], [], False) for x in (1 / 60, 0.5, 3.0)]
    [([], [60]), ([0.5], []), ([3.0], [])]
    """
    if not has_line and not any(is_rounded(x, DIGITS) for x in above):
        return [*above], [*below]
    inverses = [_inverse(x) for x in above]
    upper = [x for x, inverse in zip(above, inverses) if inverse is None]
    lower = [*below, *(inverse for inverse in inverses if inverse is not None)]
    if not all(_is_whole(x) for x in (*upper, *lower)) or not prod(lower):
        return [*above], [*below]
    n, m = prod(map(int, upper)), prod(map(int, lower))
    common = gcd(n, m)
    return [x for x in (n // common,) if x != 1], [x for x in (m // common,) if x != 1]


def _inverse(x: float) -> float | None:
    """Return the whole number that divides one to x; None where there is none."""
    n = round(1.0 / x) if 0.0 < x < 1.0 and 1.0 / x < _LARGEST else 0
    return float(n) if n and 1.0 / n == x else None


def _is_whole(x: float) -> bool:
    return abs(x) < _LARGEST and x == int(x)


def constant(x: float, digits: int = DIGITS) -> Piece:
    """Return a number."""
    text = number(x, digits)
    binds = SUM if text.startswith("-") else PRODUCT if " " in text else POWER if "^" in text else ATOM
    return Piece(text, binds)


def literal(x: float) -> Piece:
    r"""Return a number of the source, as a root where it is that of a whole number.

    >>> literal(2.0**0.5).text, literal(1.5).text
    ('\\sqrt{2}', '1.5')
    """
    square = round(x * x) if 0.0 < x < _LARGEST_ROOT else 0
    is_root = is_rounded(x, DIGITS) and sqrt(square) == x
    return Piece(rf"\sqrt{{{square}}}") if is_root else constant(x)
