"""How plain numbers are written, and products with them: 2.0 * x / 15.0 for 0.13333333333333333 * x."""

import math
from fractions import Fraction
from functools import lru_cache

from ..expressions import PRODUCT, SIGN, Text
from ..expressions import constant as scalar_constant

SHORT = 12  # characters of a number that is written as it is
EXACT = 1 << 20  # below which a denominator is that of a float
LARGEST = (100, 1_000_000)  # numerator and denominator that people may have written


def constant(x: float) -> Text:
    """Write a plain number."""
    text = scalar_constant(x)
    if math.isfinite(x):
        return text
    return text._replace(text=text.text.replace("inf", "np.inf").replace("nan", "np.nan"))


@lru_cache(maxsize=1000)
def ratio(x: float) -> tuple[float, float] | None:
    """Return two whole numbers, of which a number of many digits is the quotient; None for others.

    >>> ratio(2.0 / 15.0), ratio(-1.0 / 60_000.0), ratio(0.1), ratio(0.7978845608028654)
    ((2.0, 15.0), (-1.0, 60000.0), None, None)
    """
    if len(repr(abs(x))) < SHORT or not math.isfinite(x) or Fraction(x).denominator < EXACT:
        return None
    short = Fraction(x).limit_denominator(LARGEST[1])
    above, below = float(short.numerator), float(short.denominator)
    return (above, below) if 0.0 < abs(above) <= LARGEST[0] and above / below == x else None


def quotient(x: float) -> Text:
    """Write a plain number of a backward part: one that is a quotient as such."""
    found = ratio(x)
    return constant(x) if found is None else Text(f"{found[0]!r} / {found[1]!r}", PRODUCT)


def times(number: float, x: Text) -> Text:
    """Return the text of a product with a plain number in a backward part.

    >>> from ..expressions import SUM
    >>> times(2.0, Text("x / 8.0", PRODUCT)).text, times(-1.0 / 6.0, Text("a + b", SUM)).text
    ('2.0 * x / 8.0', '-(a + b) / 6.0')
    """
    above, below = ratio(number) or (number, 1.0)
    text, precedence = x.text, x.precedence
    if precedence != PRODUCT or " @ " in text:
        text, precedence = x.inside(SIGN), PRODUCT
    if above == -1.0:
        text = text[1:] if text.startswith("-") else f"-{text}"
    elif above != 1.0:
        text = f"{above!r} * {text}"
    if below != 1.0:
        text = f"{text} / {below!r}"
    return Text(text, precedence, x.depth + 1)
