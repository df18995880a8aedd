"""Whether targets go with inputs at all: tests of the rows themselves, without a model.

Targets that were shuffled apart from their inputs, or inputs that a reshape has mixed up, look like data.
That they are none is told where targets in any other order go with the inputs as well as they do.
"""

import math
from collections.abc import Callable
from operator import mul
from random import Random
from typing import Any

from .case import Case, numbers_in
from .findings import Finding
from .variations import standardized

ROWS = 120  # which are looked at
FEWEST = 40  # rows, below which chance decides
ORDERS = 99
CHANCE = 0.05  # how likely what is seen may be where nothing goes with anything
SURE = 0.3  # how likely it is where nobody asks further

Table = list[list[float]]


def unrelated(case: Case, is_lost: Callable[[], bool]) -> Finding | None:
    """Say so where neither near inputs have near targets, nor far ones far ones, more than by chance.

    Where chance alone is not sure, a model `is_lost`, too, on rows that it was not trained on.
    """
    if len(case.inputs) < FEWEST:
        return None
    some = case.rows(ROWS)
    near, far = _distances(some.inputs), _distances(_kinds(some.targets))
    if near is None or far is None:
        return None
    chances = [_chance(_centered(near), far, 1.0), _chance(_nearest(near), far, -1.0)]
    if min(chances) <= CHANCE or (min(chances) <= SURE and not is_lost()):
        return None
    return Finding(
        "inputs tell nothing",
        "the data",
        f"Of {len(some.inputs)} rows looked at, those with like inputs do not have like targets: targets "
        f"in another order would go with the inputs as well, with a chance of {min(chances):.0%}.",
        "Look at whether inputs and targets were shuffled, sorted or reshaped apart from each other.",
    )


def _kinds(targets: list[Any]) -> list[Any]:
    """Return targets of few kinds as rows of zeros and a one, which are all equally far from each other."""
    rows = [tuple(numbers_in(target)) for target in targets]
    kinds = sorted({*rows})
    if len(kinds) > max(2, len(rows) // 4):
        return targets
    return [[float(row == kind) for kind in kinds] for row in rows]


def _distances(rows: list[Any]) -> Table | None:
    """Return how far standardized rows are from each other."""
    scaled = standardized(rows)
    if scaled is None:
        return None
    points = [numbers_in(row) for row in scaled]
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


def _chance(weights: Table, table: Table, sign: float) -> float:
    """Return the share of orders of a table in which its weighted sum is as large as in its own order."""
    order, random = [*range(len(table))], Random(0)

    def total() -> float:
        return sign * sum(
            sum(map(mul, row, map(table[i].__getitem__, order))) for row, i in zip(weights, order)
        )

    own, count = total(), 1
    for _ in range(ORDERS):
        random.shuffle(order)
        count += total() >= own
    return count / (ORDERS + 1)
