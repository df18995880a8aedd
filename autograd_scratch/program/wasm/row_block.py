"""A recorded function of a row as nests that add value and derivatives up over a block of rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

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

    What a row counts is a number in `shares`: 0 for what only fills a block. Without them all rows count.
    """

    nests: Nests
    fixed: list[Array]
    columns: list[Column]
    shares: Array | None
    rows: int


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
    block = batch_block(batch, rows, fixed, (*varying, share), with_slopes=with_slopes)
    *columns, shares = block.columns
    return block._replace(columns=columns, shares=shares.array)


def batch_block(
    recording: Recording,
    rows: int,
    fixed: Sequence[str],
    varying: Sequence[str],
    *,
    with_slopes: bool = True,
    carried: str = "",
    shared: Sequence[Array] = (),
) -> RowBlock:
    """Return the nests of a function of a batch, recorded as it is: its value and gradient.

    The argument called `carried` becomes the result of that name. `shared` are arrays that what is fixed
    has in other nests.
    """
    own, others = (
        [leaf for key in keys for leaf in leaves(recording.arguments[key])] for keys in (fixed, varying)
    )
    slopes: Sequence[Any] = ()
    if with_slopes:
        slopes = gradient(recording.trace, recording.value, leaves(recording.wrt), 1.0)
    before, after = (leaves(each.get(carried, [])) for each in (recording.arguments, recording.extras))
    results = [recording.value, *slopes]
    nests = nests_of_trace(
        recording.trace,
        [*own, *others],
        [*results, *after],
        in_pairs,
        more=MORE,
        carried={own.index(x): len(results) + i for i, x in enumerate(before)},
        rows=rows,
        varying=others,
        shared=dict(zip(own, shared)),
    )
    columns = [Column(array, array.size // rows) for array in nests.arguments[len(own) :]]
    return RowBlock(nests, nests.arguments[: len(own)], columns, None, rows)
