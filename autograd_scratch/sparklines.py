"""How many numbers are shown in a few signs of text.

>>> sparkline([8.0, 4.0, 2.0, 1.0])
'█▄▂▁'
"""

import math
from collections.abc import Iterable, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.:-=+*#"
NOT_FINITE = "!"
WIDTH = 24  # signs
DECADES = 2  # within which numbers are told apart on a linear scale


def sparkline(numbers: Sequence[float], width: int = WIDTH, signs: str = BLOCKS) -> str:
    """Return a sign for each number, or for the mean of each of `width` parts of them.

    `signs` are those from the least to the largest; a part with a nan or an infinity is `!`. The scale
    is logarithmic where `suits_log` says so.

    >>> sparkline([0.5, -0.5, 0.0, math.nan], signs=ASCII)
    '#_=!'
    >>> sparkline(range(1_000), 8), sparkline([3.0, 3.0]), sparkline([])
    ('▁▂▃▄▅▆▇█', '▄▄', '')
    """
    log = suits_log(numbers)
    halves = [_mean(part, log) / 2.0 for part in _parts(numbers, width)]  # no difference overflows
    finite = [half for half in halves if math.isfinite(half)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_sign(half, low, high, signs) for half in halves)


def suits_log(numbers: Iterable[float]) -> bool:
    """Say whether the numbers, but for infinities and nan, are positive and span more than two decades.

    >>> suits_log([0.5, 1e-4, math.nan]), suits_log([0.5, 0.1]), suits_log([0.5, 0.0])
    (True, False, False)
    """
    finite = [x for x in numbers if math.isfinite(x)]
    return bool(finite) and 0.0 < min(finite) < max(finite) / 10.0**DECADES


def signs_for(stream: object) -> str:
    """Return the signs that a stream, such as `sys.stdout`, can write: blocks, or those of ASCII.

    >>> from io import BytesIO, TextIOWrapper
    >>> signs_for(TextIOWrapper(BytesIO(), encoding="cp1252"))
    '_.:-=+*#'
    """
    try:
        BLOCKS.encode(getattr(stream, "encoding", None) or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return BLOCKS


def _parts(numbers: Sequence[float], width: int) -> list[Sequence[float]]:
    """Divide numbers into at most `width` parts that are as long as one another, or one longer."""
    count, width = len(numbers), min(width, len(numbers))
    return [numbers[i * count // width : (i + 1) * count // width] for i in range(width)]


def _mean(part: Sequence[float], log: bool) -> float:
    """Return the mean of numbers, or of their logarithms; nan where one is not finite."""
    if not all(map(math.isfinite, part)):
        return math.nan
    return math.fsum((math.log10(x) if log else x) / len(part) for x in part)


def _sign(number: float, low: float, high: float, signs: str) -> str:
    """Return the sign for the height of a number between two others; where these are one, a middle sign."""
    if not math.isfinite(number):
        return NOT_FINITE
    top = len(signs) - 1
    return signs[min(int((number - low) / (high - low) * len(signs)), top) if low < high else top // 2]
