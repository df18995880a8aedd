"""Products of arrays: one node for each entry of the product, whatever the length of its sum.

The node of a row and a column is the primitive `dot` of both. A row meets many columns, and a column
many rows, so the numbers of each are read once. Everything here takes and gives arrays of NumPy's own
class.
"""

import operator
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple

from .. import modes
from ..errors import RuleError, ShapeError
from ..ieee import START, real
from ..primitives import dot
from ..primitives.reductions import dot_p
from ..value import Value

LEAST_AXES = {"matmul": (0, 0), "vecdot": (1, 1), "matvec": (2, 1), "vecmat": (1, 2)}  # of products


def inner(a: Any, b: Any) -> Any:
    """Return `np.inner(a, b)`: the sums over the last axis of `a` and the last axis of `b`."""
    import numpy

    a, b = numpy.asarray(a), numpy.asarray(b)
    return _sum_products(a, b, 1) if a.ndim and b.ndim else a * b


def dot_of_arrays(a: Any, b: Any) -> Any:
    """Return `np.dot(a, b)`: the last axis of `a` with the last but one of `b`, or its only one."""
    import numpy

    if not a.ndim or not b.ndim:
        return a * b
    return inner(a, numpy.moveaxis(b, -2, -1) if b.ndim > 1 else b)


def matmul(a: Any, b: Any) -> Any:
    """Return `a @ b`."""
    import numpy

    if a.ndim == 0 or b.ndim == 0:
        raise ShapeError("a @ b needs arrays with at least one axis, not single numbers; write a * b")
    if b.ndim <= 2:
        return dot_of_arrays(a, b)
    rows, columns = a[None] if a.ndim == 1 else a, numpy.moveaxis(b, -2, -1)
    batch = numpy.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = numpy.broadcast_to(rows, batch + rows.shape[-2:])
    columns = numpy.broadcast_to(columns, batch + columns.shape[-2:])
    out = _sum_products_of_batches(rows, columns, batch, 1)
    return out[..., 0, :] if a.ndim == 1 else out


def multiply(name: str, a: Any, b: Any, axis: int = -1, axes: Any = (), **options: Any) -> Any:
    """Return what NumPy's function `name` of `LEAST_AXES` gives, of the axes that are asked for."""
    import numpy

    if axes:  # as in x @= w
        of_a, of_b, of_out = ((each,) if isinstance(each, int) else each for each in (*axes, ())[:3])
        a, b = (numpy.moveaxis(x, of, range(-len(of), 0)) for x, of in ((a, of_a), (b, of_b)))
        return numpy.moveaxis(multiply(name, a, b, **options), range(-len(of_out), 0), of_out)
    if options or (axis != -1 and name != "vecdot"):
        raise RuleError(f"np.{name} of Values takes no {', '.join(options)}; transpose the arrays before")
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.ndim < LEAST_AXES[name][0] or b.ndim < LEAST_AXES[name][1]:
        raise ShapeError(
            f"np.{name} takes arrays of at least {LEAST_AXES[name]} axes, not {a.ndim, b.ndim}"
        )
    if name == "vecdot":
        a, b = numpy.moveaxis(a, axis, -1), numpy.moveaxis(b, axis, -1)
        return matmul(a[..., None, :], b[..., None])[..., 0, 0]
    if name == "matvec":
        return matmul(a, b[..., None])[..., 0]
    if name == "vecmat":
        return matmul(a[..., None, :], b)[..., 0, :]
    return matmul(a, b)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return `np.tensordot(a, b, axes)`."""
    import numpy

    a, b = numpy.asarray(a), numpy.asarray(b)
    if isinstance(axes, int):
        axes = range(-axes, 0), range(axes)
    of_a, of_b = ((side,) if isinstance(side, int) else tuple(side) for side in axes)
    last = range(-len(of_a), 0)
    return _sum_products(numpy.moveaxis(a, of_a, last), numpy.moveaxis(b, of_b, last), len(of_a))


def einsum(subscripts: Any, *arrays: Any) -> Any:
    """Return `np.einsum(subscripts, *arrays)`; NumPy's own where it is not a product of two arrays."""
    import numpy

    text = subscripts.replace(" ", "") if isinstance(subscripts, str) else ""
    inputs, arrow, kept = text.partition("->")
    if not arrow:
        kept = "".join(sorted(x for x in inputs if x != "," and inputs.count(x) == 1))
    sides = inputs.split(",")
    plain = all(len({*side}) == len(side) == numpy.ndim(x) for side, x in zip(sides, arrays))
    if len(sides) != 2 or not plain or not {*sides[0]} ^ {*sides[1]} <= {*kept} or "." in text:
        return numpy.einsum(subscripts, *arrays)
    a, b = _stretched(sides, arrays)
    shared = [x for x in sides[0] if x in sides[1]]
    batch, summed = [x for x in shared if x in kept], [x for x in shared if x not in kept]
    own_a, own_b = ([x for x in side if x not in shared] for side in sides)
    a = a.transpose([sides[0].index(x) for x in batch + own_a + summed])
    b = b.transpose([sides[1].index(x) for x in batch + own_b + summed])
    _same_lengths(a, b, a.shape[: len(batch)], b.shape[: len(batch)])
    result = _sum_products_of_batches(a, b, a.shape[: len(batch)], len(summed))
    order = batch + own_a + own_b
    return numpy.asarray(result).transpose([order.index(x) for x in kept])[()]


