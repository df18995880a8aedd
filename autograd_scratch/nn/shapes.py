"""How layers take arrays: nested lists, arrays and Values in, with the shape, and out as they came.

>>> rows, shape = as_lists([(1, 2), (3, 4)], "x")
>>> rows, shape
([[1.0, 2.0], [3.0, 4.0]], (2, 2))
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ..arrays.containers import is_array
from ..errors import ShapeError
from ..ieee import real
from ..primitives.arguments import is_row
from ..value import Value
from .lists import Array
from .lists import Shape as Shape

_READY = {Value, float}


def as_lists(thing: Any, what: str) -> tuple[Any, Shape]:
    """Return an array, or nested sequences of numbers and Values, as nested lists; and the shape.

    Numbers become floats. Rows of several lengths are a ShapeError, and what is no number a DataError;
    `what` names the thing there.
    """
    if is_array(thing):
        if not thing.size:
            return thing.tolist(), thing.shape
        flat = thing.ravel().tolist()
        return nested(_numbers(flat, what), thing.shape), thing.shape
    if hasattr(thing, "tolist") and not isinstance(thing, (list, Value)):  # a tensor, or an array of one
        thing = thing.tolist()
    shape: Shape = ()
    level = [thing]
    is_ready = True
    while _are_rows(level, what):
        is_ready = is_ready and all(issubclass(kind, list) for kind in {*map(type, level)})
        rows = [row if isinstance(row, (list, tuple)) else [*row] for row in level]
        sizes = {*map(len, rows)}
        if len(sizes) > 1:
            raise ShapeError(f"{what} has rows of several lengths, {min(sizes)} and {max(sizes)}")
        shape = (*shape, sizes.pop())
        level = [*chain.from_iterable(rows)]
        if not level:
            return thing, shape
    if is_ready and {*map(type, level)} <= _READY:
        return thing, shape
    return nested(_numbers(level, what), shape), shape


def in_shape(thing: Any, shape: Shape, what: str) -> Any:
    """Return an array as `as_lists` does, or say that it has another shape than it must have.

    >>> in_shape((1, 2), (2,), "x")
    [1.0, 2.0]
    """
    rows, its = as_lists(thing, what)
    if its != shape:
        raise ShapeError(f"{what} must have the shape {shape}, not {its}")
    return rows


def nested(flat: Sequence[Any], shape: Shape) -> Any:
    """Return entries in order as nested lists of a shape; that of () is the entry.

    >>> nested([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    rows: Sequence[Any] = flat
    for size in shape[:0:-1]:
        rows = [[*rows[i : i + size]] for i in range(0, len(rows), size)]
    return [*rows] if shape else rows[0]


def flattened(rows: Any, shape: Shape) -> list[Any]:
    """Return the entries of nested lists of a shape, in order; that of () is one entry.

    >>> flattened([[1, 2], [3, 4]], (2, 2))
    [1, 2, 3, 4]
    """
    for _ in shape[1:]:
        rows = [*chain.from_iterable(rows)]
    return rows if shape else [rows]


def each_sample(function: Callable[[Any], Any], x: Any, axes: int) -> Any:
    """Apply a function of a sample to each of those that `axes` axes before it tell apart."""
    if not axes:
        return function(x)
    return [each_sample(function, row, axes - 1) for row in x]


def like(given: Any, result: Any) -> Any:
    """Return nested lists as an array if an array was given, and else as lists that compute."""
    if not isinstance(result, list):
        return result
    found = Array(result)
    return found.array if is_array(given) else found


def _are_rows(level: list[Any], what: str) -> bool:
    """Say whether all of some things are sequences; a mixture is a ShapeError."""
    kinds = {*map(type, level)}
    if kinds <= _READY:
        return False
    if all(issubclass(kind, (list, tuple)) for kind in kinds):
        return bool(kinds)
    are_rows = [is_row(each) for each in level]
    if any(are_rows) and not all(are_rows):
        raise ShapeError(f"{what} mixes numbers and rows")
    return bool(are_rows) and all(are_rows)


def _numbers(flat: Sequence[Any], what: str) -> Sequence[Any]:
    """Return Values as they are, and numbers as floats."""
    if {*map(type, flat)} <= _READY:
        return flat
    return [entry if entry.__class__ is Value else real(entry, what) for entry in flat]
