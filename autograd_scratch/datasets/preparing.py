"""How data are got ready for training: parts, batches, scales, shapes."""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

from ..errors import DataError, RangeError, ShapeError
from ..ieee import describe, real, whole
from ..primitives.arguments import is_row
from ..seeds import Seed, random_from
from ..signatures import call_form
from .checks import finite

T = TypeVar("T")


@call_form("split(data, 0.8, seed=0), of X and y with data=list(zip(X, y))")
def split(data: Sequence[T], share: float = 0.8, *, seed: Seed = None) -> tuple[list[T], list[T]]:
    """Return two parts of data, shuffled: a `share` between 0 and 1 to learn from, and the rest to test on.

    >>> train, held_out = split(range(10), 0.8, seed=0)
    >>> len(train), sorted(train + held_out) == [*range(10)]
    (8, True)
    """
    rows, part = _listed(data), real(share, "the share of split")
    if not 0.0 < part < 1.0:
        raise RangeError(f"the share of split is what one learns from, between 0 and 1, not {share}")
    count = round(part * len(rows))
    if not 0 < count < len(rows):
        raise ShapeError(f"split of {len(rows)} rows by {share} leaves one of the two parts empty")
    random_from(seed).shuffle(rows)
    return rows[:count], rows[count:]


@call_form("batches(data, 32, seed=random), of X and y with data=list(zip(X, y))")
def batches(data: Sequence[T], size: int, *, seed: Seed = None) -> list[list[T]]:
    """Return data in batches of so many rows, the last perhaps of less; shuffled if there is a seed.

    A `random.Random` as the seed goes on from epoch to epoch, and an int shuffles each in the same way.

    >>> batches([3, 1, 4, 1, 5], 2)
    [[3, 1], [4, 1], [5]]
    """
    rows, size = _listed(data), whole(size, "the size of batches", 1)
    if seed is not None:
        random_from(seed).shuffle(rows)
    return [rows[i : i + size] for i in range(0, len(rows), size)]


@call_form("standardize(held_out, like=train)")
def standardize(
    data: Sequence[tuple[Any, T]], *, like: Sequence[tuple[Any, Any]] | None = None
) -> list[tuple[tuple[float, ...], T]]:
    """Return data whose inputs are moved and scaled: each has the mean 0 and the standard deviation 1.

    With `like` they are moved and scaled as would be right for these other data, which is how those are
    treated that one tests on. What never changes becomes 0.

    >>> standardize([([1.0, 5.0], "a"), ([3.0, 5.0], "b")])
    [((-1.0, 0.0), 'a'), ((1.0, 0.0), 'b')]
    """
    pairs = _pairs(data)
    rows = _numbers(pairs)
    model = rows if like is None else _numbers(_pairs(like))
    if not model:
        raise ShapeError("there is nothing to standardize by: the data are empty")
    spreads = [*map(_spread, zip(*model))]
    if rows and len(rows[0]) != len(spreads):
        raise ShapeError(f"rows of {len(rows[0])} inputs are not like rows of {len(spreads)}")
    return [
        (tuple((x - mean) / deviation for x, (mean, deviation) in zip(row, spreads)), target)
        for row, (_, target) in zip(rows, pairs)
    ]


@call_form("shaped(digits(1_000, seed=0), (1, 8, 8))")
def shaped(data: Sequence[tuple[Any, T]], shape: Sequence[int]) -> list[tuple[Any, T]]:
    """Return data whose inputs have another shape: the same numbers in the same order.

    >>> shaped([((1.0, 2.0, 3.0, 4.0), 0)], (1, 2, 2))
    [((((1.0, 2.0), (3.0, 4.0)),), 0)]
    """
    if not is_row(shape):
        raise DataError(f"a shape is a row of lengths, as in (1, 8, 8), not {describe(shape)}")
    lengths = [whole(length, "each length of a shape", 1) for length in shape]
    return [(_nested(x, lengths), target) for x, target in _pairs(data)]


@call_form("one_hot(2, classes=10)")
def one_hot(label: int, classes: int) -> list[float]:
    """Return a number for each of so many classes, which are counted from 0: 1 for the label, else 0.

    >>> one_hot(2, classes=4)
    [0.0, 0.0, 1.0, 0.0]
    """
    if is_row(label):
        raise DataError("one_hot is of one label: write [one_hot(label, classes=10) for label in labels]")
    label, classes = whole(label, "a label"), whole(classes, "the classes of one_hot", 1)
    if label >= classes:
        raise RangeError(f"the label {label} is none of {classes} classes, which are 0 to {classes - 1}")
    return [float(label == kind) for kind in range(classes)]


def _listed(data: Any) -> list[Any]:
    if not is_row(data):
        raise DataError(f"data are rows, in a list or an array, not {describe(data)}")
    return list(data)


def _pairs(data: Any) -> list[tuple[Any, Any]]:
    try:
        return [(x, target) for x, target in _listed(data)]
    except (TypeError, ValueError) as fault:
        if isinstance(fault, DataError):
            raise
        raise ShapeError(
            "the data are no pairs of inputs and a target; of X and y make them by list(zip(X, y))"
        ) from None


def _numbers(pairs: list[tuple[Any, Any]]) -> list[tuple[float, ...]]:
    """Return the inputs of pairs, which are rows of one length."""
    rows = [
        tuple(finite(x, "each input that is standardized") for x in (row if is_row(row) else [row]))
        for row, _ in pairs
    ]
    if len({*map(len, rows)}) > 1:
        raise ShapeError("the rows that are standardized have different lengths")
    return rows


def _spread(column: tuple[float, ...]) -> tuple[float, float]:
    """Return the mean of numbers and their standard deviation, or 1 where all are the same."""
    if min(column) == max(column):
        return column[0], 1.0
    mean = math.fsum(column) / len(column)
    return mean, math.dist(column, [mean] * len(column)) / math.sqrt(len(column))


def _nested(entries: Any, lengths: list[int]) -> Any:
    flat = [entries]
    while flat and all(map(is_row, flat)):
        flat = [entry for row in flat for entry in row]
    if len(flat) != math.prod(lengths):
        raise ShapeError(f"{len(flat)} numbers have no shape {tuple(lengths)}")
    for length in reversed(lengths):
        flat = [tuple(flat[i : i + length]) for i in range(0, len(flat), length)]
    return flat[0]
