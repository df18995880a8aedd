"""A curve as a small picture: a few points of many numbers, and gaps where they are not finite."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import isfinite, log10

WIDTH, HEIGHT = 400, 120
_BUCKETS = 100  # each of which has a lowest and a highest point
_MARGIN, _DASH = 4, 3
_DECADES = 2  # from so many on the scale is logarithmic
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" fill="none">'
    '<path stroke="#808080" d="M0.5 0V{2}H{0}"/>'
    '<path stroke="#3b82f6" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="{3}"/></svg>'
)  # colours in the middle: to be seen on white and on black


def is_logarithmic(numbers: Sequence[float]) -> bool:
    """Say whether numbers are drawn on a logarithmic scale: positive ones, of more than two decades.

    >>> is_logarithmic([1.0, 0.001]), is_logarithmic([1.0, 0.1]), is_logarithmic([1.0, 0.0])
    (True, False, False)
    """
    finite = [*filter(isfinite, numbers)]
    return bool(finite) and min(finite) > 0.0 and log10(max(finite)) - log10(min(finite)) > _DECADES


def curve(numbers: Sequence[float]) -> str:
    """Return a picture of numbers, from the left to the right, as SVG of at most some 200 points.

    >>> curve([1.0, 3.0, 2.0]).count("L")
    2
    """
    heights = [log10(x) if isfinite(x) else x for x in numbers] if is_logarithmic(numbers) else numbers
    return _SVG.format(WIDTH, HEIGHT, HEIGHT - 0.5, "".join(_strokes(heights)))


def _strokes(heights: Sequence[float]) -> Iterator[str]:
    """Yield the parts of the path: a line for each run of finite numbers, a dash for one alone."""
    finite = [*filter(isfinite, heights)]
    if not finite:
        return
    low, span = min(finite) / 2, max(finite) / 2 - min(finite) / 2  # halves, whose difference is finite
    right, bottom = WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN
    last = max(len(heights) - 1, 1)
    for is_run, places in groupby(_shown(heights), key=lambda place: isfinite(heights[place])):
        if is_run:
            shares = [(place, (heights[place] / 2 - low) / span if span else 0.5) for place in places]
            points = [(_MARGIN + right * place / last, _MARGIN + bottom * (1 - y)) for place, y in shares]
            joined = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            yield f"M{joined}" if len(points) > 1 else f"M{joined}h{_DASH}"


def _shown(heights: Sequence[float]) -> Iterator[int]:
    """Yield the places of the numbers that are drawn: of many the lowest and highest of each bucket."""
    count = len(heights)
    if count <= 2 * _BUCKETS:
        yield from range(count)
        return
    for bucket in range(_BUCKETS):
        places = range(count * bucket // _BUCKETS, count * (bucket + 1) // _BUCKETS)
        finite = sorted((heights[place], place) for place in places if isfinite(heights[place]))
        ends = {place for _, place in (*finite[:1], *finite[-1:])}
        gap = [place for place in places if not isfinite(heights[place])][:1]
        yield from sorted([*ends, *gap])
