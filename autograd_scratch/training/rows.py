"""In which forms the rows of a data set are given: pairs, or inputs and targets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import DataError, ShapeError
from ..ieee import describe
from ..primitives.arguments import is_several

FORMS = "write fit(model, X, y, ...) with as many targets as inputs, or fit(model, [(x, target), ...], ...)"


def rows_of(data: Any, y: Any) -> tuple[list[Any], list[Any]]:
    """Return the inputs and the targets of all rows.

    >>> rows_of([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    ([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    >>> rows_of([([0.0, 1.0], 1), ([1.0, 1.0], 0)], None)
    ([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    """
    if y is None:
        rows = _listed(data, "the data")
        try:
            pairs = [(x, target) for x, target in rows]
        except (TypeError, ValueError):
            raise ShapeError(f"the data are neither pairs nor inputs and targets: {FORMS}") from None
        inputs, targets = [x for x, _ in pairs], [target for _, target in pairs]
    else:
        inputs, targets = _listed(data, "X"), _listed(y, "y")
    if len(inputs) != len(targets):
        raise ShapeError(f"X has {len(inputs)} rows, and y has {len(targets)}: {FORMS}")
    if not inputs:
        raise ShapeError("there is nothing to fit: the data are empty")
    return inputs, targets


@contextmanager
def taken_as_pairs(inputs: Sequence[Any], y: Any) -> Iterator[None]:
    """Let a model's word that an input does not fit tell that rows of two numbers were taken as pairs."""
    try:
        yield
    except ShapeError as fault:
        if y is None and not any(map(is_several, inputs)):
            fault.add_note(f"the rows of the data were taken as pairs of an input and a target: {FORMS}")
        raise


def _listed(rows: Any, what: str) -> list[Any]:
    """Return the rows of an array, a list, a data frame or whatever else has some."""
    if hasattr(rows, "to_numpy"):  # a data frame, of which iteration gives the names of columns
        rows = rows.to_numpy()
    if not is_several(rows) or isinstance(rows, Mapping):
        raise DataError(f"{what} must be rows, in a list or an array, not {describe(rows)}: {FORMS}")
    return list(rows)
