"""Which classes the targets of a data set are, and where the output of a model divides them."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..arrays.containers import entries
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError


class Classes(NamedTuple):
    """The class of each row, by its number, and what each class is called.

    `level` is where one output divides two classes; None where each class has an output of its own.
    """

    of_rows: list[int]
    names: list[str]
    level: float | None


def classes_of(targets: Sequence[Any], outputs: int, level: float | None) -> Classes:
    """Return the classes of targets for a model of some outputs, divided at a level if it is given."""
    rows = [_numbers(target, i) for i, target in enumerate(targets)]
    if outputs == 1:
        return _divided([_only(row, i) for i, row in enumerate(rows)], level)
    if level is not None:
        raise DataError(
            f"level divides one output; of {outputs}, the largest is that of the class: leave it out"
        )
    return Classes(
        [_chosen(row, i, outputs) for i, row in enumerate(rows)], [*map(_name, range(outputs))], None
    )


def _divided(targets: Sequence[float], level: float | None) -> Classes:
    """Return two classes: the two numbers that there are among the targets, or those about a level.

    >>> _divided([1.0, -1.0], None)
    Classes(of_rows=[1, 0], names=['-1', '1'], level=0.0)
    >>> _divided([1.0, 2.0, 3.0], 2.5)
    Classes(of_rows=[0, 0, 1], names=['at most 2.5', 'above 2.5'], level=2.5)
    """
    found = sorted({*targets})
    if level is None:
        pair = next(([*pair] for pair in ((0.0, 1.0), (-1.0, 1.0)) if {*found} <= {*pair}), found)
        if len(pair) != 2:
            told = f"{len(found)} different numbers" if len(found) > 1 else f"all {_name(found[0])}"
            raise DataError(
                f"the targets are {told}, and one output divides two classes: give "
                "the level at which, level=0.5 say; of more classes a model has an output each"
            )
        level = pair[0] / 2.0 + pair[1] / 2.0
    else:
        pair = found
    names = [*map(_name, pair)] if len(pair) == 2 and pair[0] <= level < pair[1] else []
    names = names or [f"at most {_name(level)}", f"above {_name(level)}"]
    return Classes([int(target > level) for target in targets], names, level)


def _chosen(row: Sequence[float], i: int, outputs: int) -> int:
    """Return the class that a target tells by its number, or by a share for each.

    >>> _chosen([2.0], 0, 3), _chosen([0.0, 1.0, 0.0], 0, 3)
    (2, 1)
    """
    if len(row) == outputs:
        return max(range(outputs), key=row.__getitem__)
    number = _only(row, i)
    if number not in range(outputs):
        raise DataError(
            f"the target of row {i} is {_name(number)}, and {outputs} outputs have the classes 0 to "
            f"{outputs - 1}"
        )
    return int(number)


def _only(row: Sequence[float], i: int) -> float:
    if len(row) != 1:
        raise ShapeError(
            f"the target of row {i} has {len(row)} numbers: it must be the one of a class, or as many as "
            "the model has outputs"
        )
    return row[0]


def _numbers(target: Any, i: int) -> list[float]:
    """Return the numbers of a target, one or a row."""
    row = [number_of(entry, f"the target of row {i}") for _, entry in entries(target)]
    if not all(map(math.isfinite, row)):
        raise DataError(f"the target of row {i} is not finite: leave that row out")
    return row


def _name(number: float) -> str:
    return f"{number:.6g}"
