"""Masks of attention: which keys a query may look at, as numbers that are added to its scores.

What is hidden gets -inf, and so the share 0 of a softmax:

    >>> added([True, False], "attn_mask", (2, 2)), causal(1, 3), causal(2, 3)
    ([[0.0, -inf], [0.0, -inf]], [[0.0, 0.0, 0.0]], [[0.0, 0.0, -inf], [0.0, 0.0, 0.0]])
"""

from math import inf
from numbers import Integral
from typing import Any

from .. import modes
from ..arrays.containers import entries, extent
from ..errors import DataError, ShapeError, TracingError
from ..ieee import describe, real
from ..primitives.conditions import CONDITIONS
from ..primitives.piecewise import where
from ..value import Value
from .shapes import Shape, nested

_TRUTHS = ({1.0}, {0.0, 1.0})


def added(mask: Any, what: str, shape: Shape, may_look: bool = True) -> Any:
    """Return a mask as numbers for scores of this shape, in nested lists; None stays None.

    Truth values, and conditions in a trace, say who may look; `may_look` is which of them does. Other
    numbers are added as they are. Axes of length 1, and missing ones before the first, are repeated.
    """
    if mask is None:
        return None
    given = mask.tolist() if hasattr(mask, "tolist") and not isinstance(mask, (list, Value)) else mask
    own = extent(given)
    numbers = _numbers([entry for _, entry in entries(given)], what, may_look)
    if len(own) > len(shape) or not all(size in (1, whole) for size, whole in zip(own[::-1], shape[::-1])):
        raise ShapeError(f"{what} must fit the shape {shape}, and has the shape {own}")
    return stretched(nested(numbers, own), own, shape)


def causal(queries: int, keys: int) -> list[list[float]]:
    """Return the mask for queries at the last positions: each may look at the keys up to its own.

    So a query that comes after cached keys sees all of them.
    """
    return [[0.0 if k <= keys - queries + i else -inf for k in range(keys)] for i in range(queries)]


def of_heads(shape: Shape, padding: Any, mask: Any, is_causal: bool) -> Any:
    """Return the mask of scores of samples, heads, queries and keys, from those of PyTorch's layer.

    There True means who may not look.
    """
    samples, heads, queries, keys = shape
    whole: Any = added(
        mask, "attn_mask of MultiheadAttention", (samples * heads, queries, keys), may_look=False
    )
    if whole is not None:
        whole = [whole[i * heads : (i + 1) * heads] for i in range(samples)]
    rows = added(padding, "key_padding_mask of MultiheadAttention", (samples, keys), may_look=False)
    if rows is not None:
        whole = together(whole, [[[row] * queries] * heads for row in rows])
    if is_causal and queries > 1:
        whole = together(whole, stretched(causal(queries, keys), (queries, keys), shape))
    return whole


def together(first: Any, second: Any) -> Any:
    """Add masks of one shape, entry by entry, where there are any."""
    if first is None or second is None:
        return second if first is None else first
    return [*map(together, first, second)] if isinstance(first, list) else first + second


def stretched(x: Any, own: Shape, shape: Shape) -> Any:
    """Return nested lists of a shape as those of another one, as NumPy broadcasts.

    >>> stretched([[1.0], [2.0]], (2, 1), (2, 3))
    [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    """
    if not shape:
        return x
    if len(own) < len(shape):
        return [stretched(x, own, shape[1:])] * shape[0]
    rows = [stretched(row, own[1:], shape[1:]) for row in x]
    return rows * shape[0] if own[0] == 1 else rows


def _numbers(flat: list[Any], what: str, may_look: bool) -> list[Any]:
    """Return what is added to the scores for each entry of a mask."""
    are_truths = {_is_truth(entry) for entry in flat}
    if len(are_truths) > 1:
        raise DataError(
            f"{what} mixes truth values and numbers; write True and False alone, or the numbers to be added"
        )
    if are_truths == {False}:
        _refuse_unclear(flat, what)
        return [entry if isinstance(entry, Value) else real(entry, what) for entry in flat]
    seen, hidden = (0.0, -inf) if may_look else (-inf, 0.0)
    return [
        where(entry, seen, hidden) if isinstance(entry, Value) else seen if entry else hidden
        for entry in flat
    ]


def _is_truth(entry: Any) -> bool:
    if isinstance(entry, Value):
        return entry.primitive in CONDITIONS
    return isinstance(entry, bool) or getattr(getattr(entry, "dtype", None), "kind", "") == "b"


def _refuse_unclear(flat: list[Any], what: str) -> None:
    """Refuse numbers that may be truth values: whole ones, and the zeros and ones of an input."""
    whole = [entry for entry in flat if isinstance(entry, Integral)]
    if whole:
        raise DataError(
            f"{what} has truth values, or numbers with a decimal point, which are added to the scores, and "
            f"not {describe(whole[0])}; write True or False"
        )
    leaves = [entry for entry in flat if isinstance(entry, Value) and entry.primitive is None]
    if modes.is_tracing() and len(leaves) == len(flat) and {leaf._data for leaf in leaves} in _TRUTHS:
        raise TracingError(
            f"{what} is an input here, and its zeros and ones may be truth values: write mask > 0.5 for "
            "each of them, or 1.0 * mask for numbers that are added to the scores"
        )
