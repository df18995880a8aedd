"""Whether targets go with inputs at all: tests of the rows themselves, without a model.

Targets that were shuffled apart from their inputs, or inputs that a reshape has mixed up, look like data.
That they are none is told where targets in any other order go with the inputs as well as they do.
"""

import math
from collections.abc import Callable, Sequence
from operator import mul
from random import Random
from typing import Any

from .case import Case, numbers_in
from .findings import Finding
from .variations import standardized

ROWS = 120  # which are looked at
FEWEST = 40  # rows, below which chance decides
ORDERS = 99
CHANCE = 0.03  # how likely what is seen may be where nothing goes with anything
SURE = 0.3  # how likely it is where nobody asks further

Table = list[list[float]]
Columns = Sequence[Sequence[float]]
Total = Callable[[list[int]], float]


def unrelated(case: Case, is_lost: Callable[[], bool]) -> Finding | None:
    """Say so where targets go with inputs no more than by chance.

    Neither is one column of the inputs in line with them, nor have near inputs near targets, nor far ones
    far ones. Where chance alone is not sure, a model `is_lost`, too, on rows that it was not trained on.
    """
    if len(case.inputs) < FEWEST:
        return None
    some = case.rows(ROWS)
    inputs, targets = _points(some.inputs), _points(_kinds(some.targets))
    if inputs is None or targets is None:
        return None
    near, far = _distances(inputs), _distances(targets)
    least = min(
        _chance(_in_line([*zip(*inputs)], [*zip(*targets)]), len(inputs)),
        _chance(_weighted(_centered(near), far), len(inputs)),
        _chance(_weighted(_nearest(near), [[-x for x in row] for row in far]), len(inputs)),
    )
    if least <= CHANCE or (least <= SURE and not is_lost()):
        return None
    return Finding(
        "inputs tell nothing",
        "the data",
        f"Of {len(some.inputs)} rows looked at, those with like inputs do not have like targets: targets "
        f"in another order would go with the inputs as well, with a chance of {least:.0%}.",
        "Look at whether inputs and targets were shuffled, sorted or reshaped apart from each other.",
    )


def _kinds(targets: list[Any]) -> list[Any]:
    """Return targets of few kinds as rows of zeros and a one, which are all equally far from each other."""
    rows = [tuple(numbers_in(target)) for target in targets]
    kinds = sorted({*rows})
    if len(kinds) > max(2, len(rows) // 4):
        return targets
    return [[float(row == kind) for kind in kinds] for row in rows]


def _points(rows: list[Any]) -> Table | None:
    """Return standardized rows; None where they differ in length."""
    scaled = standardized(rows)
    return None if scaled is None else [numbers_in(row) for row in scaled]


def _distances(points: Table) -> Table:
    return [[math.dist(one, other) for other in points] for one in points]


def _centered(table: Table) -> Table:
    """Return a table whose rows and columns each have the mean 0."""
    means = [math.fsum(row) / len(row) for row in table]
    mean = math.fsum(means) / len(means)
    return [[x - mine - other + mean for x, other in zip(row, means)] for row, mine in zip(table, means)]


def _nearest(table: Table) -> Table:
    """Return a table with a 1 in each row for the row that is nearest to it.

    >>> _nearest([[0.0, 1.0, 9.0], [1.0, 0.0, 8.0], [9.0, 8.0, 0.0]])
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    found = []
    for i, row in enumerate(table):
        least = min(range(len(row)), key=lambda j: (j == i, row[j]))
        found.append([float(j == least) for j in range(len(row))])
    return found


def _in_line(columns: Columns, wanted: Columns) -> Total:
    """Return what gives the largest correlation of a column with a target, in an order of these."""

    def total(order: list[int]) -> float:
        ordered = [[*map(each.__getitem__, order)] for each in wanted]
        return max(abs(math.fsum(map(mul, column, each))) for column in columns for each in ordered)

    return total


def _weighted(weights: Table, table: Table) -> Total:
    """Return what gives the weighted sum of a table in an order of its rows and columns."""

    def total(order: list[int]) -> float:
        rows = (map(table[i].__getitem__, order) for i in order)
        return sum(sum(map(mul, row, other)) for row, other in zip(weights, rows))

    return total


def _chance(total: Total, count: int) -> float:
    """Return the share of orders in which a total is as large as in the one there is."""
    order, random, found = [*range(count)], Random(0), 1
    own = total(order)
    for _ in range(ORDERS):
        random.shuffle(order)
        found += total(order) >= own
    return found / (ORDERS + 1)
