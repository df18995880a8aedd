"""What is wrong with the data, before anything is computed of them."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .case import Case, deviation_of, numbers_in
from .findings import Finding


def check_data(case: Case) -> Iterator[Finding]:
    """Yield what is wrong with inputs and targets."""
    inputs, targets = [*map(numbers_in, case.inputs)], [*map(numbers_in, case.targets)]
    for what, rows in (("the inputs", inputs), ("the targets", targets)):
        bad = [i for i, row in enumerate(rows) if not all(map(math.isfinite, row))]
        if bad:
            yield Finding(
                "nan in data",
                f"{what} of row {bad[0]}",
                f"{len(bad)} of {len(rows)} rows have a number that is nan or infinite.",
                "Leave these rows out, or fill the gaps, say by the mean of the column.",
            )
            return
    if len(inputs) > 1 and any(inputs) and not any(map(any, inputs)):
        yield Finding(
            "all-zero inputs",
            "the inputs",
            f"All {sum(map(len, inputs))} numbers of {len(inputs)} rows are 0.",
            "Look at how the data are read: what is wanted is probably in another column or array.",
        )
    if len(targets) > 1 and len({*map(tuple, targets)}) == 1 and targets[0]:
        told = targets[0][0] if len(targets[0]) == 1 else targets[0]
        yield Finding(
            "one class",
            "the targets",
            f"All {len(targets)} are {told:g}."
            if isinstance(told, float)
            else f"All {len(targets)} are equal.",
            "Look at how the labels are made; a model learns to tell apart what there are rows of.",
        )
    yield from _contradictions(inputs, targets)


def _contradictions(inputs: list[list[float]], targets: list[list[float]]) -> Iterator[Finding]:
    """Say so where even the best answer to equal inputs is wrong for many rows."""
    kinds = {*map(tuple, targets)}
    if len(kinds) > max(2, len(targets) // 4) or not all(x.is_integer() for row in targets for x in row):
        return
    answers: dict[tuple[float, ...], Counter[tuple[float, ...]]] = defaultdict(Counter)
    for row, target in zip(inputs, targets):
        if row:
            answers[tuple(row)][tuple(target)] += 1
    wrong = sum(sum(counts.values()) - max(counts.values()) for counts in answers.values())
    if wrong >= 0.25 * len(targets):
        yield Finding(
            "contradictory rows",
            "the data",
            f"{wrong} of {len(targets)} rows have the inputs of another row and another target.",
            "Look at how inputs and targets are put together, or give inputs that tell such rows apart.",
        )


class Scale(NamedTuple):
    """The largest number in a column or all, the smallest and largest deviation of columns that vary.

    Where there are many columns, as in images, an eighth of them may be narrower: pixels at the edge are.
    """

    largest: float
    narrowest: float
    widest: float

    @property
    def is_odd(self) -> bool:
        """Whether it is far from what weights at the beginning are made for."""
        return self.largest > 8.0 or self.widest < 0.02 or self.widest > 30.0 * self.narrowest

    @property
    def is_mild(self) -> bool:
        """Whether that may do: what is odd by less than four times."""
        return self.largest <= 32.0 and 0.005 <= self.widest <= 120.0 * self.narrowest

    @property
    def told(self) -> str:
        """The scale in words."""
        spread = f"deviations are {self.narrowest:.3g} to {self.widest:.3g}"
        return f"The largest number is {self.largest:.4g}, and {spread}."


def scale_of(rows: list[list[float]]) -> Scale | None:
    """Return how large the numbers of rows of one length are; None if nothing varies.

    >>> scale_of([[0.0, 100.0], [1.0, 300.0]])
    Scale(largest=300.0, narrowest=0.5, widest=100.0)
    """
    if len({*map(len, rows)}) != 1:
        return None
    spreads = sorted(s for s in map(deviation_of, zip(*rows)) if s > 0.0)
    if not spreads:
        return None
    return Scale(max(abs(x) for row in rows for x in row), spreads[len(spreads) // 8], spreads[-1])
