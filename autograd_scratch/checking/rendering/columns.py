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
    """A column of a table: its title, and what stands in it."""

    title: str
    cell: Callable[[Any], str]


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
    Column("block", lambda block: cut(block.name, NAME)),
    Column("shape", _shape),
    Column("verdict", lambda block: block.verdict),
    Column("relative error", lambda block: rough(block.error)),
    Column("cosine", lambda block: _known(block.cosine)),
    Column("best constant", lambda block: _known(block.factor)),
    Column("residual", lambda block: rough(block.residual)),
)
BLOCK_TEXTS = 3

ENTRIES = (
    Column("index", lambda entry: _tuple(entry.index)),
    Column("yours", lambda entry: number(entry.yours)),
    Column("derived", lambda entry: number(entry.derived)),
    Column("measured", lambda entry: "-" if entry.measured is None else number(entry.measured)),
    Column("+/-", lambda entry: "-" if entry.bar is None else rough(entry.bar)),
    Column("yours / derived", lambda entry: number(entry.ratio)),
)
ENTRY_TEXTS = 1
