"""Chance as a formula: from the count of steps and the number of a row come numbers that look random.

All of it is exact: numbers have 26 binary digits, and products less than 53. So the same bits come in
Python, NumPy and WebAssembly, and the code serves floats, and Values where a training run is recorded.

A square keeps digits of its middle, as in B. Widynski, "Squares: A Fast Counter-Based RNG", 2020.

    >>> [round(uniform(words(step=1.0, row=row), 31415927.0), 4) for row in (0.0, 1.0, 2.0)]
    [0.0376, 0.9952, 0.9359]
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from math import prod
from random import Random
from typing import Any

from ..errors import TracingError
from ..primitives import where
from ..seeds import Seed, random_from
from ..value import Value
from .shapes import Shape

Words = tuple[Any, Any]

_BITS = 26
_WHOLE = 2.0**_BITS
_UNIT = 2.0**-_BITS
_SLOPE = 62089911.0 * _UNIT  # odd, so that no zeros gather at the end of a square
_MIDDLE = 2.0 ** (_BITS // 2)
_BEGIN = ((38957897.0, 32641979.0), (28659278.0, 27170681.0))  # of each word, and its odd factor


class Moment:
    """Where a training run is: its seed, the count of steps, and the rows that a model is called with.

    They are a batch, along the first axis of what layers are given, or one row without that axis.
    """

    def __init__(self, seed: int, step: Any, rows: Sequence[Any] = (0,), *, is_batch: bool = False) -> None:
        self.seed = seed
        self._step = step
        self._is_batch = is_batch
        self.begin(rows)

    def begin(self, rows: Sequence[Any]) -> None:
        """Go on to a call with other rows."""
        self._rows = rows
        self._words: list[Words] = []
        self._places = 0  # where layers have asked for masks

    def masks(self, seed: int, shape: Shape, p: float) -> list[Any]:
        """Return for each entry of an array 0 with probability p < 1, else 1 / (1 - p), in order."""
        if not self._words:
            self._words = [words(self._step, row) for row in self._rows]
        is_by_rows = self._is_batch and shape[:1] == (len(self._rows),)
        place = _factors(seed, self._places, prod(shape[is_by_rows:]))
        self._places += 1
        kept = 1.0 / (1.0 - p)
        return [
            where(uniform(own, factor) >= p, kept, 0.0)
            for own in (self._words if is_by_rows else self._words[:1])
            for factor in place
        ]


_moment: ContextVar[Moment | None] = ContextVar("moment", default=None)


def moment() -> Moment | None:
    """Return where the training run is that goes on, if one does."""
    return _moment.get()


class Draws:
    """What a layer draws from: a seed of its own, or without one that of the training run."""

    def __init__(self, seed: Seed) -> None:
        self._seed = random_from(seed).getrandbits(48)
        self._is_own = seed is not None
        self._calls = 0

    def masks(self, p: float, shape: Shape, told: Callable[[], str]) -> list[Any]:
        """Return for each entry of an array 0 with probability p, else 1 / (1 - p), in order."""
        if p == 1.0:
            return [0.0] * prod(shape)
        now = moment()
        if now is None:
            if Value.is_traced():
                raise TracingError(
                    f"{told()} leaves out other entries in each call, and derived code does the same for "
                    "ever; write model.eval(), or train by fit, whose code draws in each step"
                )
            now = Moment(self._seed, self._calls)
            self._calls += 1
        return now.masks(self._seed if self._is_own else now.seed, shape, p)


@contextmanager
def at(moment: Moment) -> Iterator[None]:
    """Say where a training run is while a model is called."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def words(step: Any, row: Any) -> Words:
    """Return the two numbers, from 0 to below 1, that a step has for a row; both may be Values.

    Each 2 ** 26 steps they come again; rows are fewer.
    """
    share = _fraction(step * _UNIT)
    found = []
    for begin, factor in _BEGIN:
        word = _stirred(_fraction(begin * _UNIT + share * factor))
        found.append(_stirred(_stirred(_fraction(word + row * (factor * _UNIT)))))
    return found[0], found[1]


def uniform(words: Words, factor: float) -> Any:
    """Return a number from 0 to below 1 for a place, which is told by an odd factor below 2 ** 26."""
    first, second = words
    return _square(_fraction(first * factor + second))


@lru_cache(maxsize=256)
def _factors(seed: int, place: int, count: int) -> tuple[float, ...]:
    """Draw the factors of so many entries: other ones for each seed, and each place in a model."""
    random = Random(f"{seed} {place}")
    return tuple(2.0 * random.getrandbits(_BITS - 1) + 1.0 for _ in range(count))


def _fraction(x: Any) -> Any:
    return x - math.floor(x)


def _square(x: Any) -> Any:
    """Return the middle of a square, or nearly one, and all digits after it."""
    return _fraction(_MIDDLE * x * (x + _SLOPE))


def _stirred(x: Any) -> Any:
    return math.floor(_square(x) * _WHOLE) * _UNIT