def _stretched(sides: Sequence[str], arrays: Iterable[Any]) -> list[Any]:
    """Return arrays with their axes of length 1 as long as those of the same letter."""
    import numpy

    arrays = [*map(numpy.asarray, arrays)]
    lengths: dict[str, int] = {}
    for side, array in zip(sides, arrays):
        lengths |= {x: size for x, size in zip(side, array.shape) if size != 1 or x not in lengths}
    return [
        numpy.broadcast_to(array, [lengths[x] if size == 1 else size for x, size in zip(side, array.shape)])
        for side, array in zip(sides, arrays)
    ]


def _sum_products_of_batches(a: Any, b: Any, batch: tuple[int, ...], count: int) -> Any:
    """Do as `_sum_products` for each place on the first axes, which both arrays share."""
    import numpy

    kept = a.shape[len(batch) : a.ndim - count] + b.shape[len(batch) : b.ndim - count]
    out = numpy.empty(batch + kept, object)
    for place in numpy.ndindex(batch):
        out[place] = _sum_products(a[(*place, ...)], b[(*place, ...)], count)
    return out


def _sum_products(a: Any, b: Any, count: int) -> Any:
    """Sum the products of two arrays over the last `count` axes of both."""
    import numpy

    kept_a, summed = a.shape[: a.ndim - count], a.shape[a.ndim - count :]
    kept_b = b.shape[: b.ndim - count]
    _same_lengths(a, b, summed, b.shape[b.ndim - count :])
    length = prod(summed)
    rows, columns = a.reshape(prod(kept_a), length), b.reshape(prod(kept_b), length)
    outs = _dots(rows.tolist(), columns.tolist()) if length else [0.0] * (len(rows) * len(columns))
    return numpy.fromiter(outs, object, len(outs)).reshape(kept_a + kept_b)[()]


def _same_lengths(a: Any, b: Any, of_a: tuple[int, ...], of_b: tuple[int, ...]) -> None:
    if of_a != of_b:
        raise ShapeError(
            f"the product of arrays of shapes {a.shape} and {b.shape} pairs axes of lengths "
            f"{of_a} and {of_b}; is one of the arrays to be transposed?"
        )


class _Vector(NamedTuple):
    """The entries of a row or column, their numbers, the largest height, and whether a Value is there."""

    entries: tuple[Any, ...]
    numbers: tuple[float, ...]
    height: int
    has_values: bool


def _dots(rows: Iterable[Sequence[Any]], columns: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the node `dot(row, column)` for each row and each column."""
    lefts, rights = [*map(_read, rows)], [*map(_read, columns)]
    return [_dot(left, right) for left in lefts for right in rights]


def _dot(left: _Vector, right: _Vector) -> Any:
    if not (left.has_values or right.has_values):
        return dot(left.entries, right.entries)
    if modes.open_blocks and (modes.is_strict() or not modes.is_recording()):
        return dot(left.entries, right.entries)
    out = sum(map(operator.mul, left.numbers, right.numbers), START)
    below = max(left.height, right.height)
    node = Value.made(dot_p, out, left.entries + right.entries, right.numbers + left.numbers, below)
    observer = modes.observer() if modes.open_blocks else None
    if observer is not None:
        observer.made(node)
    return node


def _read(vector: Sequence[Any]) -> _Vector:
    entries: tuple[Any, ...] = tuple(
        x if x.__class__ is Value or x.__class__ is float else real(x, "an entry") for x in vector
    )
    numbers = tuple(x._data if x.__class__ is Value else x for x in entries)
    heights = [x.height for x in entries if x.__class__ is Value]
    return _Vector(entries, numbers, max(heights, default=0), bool(heights))
