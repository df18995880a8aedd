"""What NumPy's functions that put entries in order, or into bins, do with arrays of Values.

The numbers decide on the places, as NumPy has it: nan comes last, and what is equal keeps its order. The
Values go there with their graphs. Everything here takes and gives arrays of NumPy's own class.
"""

import math
from collections.abc import Callable
from typing import Any

from ..errors import RuleError
from ..primitives import max_, min_, sum_, where
from ..primitives.conditions import either, is_nan
from ..primitives.piecewise import less
from ..refusals import refuse_if_tracing
from ..value import Value
from . import ufuncs
from .conditions import ORDERED
from .examples import as_numpy_has_it


def sort(a: Any, axis: int | None = -1, *_: Any, **__: Any) -> Any:
    """Return `np.sort(a, axis)`."""
    import numpy

    a, axis = _flat(a, axis)
    if Value.is_traced():
        return numpy.apply_along_axis(_ordered, axis, a)
    return numpy.take_along_axis(a, numpy.argsort(ufuncs.numbers(a), axis, kind="stable"), axis)


def partition(a: Any, kth: Any, axis: int | None = -1, *_: Any, **__: Any) -> Any:
    """Return `np.partition(a, kth, axis)`; in a trace all is in order."""
    import numpy

    a, axis = _flat(a, axis)
    if Value.is_traced():
        return sort(a, axis)
    return numpy.take_along_axis(a, numpy.argpartition(ufuncs.numbers(a), kth, axis), axis)


def _ordered(row: Any) -> Any:
    """Put a row in order by comparing neighbours, in as many rounds as there are entries.

    Which ones are compared does not depend on the numbers, so it is right for all of them.
    """
    import numpy

    entries = row.tolist()
    for first in range(len(entries)):
        for i in range(first % 2, len(entries) - 1, 2):
            x, y = entries[i : i + 2]
            turned = either(less(y, x), less(is_nan(y), is_nan(x)))
            entries[i : i + 2] = where(turned, y, x), where(turned, x, y)
    return numpy.array(entries, object)


def _flat(a: Any, axis: int | None) -> tuple[Any, int]:
    import numpy

    return (numpy.ravel(a), 0) if axis is None else (numpy.asarray(a), axis)


def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **options: Any,
) -> Any:
    """Return `np.unique(ar)`; the first of equal entries stands for all."""
    import numpy

    refuse_if_tracing("np.unique", ORDERED)
    a = numpy.asarray(ar)
    _, index, *others = numpy.unique(ufuncs.numbers(a), True, True, True, axis, **options)
    found = numpy.ravel(a)[index] if axis is None else numpy.take(a, index, axis)
    asked = return_index, return_inverse, return_counts
    more = [each for each, wanted in zip((index, *others), asked) if wanted]
    return (found, *more) if more else found


def median(a: Any, axis: Any = None, out: Any = None, _: bool = False, keepdims: bool = False) -> Any:
    """Return `np.median(a, axis)`."""
    return ufuncs.write("median", _ranked(a, 0.5, axis, keepdims, "midpoint", is_nan_skipped=False), out)


def nanmedian(a: Any, axis: Any = None, out: Any = None, _: bool = False, keepdims: bool = False) -> Any:
    """Return `np.nanmedian(a, axis)`."""
    return ufuncs.write("nanmedian", _ranked(a, 0.5, axis, keepdims, "midpoint", is_nan_skipped=True), out)


def quantile_as(name: str) -> Callable[..., Any]:
    """Return what runs as NumPy's quantile, percentile, nanquantile or nanpercentile."""
    whole = 100.0 if "percentile" in name else 1.0

    def quantile(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        _: bool = False,
        method: str = "linear",
        keepdims: bool = False,
        *,
        weights: Any = None,
    ) -> Any:
        import numpy

        if weights is not None:
            raise RuleError(f"np.{name} of Values takes no weights; repeat the entries instead")
        parts = numpy.asarray(q) / whole
        found = [_ranked(a, part, axis, keepdims, method, name.startswith("nan")) for part in parts.flat]
        stacked = numpy.empty((len(found), *numpy.shape(found[0] if found else 0.0)), object)
        for i, each in enumerate(found):
            stacked[i] = each
        return ufuncs.write(name, stacked.reshape(parts.shape + stacked.shape[1:])[()], out)

    return quantile


