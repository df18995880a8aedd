"""What NumPy's elementwise functions do with Values.

NumPy asks each entry of an object array for a method: `np.exp` calls `entry.exp()`. A plain number
among the entries, such as the 0.0 in `np.where(z > 0, z, 0.0)`, has no such method, and where it has
operators they raise as Python does. So a function of NumPy's runs here as the primitive that does the
same, which takes Values and plain numbers alike; a sum, a product or a maximum along an axis is one
node, with all its terms for parents. What only looks at the numbers (comparisons, `isnan`) gets them.

Everything here takes and gives arrays of NumPy's own class, of dtype object.
"""

import operator
from collections.abc import Callable, Sequence
from functools import cache, reduce
from itertools import compress
from math import prod
from typing import TYPE_CHECKING, Any

from .. import primitives
from ..errors import DataError, DetachedNumberError, RuleError, ShapeError
from ..ieee import real
from ..primitives import arithmetic, max_, min_, pow_, sqrt, sum_
from ..primitives.piecewise import sign
from ..value import Value
from .products import matmul

if TYPE_CHECKING:
    import numpy

Function = Callable[..., Any]

_SAME_NAME = (
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan sinh cosh tanh hypot logaddexp copysign "
    "fmod floor ceil trunc degrees radians erf square"
)
_PRIMITIVES = dict(zip(_SAME_NAME.split(), _SAME_NAME.split())) | {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "deg2rad": "radians",
    "rad2deg": "degrees",
    "fabs": "abs_",
    "rint": "round_",
    "remainder": "mod",
    "floor_divide": "floordiv",
    "expit": "sigmoid",  # SciPy's
}
_ON_NUMBERS = frozenset(
    (
        "greater",
        "greater_equal",
        "less",
        "less_equal",
        "equal",
        "not_equal",
        "isnan",
        "isinf",
        "isfinite",
        "signbit",
        "heaviside",
        "logical_and",
        "logical_or",
        "logical_xor",
        "logical_not",
    )
)
_OPERATORS = frozenset(["add", "subtract", "multiply", "negative", "positive", "absolute"])
_PRODUCTS = frozenset(["matmul", "vecdot", "matvec", "vecmat"])


def _quotient(x: Any, y: Any) -> Any:
    return x / y if isinstance(x, Value) or isinstance(y, Value) else arithmetic.div(x, y)


def _clipped(x: Any, low: Any, high: Any) -> Any:
    return min_(max_(x, low), high)


def _larger_number(x: Any, y: Any) -> Any:
    """The larger of two of which one may be nan."""
    return y if x != x else x if y != y else max_(x, y)


def _smaller_number(x: Any, y: Any) -> Any:
    return y if x != x else x if y != y else min_(x, y)


def _sum(*terms: Any) -> Any:
    return sum_(*terms) if terms else 0.0


def _product(*terms: Any) -> Any:
    return reduce(operator.mul, terms, 1.0)


def _norm(*terms: Any) -> Any:
    return sqrt(sum_([x * x for x in terms]))


norm: Function = getattr(primitives, "norm", _norm)

_FUNCTIONS: dict[str, Function] = {
    numpys: getattr(primitives, ours) for numpys, ours in _PRIMITIVES.items() if hasattr(primitives, ours)
} | {
    "divide": _quotient,
    "true_divide": _quotient,
    "reciprocal": lambda x: _quotient(1.0, x),
    "power": pow_,
    "float_power": pow_,
    "square": getattr(primitives, "square", lambda x: x * x),
    "sign": sign,
    "conjugate": lambda x: x,
    "maximum": max_,
    "minimum": min_,
    "fmax": _larger_number,
    "fmin": _smaller_number,
    "clip": getattr(primitives, "clamp", _clipped),
}
_REDUCTIONS: dict[str, Function] = {
    "add": _sum,
    "multiply": getattr(primitives, "prod", _product),
    "maximum": max_,
    "minimum": min_,
}


def numbers(thing: Any) -> Any:
    """Return what is in Values: a float array for an object array, a float for a Value."""
    import numpy

    if isinstance(thing, numpy.ndarray) and thing.dtype == object:
        entries = (real(x.data if x.__class__ is Value else x, "an entry") for x in thing.flat)
        return numpy.fromiter(entries, float, thing.size).reshape(thing.shape)
    return thing.data if isinstance(thing, Value) else thing


