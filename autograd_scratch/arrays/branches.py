"""Functions of NumPy that branch on numbers, written with choices that a trace keeps.

NumPy's own ask whether a number is nan, say, and go another way then: of a condition nobody knows. Outside
of a trace NumPy's own run. Here are arrays of Values all along.
"""

from collections.abc import Callable
from functools import reduce
from math import inf, nan
from typing import Any

from . import ufuncs
from .conditions import holds_conditions, places_of
from .masks import selected


def find(func: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return what runs in a trace instead of a function of NumPy's; None for what runs elsewhere, too."""
    return _FUNCTIONS.get(func.__name__)


def _select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Any:
    import numpy

    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        chosen = numpy.where(condition, choice, chosen)
    return chosen


def _piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **options: Any) -> Any:
    import numpy

    if not isinstance(condlist[0], (list, numpy.ndarray)) and numpy.ndim(x):
        condlist = [condlist]
    if len(funclist) == len(condlist) + 1:
        condlist = [*condlist, numpy.logical_not(reduce(numpy.logical_or, condlist))]
    if len(funclist) != len(condlist):
        raise ValueError(f"{len(condlist)} conditions take as many functions, or one more")
    out = numpy.zeros_like(x)
    for condition, function in zip(condlist, funclist):
        chosen = selected(x, condition) if holds_conditions(condition) else x[condition]
        out[condition] = function(chosen, *args, **options) if callable(function) else function
    return out


def _count(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """Return how many entries are not zero: a Value."""
    import numpy

    return numpy.where(a != 0, 1.0, 0.0).sum(axis=axis, keepdims=keepdims)


def _nan_mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    import numpy

    count = _count(numpy.logical_not(numpy.isnan(a)), axis, keepdims=keepdims)
    return ufuncs.write("nanmean", numpy.nansum(a, axis, dtype, keepdims=keepdims) / count, out)


def _nan_var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False
) -> Any:
    import numpy

    beside = a - _nan_mean(a, axis, dtype, keepdims=True)
    freedom = _count(numpy.logical_not(numpy.isnan(a)), axis, keepdims=keepdims) - ddof
    var = numpy.nansum(beside * beside, axis, keepdims=keepdims) / numpy.where(freedom > 0, freedom, nan)
    return ufuncs.write("nanvar", var, out)


def _nan_std(*args: Any, out: Any = None, **options: Any) -> Any:
    import numpy

    return ufuncs.write("nanstd", numpy.sqrt(_nan_var(*args, **options)), out)


def _nan_extreme(name: str, other: float) -> Callable[..., Any]:
    """Return what runs as nanmax or nanmin; an infinity stands for what is passed over."""

    def extreme(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        import numpy

        absent = numpy.isnan(a)
        found = getattr(numpy, name)(numpy.where(absent, other, a), axis=axis, keepdims=keepdims)
        is_empty = numpy.all(absent, axis=axis, keepdims=keepdims)
        return ufuncs.write(f"nan{name}", numpy.where(is_empty, nan, found), out)

    return extreme


def _mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    import numpy

    if not holds_conditions(where):
        return NotImplemented
    count = numpy.broadcast_to(numpy.where(where, 1.0, 0.0), a.shape).sum(axis=axis, keepdims=keepdims)
    total = numpy.sum(a, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    return ufuncs.write("mean", total / count, out)


def _extract(condition: Any, arr: Any) -> Any:
    import numpy

    return numpy.ravel(arr)[numpy.ravel(condition)]


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Do as np.pad where the border is the largest or the smallest entry, or a ramp."""
    import numpy

    if mode not in ("maximum", "minimum", "linear_ramp") or isinstance(pad_width, dict):
        return NotImplemented
    widths = numpy.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    given = options.get("end_values", 0.0) if mode == "linear_ramp" else options.get("stat_length")
    sides = numpy.broadcast_to(numpy.asarray(given, object), (array.ndim, 2)).tolist()
    for axis, both in enumerate(zip(widths, sides)):
        rows = numpy.moveaxis(array, axis, 0)
        (before, first), (after, last) = zip(*both)
        borders = _border(rows, before, first, mode), _border(rows[::-1], after, last, mode)[::-1]
        array = numpy.moveaxis(numpy.concatenate([borders[0], rows, borders[1]]), 0, axis)
    return array


def _border(rows: Any, width: int, given: Any, mode: str) -> Any:
    """Return what is put before the first of some rows."""
    import numpy

    if mode == "linear_ramp":
        return numpy.linspace(given, rows[0], width, endpoint=False)
    extreme = getattr(rows[:given], "max" if mode == "maximum" else "min")(axis=0)
    return numpy.broadcast_to(extreme, (width, *rows.shape[1:]))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "select": _select,
    "piecewise": _piecewise,
    "count_nonzero": _count,
    "nanmean": _nan_mean,
    "nanvar": _nan_var,
    "nanstd": _nan_std,
    "nanmax": _nan_extreme("max", -inf),
    "nanmin": _nan_extreme("min", inf),
    "mean": _mean,
    "extract": _extract,
    "pad": _pad,
    "where": lambda condition, *arms: NotImplemented if arms else places_of(condition),
    "nonzero": lambda a: places_of(a != 0),
    "flatnonzero": lambda a: places_of(a.ravel() != 0)[0],
    "isposinf": lambda x: x == inf,
    "isneginf": lambda x: x == -inf,
}