def _ranked(a: Any, part: float, axis: Any, keepdims: bool, method: Any, is_nan_skipped: bool) -> Any:
    """Return the entry, or what lies between two, below which is a part of the entries along the axes."""
    import numpy

    if is_nan_skipped:
        refuse_if_tracing("a quantile of what is not nan", ORDERED)
    a = numpy.asarray(a)
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)

    def of_row(*row: Any) -> Any:
        entries = sort(numpy.fromiter(row, object, len(row)))
        if not row:
            return math.nan
        if Value.is_traced():
            return where(is_nan(entries[-1]), math.nan, _between(entries, part, method))
        count = numpy.isnan(ufuncs.numbers(entries)).sum()
        if count and not is_nan_skipped:
            return entries[-1]
        entries = entries[: len(entries) - count]
        return _between(entries, part, method) if len(entries) else math.nan

    return ufuncs.along(of_row, a, axes, keepdims)


def _between(entries: Any, part: float, method: Any) -> Any:
    """Return what lies between two of the entries, which are in order."""
    import numpy

    rank = float(numpy.quantile(numpy.arange(len(entries)), part, method=method))
    low, high = entries[math.floor(rank)], entries[math.ceil(rank)]
    beyond = rank - math.floor(rank)
    if beyond in (0.0, 0.5):
        return low if not beyond else 0.5 * (low + high)
    return low + (high - low) * beyond if beyond < 0.5 else high - (high - low) * (1.0 - beyond)


def bincount(x: Any, weights: Any, minlength: int = 0) -> Any:
    """Return `np.bincount(x, weights, minlength)`: the sum of the weights of each number."""
    import numpy

    numbers = as_numpy_has_it(lambda weights: numpy.bincount(x, weights, minlength), weights)
    return _sums(weights, x, len(numbers))


def histogram(a: Any, bins: Any = 10, *more: Any, **options: Any) -> Any:
    """Return `np.histogram(a, bins, range, density, weights)`; edges between Values move with them."""
    import numpy

    if _holds_values(a) or _holds_values(bins):
        refuse_if_tracing("np.histogram", ORDERED)
    options |= zip(("range", "density", "weights"), more)
    weights = options.get("weights")
    x = numpy.ravel(ufuncs.numbers(numpy.asarray(a)))
    counts, edges = numpy.histogram(
        x, ufuncs.numbers(bins), **options | {"weights": ufuncs.numbers(weights)}
    )
    if _holds_values(weights):
        places = numpy.where(x == edges[-1], len(counts) - 1, numpy.searchsorted(edges, x, "right") - 1)
        counts = _sums(weights, places, len(counts))
        if options.get("density"):
            counts = counts / numpy.diff(edges) / counts.sum()
    if numpy.ndim(bins):
        return counts, numpy.asarray(bins)
    if _holds_values(a) and options.get("range") is None and x.min() < x.max():
        edges = numpy.linspace(min_(numpy.ravel(a).tolist()), max_(numpy.ravel(a).tolist()), len(edges))
    return counts, edges


def _holds_values(thing: Any) -> bool:
    return any(isinstance(entry, Value) for entry in getattr(thing, "flat", ()))


def _sums(weights: Any, places: Any, count: int) -> Any:
    """Return the sums of the weights that go to each of `count` places."""
    import numpy

    rows: list[list[Any]] = [[] for _ in range(count)]
    for place, weight in zip(numpy.ravel(places).tolist(), numpy.ravel(weights).tolist()):
        if 0 <= place < count:
            rows[place].append(weight)
    return numpy.fromiter((sum_(*row) for row in rows), object, count)
