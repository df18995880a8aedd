"""Cosines and powers in arithmetic alone, whose bits are the same on every machine."""

# of the series of sin²(π x / 2) in x²; what is missing is below a tenth of the last bit
_FIRST = 2.4674011002723395
_REST = (
    1.5663238771849278e-16,  # of the first one what does not fit into it
    -2.0293560632083842,
    0.6676313844272947,
    -0.1176653151794466,
    0.01290344569500703,
    -0.0009647871547019616,
    5.231905246242285e-05,
    -2.1515347935164736e-06,
    6.939476231106886e-08,
    -1.8023653987312506e-09,
    3.850353565300677e-11,
    -6.884323640188707e-13,
)


def half_cosine(part: float, whole: float) -> float:
    """Return (1 + cos(π · part / whole)) / 2, from 1 at 0 down to 0 at the whole, and so on.

    >>> half_cosine(0, 4), round(half_cosine(2, 4), 12), half_cosine(4, 4), half_cosine(8, 4)
    (1.0, 0.5, 0.0, 1.0)
    """
    left = abs(whole - abs(part) % (2 * whole))
    if 2 * left <= whole:
        return _squared_sine(left, whole)
    return 1.0 - _squared_sine(whole - left, whole)


def _squared_sine(part: float, whole: float) -> float:
    """Return sin²(π / 2 · part / whole), up to the half."""
    square = part * part / (whole * whole)  # of integers it is rounded once
    rest = 0.0
    for coefficient in reversed(_REST):
        rest = rest * square + coefficient
    return square * _FIRST + square * rest


def power(base: float, exponent: float) -> float:
    """Return a power: by multiplication where the exponent is whole and at least 0.

    >>> power(0.5, 3), power(0.0, 0), power(4.0, 0.5)
    (0.125, 1.0, 2.0)
    """
    if exponent < 0 or exponent != int(exponent):
        return float(base**exponent)
    found, square, left = 1.0, base, int(exponent)
    while left:
        if left % 2:
            found *= square
        square *= square
        left //= 2
    return found
