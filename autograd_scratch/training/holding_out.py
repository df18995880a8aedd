"""Which rows are trained on, and which are held out to be measured alone.

>>> trained, held_out = split(([1, 2, 3, 4], "abcd"), 0.25, None)
>>> trained, held_out
(([1, 2, 3], ['a', 'b', 'c']), ([4], ['d']))
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import AutogradError, RangeError, ShapeError
from ..ieee import describe, real
from ..rows import rows_of
from .orders import split_of

Rows = tuple[Sequence[Any], Sequence[Any]]  # inputs and targets


def is_rows(validation: Any) -> bool:
    """Say whether rows of their own are held out, and no share of all."""
    return isinstance(validation, (Iterable, Mapping)) and not isinstance(validation, str)


def share_of(validation: Any, count: int) -> float:
    """Return the share of so many rows that is to be held out."""
    share = real(validation, "validation")
    if not 0.0 < share < 1.0:
        raise RangeError(
            f"validation is a share of the rows, as 0.2, or rows of their own, not {describe(validation)}"
        )
    if count < 2:
        raise ShapeError("validation is a share of the rows, and there is one row")
    return min(share, 1.0 - 1.0 / count)


def split(rows: Rows, share: float, seed: int | None) -> tuple[Rows, Rows]:
    """Return the rows to train on, and those that are held out: a share of all."""
    inputs, targets = rows
    kept, out = split_of(seed, share, len(inputs))
    return (
        ([inputs[i] for i in kept], [targets[i] for i in kept]),
        ([inputs[i] for i in out], [targets[i] for i in out]),
    )


def others(validation: Any, *, is_pairs: bool) -> Rows:
    """Return the rows that are given, in the form of those to train on."""
    form = (
        "validation has the form of the data: fit(model, X, y, validation=(X_val, y_val)), or "
        "fit(model, pairs, validation=other_pairs)"
    )
    try:
        X, y = (validation, None) if is_pairs else validation
    except ValueError:
        raise ShapeError(form) from None
    try:
        return rows_of(X, y)
    except AutogradError as fault:
        fault.add_note(form)
        raise
