"""What stands in the tables of a report: a column is one line here, for all formats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from ...wording import cut, number
from ..findings import SHAPES, BlockReport

NAME = 32  # signs of a name that are shown


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, what stands in it, and what that means."""

    title: str
    cell: Callable[[Any], str]
    meaning: str


def rough(x: float) -> str:
    """Write an error, of which the first digits say all; - where there is none."""
    return "-" if isnan(x) else f"{x + 0.0:.2g}"


def _known(x: float) -> str:
    """Write a number; - where there is none."""
    return "-" if isnan(x) else number(x)


def _shape(block: BlockReport) -> str:
    ours, yours = _tuple(block.shape), _tuple(block.hand_shape)
    return f"{ours}, yours {yours}" if block.verdict == SHAPES else ours


def _tuple(numbers: Sequence[int]) -> str:
    """Write a shape or an index; NumPy's integers would show their type."""
    return str(tuple(map(int, numbers)))


BLOCKS = (
    Column("block", lambda block: cut(block.name, NAME), "the array whose gradient is checked"),
    Column("shape", _shape, "the lengths of its axes"),
    Column(
        "verdict",
        lambda block: block.verdict,
        "right: both agree to eleven digits; right up to rounding: as far as rounding lets them; kink: the "
        "loss has two slopes here, and yours lies between; not checkable: no pass; wrong: they differ; "
        "shapes do not match: yours has another shape",
    ),
    Column(
        "relative error",
        lambda block: rough(block.error),
        "the largest difference between yours and the derived gradient, relative to the largest entry",
    ),
    Column(
        "cosine",
        lambda block: _known(block.cosine),
        "of the angle between both: 1 is the same direction, -1 the opposite one",
    ),
    Column(
        "best constant",
        lambda block: _known(block.factor),
        "the number by which the derived gradient is to be multiplied to come nearest to yours",
    ),
    Column(
        "residual",
        lambda block: rough(block.residual),
        "what differs then, relative to yours: next to 0, yours is a multiple of the derived one",
    ),
)
BLOCK_TEXTS = 3

ENTRIES = (
    Column("index", lambda entry: _tuple(entry.index), "where the entry stands in the block"),
    Column("yours", lambda entry: number(entry.yours), "the gradient that was written by hand"),
    Column("derived", lambda entry: number(entry.derived), "the gradient that the forward pass gives"),
    Column(
        "measured",
        lambda entry: "-" if entry.measured is None else number(entry.measured),
        "the slope of the loss, run again with this entry a little changed; - where that was not done",
    ),
    Column(
        "+/-",
        lambda entry: "-" if entry.bar is None else rough(entry.bar),
        "how far the measured slope may be off",
    ),
    Column("yours / derived", lambda entry: number(entry.ratio), "1 where yours is right"),
)
ENTRY_TEXTS = 1
