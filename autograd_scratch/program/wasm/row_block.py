"""A recorded function of a row as nests that add value and derivatives up over a block of rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ...wording import apart
from ..forms import leaves
from ..gradients import gradient
from ..nests.loops import Array, Nests
from ..nests.tracing import nests_of_trace
from ..record import Recording
from ..rolled.batches import of_rows
from .formulas import MORE
from .lanes import in_pairs


class Column(NamedTuple):
    """Numbers of each row: in which array of a block they are, and how many."""

    array: Array
    size: int


class RowBlock(NamedTuple):
    """Nests for a block of rows, and their arguments: what all rows share, and what each has for itself.

    What a row counts is a number in `shares`: 0 for what only fills a block.
    """

    nests: Nests
    fixed: list[Array]
    columns: list[Column]
    shares: Array

    @property
    def rows(self) -> int:
        """How many rows the block has."""
        return self.shares.size


def row_block(
    recording: Recording,
    rows: int,
    fixed: Sequence[str],
    varying: Sequence[str],
    *,
    with_slopes: bool = True,
) -> RowBlock:
    """Return the nests of a recorded function's value and gradient, given the names of its arguments."""
    share = apart("share", recording.arguments)
    counted = recording.trace.leaf(share)
    arguments = {**recording.arguments, share: counted}
    weighted = replace(recording, value=recording.value * counted, arguments=arguments)
    batch = of_rows(weighted, rows, (*varying, share))
    shared, own = (
        [leaf for key in keys for leaf in leaves(batch.arguments[key])]
        for keys in (fixed, (*varying, share))
    )
    slopes = gradient(batch.trace, batch.value, leaves(batch.wrt), 1.0) if with_slopes else ()
    nests = nests_of_trace(
        batch.trace, [*shared, *own], [batch.value, *slopes], in_pairs, more=MORE, rows=rows, varying=own
    )
    *columns, shares = nests.arguments[len(shared) :]
    return RowBlock(
        nests,
        nests.arguments[: len(shared)],
        [Column(array, array.size // rows) for array in columns],
        shares,
    )
