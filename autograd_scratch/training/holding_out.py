"""Which rows are trained on, and which are held out to be measured alone.

>>> trained, held_out = split(([1, 2, 3, 4], "abcd"), 0.25, None)
>>> trained, held_out
(([1, 2, 3], ['a', 'b', 'c']), ([4], ['d']))
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import comb, prod
from typing import Any

from ..arrays.containers import entries
from ..errors import AutogradError, DataError, RangeError, ShapeError
from ..ieee import describe, real
from ..rows import rows_of
from ..wording import cut
from .orders import split_of

Rows = tuple[Sequence[Any], Sequence[Any]]  # inputs and targets

FEW = 20  # different targets, up to which they are taken for classes
CHANCE = 1e-3  # that some rows in any order lack as many classes


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


def refuse_sorted(kept: Sequence[Any], out: Sequence[Any]) -> None:
    """Refuse to hold out the last rows where they, or the rest, lack a class as by chance few would.

    >>> refuse_sorted([0, 1] * 40, [0, 1] * 10)  # the targets to train on, and those that are held out
    >>> refuse_sorted([0] * 50 + [1] * 30, [1] * 20)
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: none of the last 20 rows, to be held out, has the target 0, as 50 ...
    """
    whole, parts = Counter(map(_label, [*kept, *out])), [Counter(map(_label, part)) for part in (kept, out)]
    if None in whole or len(whole) > FEW:
        return
    for part, which in zip(parts, (f"rows before the last {len(out)}", f"last {len(out)} rows")):
        lacking = whole - Counter({label: whole[label] for label in part})
        rest = whole.total() - lacking.total()
        chance = prod((rest - i) / (whole.total() - i) for i in range(part.total()))
        if lacking and chance * comb(len(whole), len(lacking)) < CHANCE:
            ((label, count),) = lacking.most_common(1)
            raise DataError(
                f"none of the {which}, to be held out, has the target {_told(label)}, as {count} of all "
                f"{whole.total()} have: the data seem to be sorted. Write seed=0 to hold out any rows, or "
                "give those that you want, validation=(X_val, y_val)"
            )


def _label(target: Any) -> tuple[int, ...] | None:
    """Return the numbers of a class, or of a row such as one-hot; None of what is none."""
    numbers = [entry for _, entry in entries(target)]
    is_class = all(isinstance(number, (int, float)) and number == number // 1 for number in numbers)
    return tuple(map(int, numbers)) if is_class else None


def _told(label: tuple[int, ...] | None) -> str:
    return cut(str(label[0] if label and len(label) == 1 else [*(label or ())]), 60)


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
