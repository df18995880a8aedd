"""In which forms the rows of a data set are given: pairs, or inputs and targets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .errors import DataError, ShapeError
from .ieee import describe
from .primitives.arguments import is_several


def forms(caller: str) -> str:
    """Say how the function that was called is given data.

    >>> forms("fit")
    'write fit(model, X, y, ...) with as many targets as inputs, or fit(model, [(x, target), ...], ...)'
    """
    if caller == "draw":
        return "write draw(model, data=[(x, target), ...], optimizer=SGD(0.1)), say data=zip(X, y)"
    return (
        f"write {caller}(model, X, y, ...) with as many targets as inputs, or "
        f"{caller}(model, [(x, target), ...], ...)"
    )


def rows_of(data: Any, y: Any, caller: str = "fit") -> tuple[list[Any], list[Any]]:
    """Return the inputs and the targets of all rows; `caller` is what errors tell to write.

    >>> rows_of([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    ([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    >>> rows_of([([0.0, 1.0], 1), ([1.0, 1.0], 0)], None)
    ([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    """
    if y is None:
        rows = _listed(data, "the data", caller)
        try:
            pairs = [(x, target) for x, target in rows]
        except (TypeError, ValueError):
            raise ShapeError(
                f"the data are neither pairs nor inputs and targets: {forms(caller)}"
            ) from None
        inputs, targets = [x for x, _ in pairs], [target for _, target in pairs]
    else:
        inputs, targets = _listed(data, "X", caller), _listed(y, "y", caller)
    if len(inputs) != len(targets):
        raise ShapeError(f"X has {len(inputs)} rows, and y has {len(targets)}: {forms(caller)}")
    if not inputs:
        raise ShapeError(f"there is nothing to {caller.partition('_')[0]}: the data are empty")
    return inputs, targets


@contextmanager
def taken_as_pairs(inputs: Sequence[Any], y: Any, caller: str = "fit") -> Iterator[None]:
    """Let a model's word that an input does not fit tell that rows of two numbers were taken as pairs."""
    try:
        yield
    except ShapeError as fault:
        if y is None and not any(map(is_several, inputs)):
            fault.add_note(
                f"the rows of the data were taken as pairs of an input and a target: {forms(caller)}"
            )
        raise


def _listed(rows: Any, what: str, caller: str) -> list[Any]:
    """Return the rows of an array, a list, a data frame or whatever else has some."""
    if hasattr(rows, "to_numpy"):  # a data frame, of which iteration gives the names of columns
        rows = rows.to_numpy()
    if not is_several(rows) or isinstance(rows, Mapping):
        raise DataError(
            f"{what} must be rows, in a list or an array, not {describe(rows)}: {forms(caller)}"
        )
    return list(rows)