def run(ufunc: "numpy.ufunc", method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """Return what `ufunc`, or its `method` ('reduce', ...), gives for these inputs."""
    name = ufunc.__name__
    if name in _ON_NUMBERS:
        return getattr(ufunc, method)(*map(numbers, inputs), **options)
    targets = options.pop("out", ())
    _check(name, targets if method != "at" else inputs[:1], options)
    if method == "reduce" and name in _REDUCTIONS:
        out = _reduce(name, *inputs, **options)
    elif name in _PRODUCTS and method == "__call__":
        out = _multiply(name, *inputs)
    elif targets:
        out = _call(ufunc, method, inputs, {**options, "out": targets})
    else:
        out = _call(ufunc, method, inputs, options)
    if targets and out is not targets[0]:
        targets[0][...] = out
    return out


def write(name: str, result: Any, target: Any) -> Any:
    """Return `result`, or write it into the array that was given as `out`."""
    if target is None:
        return result
    _check(name, (target,), {})
    target[...] = result
    return target


def _check(name: str, targets: Sequence[Any], options: dict[str, Any]) -> None:
    """Refuse what would lose graphs or leave holes; forget options that make no difference."""
    for target in targets:
        if getattr(getattr(target, "dtype", None), "kind", "O") != "O":
            raise DetachedNumberError(
                f"np.{name} was to write Values into an array of {target.dtype}, which would lose their "
                "graph; write z = x + y instead of x += y, or make the array with values(...) or "
                "np.empty(shape, dtype=object)"
            )
    dtype = options.pop("dtype", None)
    if dtype is not None and getattr(dtype, "kind", "O" if dtype is object else "f") not in "Of":
        raise DataError(f"np.{name} of Values gives Values, not {dtype}; leave dtype out")
    for harmless in ("casting", "order", "subok"):
        options.pop(harmless, None)
    if options.get("where", True) is True:
        options.pop("where", None)
    elif not targets and name not in _REDUCTIONS:
        raise ShapeError(
            f"np.{name}(..., where=mask) without out= leaves entries undefined; give "
            "out=np.zeros_like(x), or write np.where(mask, ..., 0.0)"
        )


def _call(ufunc: "numpy.ufunc", method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    name = ufunc.__name__
    known = name in _FUNCTIONS
    loop = _loop(name, ufunc.nin) if known else ufunc
    try:
        return getattr(loop, method)(*inputs, **options)
    except TypeError as fault:
        if known or name in _OPERATORS or isinstance(fault, DataError):
            raise
        raise RuleError(
            f"np.{name} has no derivative here, so it does not run on Values; apply it to their numbers, "
            f"np.{name}(data(x)), or define it with @primitive"
        ) from fault


@cache
def _loop(name: str, nin: int) -> "numpy.ufunc":
    import numpy

    return numpy.frompyfunc(_FUNCTIONS[name], nin, 1)


def _multiply(name: str, a: Any, b: Any) -> Any:
    import numpy

    a, b = numpy.asarray(a), numpy.asarray(b)
    if name == "vecdot":
        return matmul(a[..., None, :], b[..., None])[..., 0, 0]
    if name == "matvec":
        return matmul(a, b[..., None])[..., 0]
    if name == "vecmat":
        return matmul(a[..., None, :], b)[..., 0, :]
    return matmul(a, b)


def _reduce(
    name: str, array: Any, axis: Any = 0, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """Do as `np.add.reduce` and its like."""
    import numpy

    array = numpy.asarray(array, dtype=object)
    axes = tuple(range(array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return along(_REDUCTIONS[name], array, axes, keepdims, () if initial is None else (initial,), where)


def along(
    function: Function,
    array: Any,
    axes: tuple[int, ...],
    keepdims: bool,
    first: tuple[Any, ...] = (),
    where: Any = True,
) -> Any:
    """Apply a function of many terms to the entries along `axes`, for each place on the other axes."""
    import numpy

    kept, rows = _rows(array, axes)
    if where is not True:
        _, masks = _rows(numpy.broadcast_to(where, array.shape), axes)
        rows = [[*compress(row, mask)] for row, mask in zip(rows, masks)]
    out = numpy.fromiter((function(*first, *row) for row in rows), object, len(rows)).reshape(kept)
    return numpy.expand_dims(out, axes) if keepdims else out[()]


def _rows(array: Any, axes: tuple[int, ...]) -> tuple[tuple[int, ...], list[list[Any]]]:
    """Return the shape of the other axes, and for each place there the entries along `axes`."""
    import numpy

    moved = numpy.moveaxis(array, axes, range(-len(axes), 0))
    count = array.ndim - len(axes)
    kept = moved.shape[:count]
    rows: list[list[Any]] = moved.reshape(prod(kept), prod(moved.shape[count:])).tolist()
    return kept, rows
