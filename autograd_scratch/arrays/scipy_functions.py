"""Functions of SciPy's that are no elementwise ones, for arrays of Values.

SciPy turns what it is given into plain arrays, and hands them to compiled code. So these stand in for its
functions where somebody's own function is called with others in its globals. Of plain numbers each gives
what SciPy's own does.
"""

from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from types import FunctionType
from typing import Any

from ..errors import RuleError
from ..primitives.piecewise import detached
from . import rows
from .buffers import holds_values
from .distributions import Normal
from .elimination import substituted
from .examples import as_numpy_has_it
from .subclass import array_type

FUNCTIONS_OF_SCIPY: dict[str, Callable[..., Any]] = {"scipy.stats.norm": Normal()}


def of_scipy(function: Any) -> Any:
    """Return what stands in for a function of SciPy's, else itself; of plain numbers it is the same."""
    own = getattr(function, "__name__", getattr(function, "name", ""))
    package = [part for part in function.__module__.split(".") if not part.startswith("_")]
    name = ".".join((*package, str(own)))
    if name in FUNCTIONS_OF_SCIPY:
        return FUNCTIONS_OF_SCIPY[name]
    return _refusing(name, function) if isinstance(function, FunctionType) else function


@cache
def _refusing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that refuses Values by name, where it fails on them."""

    @wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except (TypeError, ValueError, AttributeError, RuntimeError) as fault:
            if not (holds_values(args) or holds_values(options)):
                raise
            raise RuleError(
                f"{name} does not run on Values; write it with functions of NumPy, or apply it to their "
                f"numbers alone, {name}(data(x))"
            ) from fault

    return called


def _standing_in(module: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function stand in for that of the same name in a module of SciPy's, where Values are given."""

    def stand_in(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(*args: Any, **options: Any) -> Any:
            if holds_values(args) or holds_values(options):
                return function(*args, **options)
            return getattr(import_module(module), function.__name__)(*args, **options)

        FUNCTIONS_OF_SCIPY[f"{module}.{function.__name__}"] = called
        return called

    return stand_in


def _array(thing: Any) -> Any:
    """Return an array of Values as one that knows what to do with them; another one as it is."""
    import numpy

    array = numpy.asanyarray(thing)
    return array.view(array_type()) if array.dtype == object else array


@_standing_in("scipy.special")
def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """The logarithm of the sum of b exp(a), and the sign of the sum if asked for."""
    import numpy

    a = _array(a)
    if b is None and not return_sign:
        return rows.logsumexp(a, axis=axis, keepdims=keepdims)
    weights = _array(1.0 if b is None else b)
    kept = numpy.where(weights == 0.0, -numpy.inf, a)
    top = numpy.max(kept, axis=axis, keepdims=True)
    top = detached(numpy.where(numpy.isinf(top), 0.0, top))
    total = numpy.sum(weights * numpy.exp(kept - top), axis=axis, keepdims=True)
    out = numpy.log(abs(total) if return_sign else total) + top
    found = [part if keepdims else numpy.squeeze(part, axis) for part in (out, numpy.sign(total))]
    return tuple(found) if return_sign else found[0]


@_standing_in("scipy.special")
def softmax(x: Any, axis: Any = None) -> Any:
    """The probabilities in proportion to exp(x), along an axis or of all."""
    return rows.softmax(_array(x), axis=axis)


@_standing_in("scipy.special")
def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithms of `softmax`."""
    return rows.log_softmax(_array(x), axis=axis)


_PADDINGS = {
    "fill": "constant",
    "pad": "constant",
    "wrap": "wrap",
    "symm": "symmetric",
    "symmetric": "symmetric",
}


def _slid(a: Any, kernel: Any, mode: str, boundary: str = "fill", fillvalue: Any = 0.0) -> Any:
    """Return the sums of the products of a kernel with the windows that it goes over."""
    import numpy

    sizes = kernel.shape
    pads = {
        "full": [(size - 1, size - 1) for size in sizes],
        "same": [(size // 2, (size - 1) // 2) for size in sizes],
        "valid": [(0, 0) for size in sizes],
    }[mode]
    filling = {"constant_values": fillvalue} if _PADDINGS[boundary] == "constant" else {}
    padded = numpy.pad(a, pads, mode=_PADDINGS[boundary], **filling)  # type: ignore[call-overload]
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, sizes)
    return numpy.tensordot(windows, kernel, kernel.ndim)


def _fitting(own: str, in1: Any, in2: Any, mode: str, *more: Any) -> tuple[Any, Any, bool]:
    """Return two arrays, the larger one first, and whether they changed places; SciPy refuses some."""
    in1, in2 = _array(in1), _array(in2)
    function = getattr(import_module("scipy.signal"), own)
    as_numpy_has_it(lambda *arrays: function(*arrays, mode, *more), in1, in2)
    turned = mode == "valid" and any(a < b for a, b in zip(in1.shape, in2.shape))
    return (in2, in1, True) if turned else (in1, in2, False)


def _convolved(own: str, in1: Any, in2: Any, mode: str, *more: Any) -> Any:
    import numpy

    larger, smaller, _ = _fitting(own, in1, in2, mode, *more)
    return _slid(larger, numpy.flip(smaller), mode, *more)


@_standing_in("scipy.signal")
def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0.0) -> Any:
    """The convolution of two matrices."""
    return _convolved("convolve2d", in1, in2, mode, boundary, fillvalue)


@_standing_in("scipy.signal")
def correlate2d(
    in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0.0
) -> Any:
    """The correlation of two matrices; an even one has its larger half after the middle."""
    import numpy

    larger, smaller, turned = _fitting("correlate2d", in1, in2, mode, boundary, fillvalue)
    if turned:
        return numpy.flip(_slid(larger, smaller, mode))
    return numpy.flip(_slid(numpy.flip(larger), numpy.flip(smaller), mode, boundary, fillvalue))


@_standing_in("scipy.signal")
def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The convolution of two arrays."""
    return _convolved("convolve", in1, in2, mode)


@_standing_in("scipy.signal")
def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """The convolution of two arrays, here without a transform."""
    return _convolved("convolve", in1, in2, mode)


@_standing_in("scipy.signal")
def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """The correlation of two arrays; an even one has its larger half before the middle."""
    import numpy

    larger, smaller, turned = _fitting("correlate", in1, in2, mode)
    return numpy.flip(_slid(larger, smaller, mode)) if turned else _slid(larger, smaller, mode)


@_standing_in("scipy.linalg")
def solve(
    a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False, **_: Any
) -> Any:
    """The solution x of a @ x = b; of a symmetric matrix one triangle is read."""
    import numpy

    a = _array(a)
    if assume_a in ("sym", "her", "pos", "symmetric", "hermitian", "positive definite"):
        half = numpy.tril(a, -1) if lower else numpy.triu(a, 1)
        a = half + numpy.swapaxes(half, -2, -1) + a * numpy.eye(a.shape[-1])
    return numpy.linalg.solve(numpy.swapaxes(a, -2, -1) if transposed else a, _array(b))


@_standing_in("scipy.linalg")
def inv(a: Any, **_: Any) -> Any:
    """The inverse of a matrix."""
    import numpy

    return numpy.linalg.inv(_array(a))


@_standing_in("scipy.linalg")
def det(a: Any, **_: Any) -> Any:
    """The determinant of a matrix."""
    import numpy

    return numpy.linalg.det(_array(a))


@_standing_in("scipy.linalg")
def pinv(a: Any, **_: Any) -> Any:
    """The pseudo-inverse of a matrix of full rank."""
    import numpy

    return numpy.linalg.pinv(_array(a))


@_standing_in("scipy.linalg")
def cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    """The triangle, an upper one unless `lower`, whose product with its transpose a matrix is."""
    import numpy

    a = _array(a)
    return numpy.linalg.cholesky(a) if lower else numpy.linalg.cholesky(a.T).T


@_standing_in("scipy.linalg")
def cho_factor(a: Any, lower: bool = False, **_: Any) -> Any:
    """What `cho_solve` takes: the triangle, and whether it is a lower one."""
    return cholesky(a, lower), lower


@_standing_in("scipy.linalg")
def cho_solve(c_and_lower: Any, b: Any, **_: Any) -> Any:
    """The solution for a matrix of which `cho_factor` has made a triangle."""
    c, lower = c_and_lower
    first = solve_triangular(c, b, 0 if lower else 1, lower)
    return solve_triangular(c, first, 1 if lower else 0, lower)


@_standing_in("scipy.linalg")
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any
) -> Any:
    """The solution x of a @ x = b, where one triangle of `a` is read."""
    import numpy

    a, b = _array(a), _array(b)
    own = import_module("scipy.linalg").solve_triangular
    as_numpy_has_it(lambda *arrays: own(*arrays, trans, lower, unit_diagonal), a, b)
    if unit_diagonal:
        a = numpy.where(numpy.eye(len(a)) == 1.0, 1.0, a)
    if trans in (1, 2, "T", "C"):
        a, lower = a.T, not lower
    step = -1 if lower else 1  # from its last row up, a lower triangle is an upper one
    columns = b[::step].reshape(len(b), -1)
    return _array(substituted(a[::step, ::step], columns)).reshape(b.shape)[::step]


_DISTANCES: dict[str, Callable[[Any], Any]] = {
    "euclidean": lambda steps: _norms(steps, 2),
    "sqeuclidean": lambda steps: (steps * steps).sum(axis=-1),
    "cityblock": lambda steps: _norms(steps, 1),
}


def _norms(steps: Any, order: int) -> Any:
    import numpy

    return numpy.linalg.norm(steps, order, axis=-1)


@_standing_in("scipy.spatial.distance")
def cdist(XA: Any, XB: Any, metric: str = "euclidean", **_: Any) -> Any:
    """The distance of each row of one array from each row of another."""
    if metric not in _DISTANCES:
        raise RuleError(
            f"cdist of Values has no metric {metric!r}; take {', '.join(map(repr, _DISTANCES))}, or write "
            "it with functions of NumPy"
        )
    a, b = _array(XA), _array(XB)
    as_numpy_has_it(import_module("scipy.spatial.distance").cdist, a, b)
    return _DISTANCES[metric](a[:, None, :] - b[None, :, :])
