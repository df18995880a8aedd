"""What NumPy's functions of points on a line, and of samples, do with arrays of Values.

Everything here takes and gives arrays of NumPy's own class.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import RuleError
from ..ieee import NAN
from ..primitives import dot, mean, sum_, where
from ..primitives.arithmetic import div
from ..primitives.conditions import is_nan
from ..primitives.piecewise import less, less_equal
from ..value import Value
from . import ufuncs
from .examples import as_numpy_has_it
from .linear_algebra import lstsq
from .products import matmul


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    **_: Any,
) -> Any:
    """Return `np.linspace(start, stop, num)`."""
    import numpy

    ufuncs.refuse_dtype("linspace", dtype)
    start, span = numpy.asarray(start), numpy.asarray(stop) - numpy.asarray(start)
    shares, step = numpy.linspace(0.0, 1.0, num, endpoint, retstep=True)
    points = numpy.moveaxis(start + numpy.multiply.outer(shares, span), 0, axis)
    return (points, step * span) if retstep else points


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Return `np.geomspace(start, stop, num)`: powers of the ratio between the ends."""
    import numpy

    ufuncs.refuse_dtype("geomspace", dtype)
    start, stop = numpy.broadcast_arrays(*(numpy.asarray(end, object) for end in (start, stop)))
    steps = numpy.arange(float(num)) / max(num - 1 if endpoint else num, 1)

    def point(first: Any, last: Any, step: float) -> Any:
        return first if step == 0.0 else last if step == 1.0 else first * (last / first) ** step

    points = numpy.frompyfunc(point, 3, 1)(start, stop, steps.reshape(-1, *(1,) * start.ndim))
    return numpy.moveaxis(points, 0, axis)


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None
) -> Any:
    """Return `np.interp(x, xp, fp)`; in a trace with all the pieces between points."""
    import numpy

    if period is not None:
        raise RuleError("np.interp of Values takes no period; write np.interp(x % period, xp, fp)")
    as_numpy_has_it(partial(numpy.interp, 0.0), xp, fp)
    places, heights = numpy.asarray(xp).tolist(), numpy.asarray(fp).tolist()
    before, after = heights[0] if left is None else left, heights[-1] if right is None else right
    steps = range(len(places) - 1)
    sought = None if Value.is_traced() else ufuncs.numbers(numpy.asarray(xp))

    def height(at: Any) -> Any:
        near = steps
        if sought is not None:
            i = int(numpy.searchsorted(sought, ufuncs.numbers(at), "right")) - 1
            near = steps[max(i, 0) : i + 1]
        found = before
        for i in near:
            slope = div(heights[i + 1] - heights[i], places[i + 1] - places[i])
            found = where(less_equal(places[i], at), heights[i] + slope * (at - places[i]), found)
        end = where(less(places[-1], at), after, heights[-1])
        return where(is_nan(at), NAN, where(less_equal(places[-1], at), end, found))

    with numpy.errstate(all="ignore"):  # nan is compared without a word
        return numpy.frompyfunc(height, 1, 1)(numpy.asarray(x, object))


def gradient(f: Any, *spacings: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    """Return `np.gradient(f)`: by each axis the products with what NumPy gives for unit vectors."""
    import numpy

    f = numpy.asarray(f)
    axes = range(f.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(spacings) == 1:
        spacings *= len(axes)
    options = {"axis": axis, "edge_order": edge_order}
    as_numpy_has_it(lambda numbers: numpy.gradient(numbers, *map(_plain, spacings), **options), f)
    found = []
    for along, spacing in zip(axes, spacings or [1.0] * len(axes)):
        weights = numpy.gradient(numpy.eye(f.shape[along]), spacing, axis=0, edge_order=edge_order)
        found.append(numpy.moveaxis(_weighted(weights, numpy.moveaxis(f, along, -1)), -1, along))
    return found[0] if len(found) == 1 else tuple(found)


def _plain(spacing: Any) -> Any:
    import numpy

    if numpy.asarray(spacing).dtype == object:
        raise RuleError(
            "np.gradient of Values takes plain numbers for the spacing; divide what it gives by the Value"
        )
    return spacing


def _weighted(weights: Any, f: Any) -> Any:
    """Return for each row of weights the sum of what they weigh along the last axis, zeros left out."""
    import numpy

    out = numpy.empty((*f.shape[:-1], len(weights)), object)
    for i, row in enumerate(weights):
        (kept,) = row.nonzero()
        out[..., i] = numpy.apply_along_axis(partial(dot, row[kept].tolist()), -1, f[..., kept])
    return out


def polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: bool = False
) -> Any:
    """Return `np.polyfit(x, y, deg)`: the coefficients alone."""
    import numpy

    if full or cov:
        raise RuleError("np.polyfit of Values gives the coefficients alone; leave out full and cov")
    x, y = numpy.asarray(x), numpy.asarray(y)
    powers = numpy.vander(x, deg + 1)
    if w is not None:
        w = numpy.asarray(w)
        powers, y = powers * w[:, None], y * (w if y.ndim == 1 else w[:, None])
    return lstsq(powers, y)[0]


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    **options: Any,
) -> Any:
    """Return `np.cov(m)`; NumPy's own where observations have weights."""
    import numpy

    if fweights is not None or aweights is not None:
        return numpy.cov(m, y, rowvar, bias, ddof, fweights, aweights, **options)
    ufuncs.refuse_dtype("cov", options.get("dtype"))
    parts = [_in_rows(numpy.asarray(part), rowvar) for part in (m, y) if part is not None]
    x = numpy.concatenate(parts, axis=0)
    x = x - ufuncs.along(mean, x, (1,), keepdims=True)
    degrees = max(x.shape[1] - (int(not bias) if ddof is None else ddof), 0)
    return numpy.squeeze(matmul(x, x.T) / degrees)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **options: Any) -> Any:
    """Return `np.corrcoef(x, y)`: NumPy's own writes into the real part of its result."""
    import numpy

    covariance = numpy.asarray(cov(x, y, rowvar, **options), object)
    if not covariance.shape:
        return covariance[()] / covariance[()]
    deviations = ufuncs.run(numpy.sqrt, "__call__", [numpy.diagonal(covariance)], {})
    return covariance / deviations[:, None] / deviations[None, :]


def _in_rows(x: Any, rowvar: bool) -> Any:
    import numpy

    return x.T if x.ndim == 2 and not rowvar else numpy.atleast_2d(x)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False
) -> Any:
    """Return `np.average(a, axis, weights)`, nan in a Program where the weights add up to 0."""
    import numpy

    a = numpy.asarray(a)
    weights = numpy.ones(a.shape) if weights is None else numpy.asarray(weights)
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    as_numpy_has_it(lambda *numbers: numpy.average(numbers[0], axis, numbers[1]), a, weights)
    if weights.shape != a.shape:
        weights = numpy.expand_dims(
            weights, tuple(k for k in range(a.ndim) if k not in {n % a.ndim for n in axes})
        )
        weights = numpy.broadcast_to(weights, a.shape)
    whole = ufuncs.along(sum_, weights, axes, keepdims)
    out = ufuncs.along(sum_, a * weights, axes, keepdims) / whole
    return (out, whole) if returned else out


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Return `np.insert(arr, obj, values, axis)`, also into an array of floats."""
    import numpy

    return numpy.insert(numpy.asarray(arr, object), obj, values, axis)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (linspace, geomspace, interp, gradient, polyfit, cov, corrcoef, average, insert)
}
