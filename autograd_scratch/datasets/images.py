"""Digits on 8 by 8 points: handwriting, which chance moves, leans, bends and makes thick or thin.

A digit is drawn with a round pen on 32 by 32 dots, and the dots in each 4 by 4 are counted, as the data set
was made that is known from scikit-learn (E. Alpaydin and C. Kaynak, 1998). Nothing is computed but whole
numbers, sums, products, quotients and a square root, so that a seed gives the same bits on every machine.
"""

from functools import cache
from math import sqrt
from random import Random
from typing import NamedTuple

from ..ieee import whole
from ..seeds import Seed, random_from
from ..signatures import call_form
from .handwriting import SHEET

Mark = tuple[int, int]  # column and row of the sheet's cell
Image = tuple[float, ...]

_DOTS, _POINTS = 32, 8
_SIDE = _DOTS // _POINTS
_PENS = (3, 4, 5)  # dots across
_NOISE = (-1, 1, *[0] * 14)  # dots


@call_form("digits(1_000, seed=0), or shaped(digits(1_000, seed=0), (1, 8, 8))")
def digits(count: int, *, seed: Seed = None) -> list[tuple[Image, int]]:
    """Return `count` images of the digits 0 to 9 in turn, and which digit it is.

    An image is 64 numbers, row by row, from 0 for paper to 1 for ink in steps of 1/16; `shaped` makes rows
    of them. Another seed gives other images by the same hands: learn from those of one, and test on those
    of another.

    >>> image, digit = digits(3, seed=0)[2]
    >>> for start in range(0, 64, 8):
    ...     print("".join(".-+#"[round(3 * ink)] for ink in image[start : start + 8]))
    .-##-...
    .++++...
    .-.-#...
    ...+#...
    ...#+...
    ..-#....
    ..+#++-.
    ..++++-.
    """
    count, random = whole(count, "the count of digits"), random_from(seed)
    hands = drawn_by_hand()
    return [(_image(random.choice(hands)[i % 10], random), i % 10) for i in range(count)]


class Glyph(NamedTuple):
    """A digit as it is on the sheet: its marks, and which of them the pen joins."""

    marks: list[Mark]
    strokes: list[tuple[Mark, Mark]]


@cache
def drawn_by_hand() -> list[list[Glyph]]:
    """Return the ten digits of each hand on the sheet."""
    blocks = [[row.split() for row in block.split("\n")] for block in SHEET.strip().split("\n\n")]
    return [[_glyph(rows) for rows in zip(*block)] for block in blocks]


def _glyph(rows: tuple[str, ...]) -> Glyph:
    marks = [(c, r) for r, row in enumerate(rows) for c, sign in enumerate(row) if sign == "#"]
    strokes = []
    for c, r in marks:
        for across, down in ((1, 0), (0, 1), (1, 1), (-1, 1)):
            is_corner = across and down and ((c + across, r) in marks or (c, r + down) in marks)
            if (c + across, r + down) in marks and not is_corner:
                strokes.append(((c, r), (c + across, r + down)))
    return Glyph(marks, strokes)


def _image(glyph: Glyph, random: Random) -> Image:
    """Draw a glyph, and count: each row of dots is a number, and a dot one of its bits."""
    page = [0] * _DOTS
    pen = _pen(random.choice(_PENS))
    places = _places(glyph.marks, random)
    for start, end in glyph.strokes:
        (x, y), (x1, y1) = places[start], places[end]
        for part in (0.0, 1 / 3, 2 / 3, 1.0):
            left = round(x + part * (x1 - x) - len(pen) / 2)
            top = round(y + part * (y1 - y) - len(pen) / 2)
            for row, dots in enumerate(pen, top):
                if 0 <= row < _DOTS:
                    page[row] |= dots << left if left >= 0 else dots >> -left
    return tuple(
        _grey(sum((page[row] >> column & 15).bit_count() for row in range(top, top + _SIDE)), random)
        for top in range(0, _DOTS, _SIDE)
        for column in range(0, _DOTS, _SIDE)
    )


def _places(marks: list[Mark], random: Random) -> dict[Mark, tuple[float, float]]:
    """Return where on the page the marks come to lie: the middle of the cell near that of the page."""
    turn, lean = random.uniform(-0.1, 0.1), random.uniform(-0.3, 0.3)
    bend, sag = random.uniform(-0.05, 0.05), random.uniform(-0.05, 0.05)
    width, height = random.uniform(8.4, 12.6), random.uniform(11.0, 14.0)
    right, down = random.uniform(13.0, 19.0), random.uniform(14.0, 18.0)
    length = sqrt(1.0 + turn * turn)
    places = {}
    for mark in marks:
        u, v = (mark[0] - 3) / 4, (mark[1] - 4) / 4
        x = width * (u + lean * v + bend * (1.0 - 2.0 * v * v))
        y = height * (v + sag * (1.0 - 2.0 * u * u))
        trembling = random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)
        places[mark] = (
            right + (x + turn * y) / length + trembling[0],
            down + (y - turn * x) / length + trembling[1],
        )
    return places


@cache
def _pen(size: int) -> list[int]:
    """Return the rows of a round pen, so many dots across.

    >>> [f"{dots:04b}" for dots in _pen(4)]
    ['0110', '1111', '1111', '0110']
    """
    middle = (size - 1) / 2
    return [
        sum(1 << x for x in range(size) if (x - middle) ** 2 + (y - middle) ** 2 <= size * size / 4)
        for y in range(size)
    ]


def _grey(dots: int, random: Random) -> float:
    """Return how dark a point of so many dots is, here and there of one more or less."""
    noise = random.choice(_NOISE)
    return min(max(dots + noise, 0), _SIDE * _SIDE) / (_SIDE * _SIDE)
