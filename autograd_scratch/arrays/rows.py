"""Softmax and its like, along one axis or several, of arrays and of nested lists.

What comes out is arranged as what goes in: an array for an array, nested lists for nested lists. The axis
is called `dim`, as in PyTorch, or `axis`, as in NumPy, SciPy and JAX.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import prod
from operator import index
from typing import Any

from .. import primitives
from ..errors import DataError, ShapeError
from ..ieee import describe, real
from ..primitives.arguments import is_row
from ..primitives.logits import log_probabilities, probabilities
from ..signatures import call_form
from ..value import Value
from .containers import arrange, entries, extent, is_array
from .subclass import block_made

Axis = int | tuple[int, ...] | None


@call_form()
def softmax(logits: Any, dim: Axis = -1, axis: Axis = -1) -> Any:
    """The probabilities in proportion to exp(logit), one for each; by default they add up to 1 in each row.

    `dim`, or `axis`, is the axis along which they add up to 1: a number, several, or None for all. What
    comes out has the shape of the logits, and Values where there is one in the row.

    >>> softmax([0.0, 0.0]), softmax([1000.0, 0.0])
    ([0.5, 0.5], [1.0, 0.0])
    >>> softmax([[0.0, 0.0], [1000.0, 0.0]], dim=0)
    [[0.0, 0.5], [1.0, 0.5]]
    """
    return _in_rows("softmax", probabilities, logits, dim if axis == -1 else axis)


@call_form()
def log_softmax(logits: Any, dim: Axis = -1, axis: Axis = -1) -> Any:
    """The logarithms of the probabilities that `softmax` gives, in one node each.

    >>> log_softmax([0.0, -1000.0])
    [-0.0, -1000.0]
    """
    return _in_rows("log_softmax", log_probabilities, logits, dim if axis == -1 else axis)


@call_form()
def logsumexp(
    *terms: Any, dim: Axis = None, axis: Axis = None, keepdim: bool = False, keepdims: bool = False
) -> Any:
    """log(exp(a) + exp(b) + ...) of a sequence, or of several arguments, in one node.

    Of an array or nested lists it is that of all entries, or along `dim`, also called `axis`, one or
    several; these are left out of the shape, or kept with length 1.

    >>> logsumexp([1000.0, 1000.0]), logsumexp(0.0, -40.0)
    (1000.6931471805599, 4.248354255291589e-18)
    >>> logsumexp([[0.0, 0.0], [1000.0, 0.0]], dim=1)
    [0.6931471805599453, 1000.0]
    """
    if not terms or not is_row(terms[0]) or len(terms) > 2:
        return primitives.logsumexp(*terms)
    along = terms[1] if len(terms) == 2 else axis if dim is None else dim
    logits, shape, flat = _laid_out("logsumexp", terms[0])
    axes = _axes("logsumexp", along, shape)
    if flat is logits and axes and not (keepdim or keepdims):
        return primitives.logsumexp(flat)
    sums = [primitives.logsumexp(*[flat[place] for place in row]) for row in _rows(shape, axes)]
    whole = [1 if k in axes else size for k, size in enumerate(shape)]
    kept = whole if keepdim or keepdims else [size for k, size in enumerate(shape) if k not in axes]
    return block_made(tuple(kept), sums) if is_array(logits) else _nested(kept, iter(sums))


def _in_rows(name: str, function: Callable[..., list[Any]], logits: Any, along: Axis) -> Any:
    """Apply a function of a row, which gives as many numbers, to each of them."""
    logits, shape, flat = _laid_out(name, logits)
    axes = _axes(name, along, shape)
    if flat is logits and flat:
        return function(*flat)
    out = list(flat)
    for row in _rows(shape, axes):
        if not row:
            raise ShapeError(f"{name} of nothing: logits of shape {shape} have rows without entries")
        for place, part in zip(row, function(*[flat[place] for place in row])):
            out[place] = part
    return block_made(shape, out) if is_array(logits) else arrange(logits, out)


def _laid_out(name: str, logits: Any) -> tuple[Any, tuple[int, ...], Sequence[Any]]:
    """Return logits as a list or array, their shape, and their entries in order."""
    if not is_row(logits):
        raise DataError(f"{name} takes a row of numbers, or an array of rows, not {describe(logits)}")
    if not is_array(logits):
        logits = list(logits)
    if not is_array(logits) and {*map(type, logits)} <= {float, Value}:
        return logits, (len(logits),), logits
    shape, flat = extent(logits), [entry for _, entry in entries(logits)]
    if len(shape) == 1 and not is_array(logits) and any(map(is_row, logits)):
        raise ShapeError(
            f"{name} takes rows of one length; for others write [{name}(row) for row in logits]"
        )
    return logits, shape, [x if isinstance(x, Value) else real(x, f"an entry of {name}") for x in flat]


def _axes(name: str, along: Axis, shape: tuple[int, ...]) -> set[int]:
    """Return the axes that are meant, counted from 0."""
    count = len(shape)
    try:
        axes = range(count) if along is None else [index(k) for k in _several(along)]
    except TypeError:
        raise DataError(f"the dim of {name} is a whole number, or several, not {describe(along)}") from None
    if not all(-count <= k < count for k in axes):
        raise ShapeError(f"{name} has no dim {along} here: the axes of shape {shape} are 0 to {count - 1}")
    return {k % count for k in axes}


def _several(along: Any) -> Iterable[Any]:
    return along if isinstance(along, (list, tuple)) else (along,)


def _rows(shape: tuple[int, ...], axes: set[int]) -> Iterator[list[int]]:
    """Yield the places of the entries along `axes`, for each place on the other axes.

    >>> list(_rows((2, 3), {1})), list(_rows((2, 3), {0}))
    ([[0, 1, 2], [3, 4, 5]], [[0, 3], [1, 4], [2, 5]])
    """

    def places(of: Iterable[int]) -> list[int]:
        steps = [[i * prod(shape[k + 1 :]) for i in range(shape[k])] for k in of]
        return [sum(place) for place in product(*steps)]

    if len(axes) == len(shape):
        yield list(range(prod(shape)))
        return
    inside = places(sorted(axes))
    for start in places(k for k in range(len(shape)) if k not in axes):
        yield [start + place for place in inside]


def _nested(shape: Sequence[int], parts: Iterator[Any]) -> Any:
    """Return nested lists of a shape; without an axis, the number."""
    return [_nested(shape[1:], parts) for _ in range(shape[0])] if shape else next(parts)
