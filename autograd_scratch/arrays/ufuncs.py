"""What NumPy's elementwise functions do with Values.

NumPy asks each entry of an object array for a method: `np.exp` calls `entry.exp()`. A plain number
among the entries, such as the 0.0 in `np.where(z > 0, z, 0.0)`, has no such method, and where it has
operators they raise as Python does. So a function of NumPy's runs here as the primitive that does the
same, which takes Values and plain numbers alike; a sum, a product or a maximum along an axis is one
node, with all its terms for parents. What only looks at the numbers (comparisons, `isnan`) gets them.

Everything here takes and gives arrays of NumPy's own class, of dtype object.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, compress
from math import prod
from typing import TYPE_CHECKING, Any

from .. import modes
from ..errors import AutogradError, DataError, DetachedNumberError, RuleError, ShapeError
from ..ieee import INF, real
from ..node import forgetting, set_data
from ..refusals import refuse_if_tracing, refuse_writing
from ..value import Value
from .conditions import CONDITIONS, ORDERED, choose, condition_of, connected, holds_conditions, is_condition
from .counterparts import FUNCTIONS, PAIRS, REDUCTIONS, Function
from .products import LEAST_AXES, multiply

if TYPE_CHECKING:
    import numpy

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
_ORDERINGS = frozenset(["greater", "greater_equal", "less", "less_equal"])
_OPERATORS = frozenset(["add", "subtract", "multiply", "negative", "positive", "absolute"])
_CONNECTIVES = {"add": "logical_or", "multiply": "logical_and"}
_OF_NOTHING = {
    "add": 0.0,
    "multiply": 1.0,
    "maximum": -INF,
    "minimum": INF,
    "logaddexp": -INF,
    "hypot": 0.0,
}


def numbers(thing: Any) -> Any:
    """Return what is in Values: a float array for an object array, a float for a Value."""
    import numpy

    if isinstance(thing, numpy.ndarray) and thing.dtype == object:
        entries = (real(x._data if x.__class__ is Value else x, "an entry") for x in thing.flat)
        return numpy.fromiter(entries, float, thing.size).reshape(thing.shape)
    return thing._data if isinstance(thing, Value) else thing


def gradient_of(entry: Any) -> Any:
    """Return the gradient of a Value, a float or itself a Value; that of a plain number is 0.0."""
    if not isinstance(entry, Value):
        return 0.0
    return entry.grad if isinstance(entry.grad, Value) else float(entry.grad)


def run(ufunc: "numpy.ufunc", method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """Return what `ufunc`, or its `method` ('reduce', ...), gives for these inputs."""
    name = ufunc.__name__
    if Value.is_traced() and holds_conditions(options.get("where")):
        return _run_where(options.pop("where"), ufunc, method, inputs, options)
    if Value.is_traced() and (relation := _connective(name, method, inputs)) in CONDITIONS:
        return _compare(relation, ufunc.nin, method, inputs, options)
    if name in _ON_NUMBERS and not (Value.is_traced() and name in FUNCTIONS):
        refuse_if_tracing(f"np.{name}", ORDERED)
        observer = modes.observer()
        if observer is not None and name in _ORDERINGS and not options:
            return observer.compared(ufunc, *inputs)
        return getattr(ufunc, method)(*map(numbers, inputs), **options)
    targets = options.pop("out", ())
    if name in PAIRS and method == "__call__":
        return tuple(write(name, *each) for each in zip(_pair(name, inputs), targets or (None, None)))
    _check(name, targets if method != "at" else inputs[:1], options)
    if method == "reduce" and name in REDUCTIONS:
        out = _reduce(REDUCTIONS[name], *inputs, **options)
    elif name in LEAST_AXES and method == "__call__":
        out = multiply(name, *inputs, **options)
    elif targets and (options or len(targets) > 1 or modes.is_recording()):
        return _call(ufunc, method, inputs, {**options, "out": targets})
    else:
        out = _call(ufunc, method, inputs, options)
    return _written(targets[0], out) if targets else out


def _connective(name: str, method: str, inputs: Sequence[Any]) -> str:
    """Return what a sum or a product of conditions is to NumPy; of others its own name."""
    import numpy

    if name not in _CONNECTIVES or method != "__call__":
        return name
    sides = [numpy.ravel(x) for x in inputs]
    are_conditions = all(side.size and all(map(is_condition, side)) for side in sides)
    return _CONNECTIVES[name] if are_conditions else name


def _run_where(mask: Any, ufunc: "numpy.ufunc", method: str, inputs: Sequence[Any], options: Any) -> Any:
    """Do as `run` where a mask of conditions holds."""
    import numpy

    if method == "reduce" and ufunc.__name__ in _OF_NOTHING:
        held = choose(numpy.asarray(mask), inputs[0], _OF_NOTHING[ufunc.__name__])
        return run(ufunc, method, (held, *inputs[1:]), options)
    targets = options.pop("out", ())
    _check(ufunc.__name__, targets, options | {"where": mask})
    return _written(targets[0], choose(mask, run(ufunc, method, inputs, options), targets[0]))


def update(target: Any, result: Any) -> Any:
    """Write numbers into the leaves that are in `target`: a step of training, inside `no_grad()`."""
    import numpy

    # as numbers at first, since `result` may be a part of `target`
    news = numbers(numpy.broadcast_to(numpy.asarray(result, dtype=object), target.shape)).ravel().tolist()
    leaves, others = {}, {}
    for place, new in zip(numpy.ndindex(target.shape), news):
        if _is_leaf(target[place]):
            leaves[target[place]] = new
        else:
            others[place] = Value(new)
    any(chain(_moved(leaves), map(target.__setitem__, others, others.values())))
    return target


def update_leaf(leaf: Any, new: Any) -> bool:
    """Give a leaf another number and forget its gradient; say whether it was one."""
    if not _is_leaf(leaf):
        return False
    any(_moved({leaf: real(new.data if isinstance(new, Value) else new)}))
    return True


def _is_leaf(entry: Any) -> bool:
    return isinstance(entry, Value) and entry.primitive is None


def _moved(leaves: dict[Value, float]) -> Iterator[Any]:
    """Give leaves other numbers and forget their gradients, as who iterates goes on: in C, all at once."""
    if Value.is_traced():
        refuse_writing("an array inside no_grad()", "Write W = W - step, and give W back from the function")
    return chain(map(set_data, leaves, leaves.values()), forgetting(leaves))


def write(name: str, result: Any, target: Any) -> Any:
    """Return `result`, or write it into the array that was given as `out`."""
    if target is None:
        return result
    _check(name, (target,), {})
    return _written(target, result)


def _written(target: Any, result: Any) -> Any:
    if not modes.is_recording():
        return update(target, result)
    target[...] = result
    return target


def refuse_dtype(name: str, dtype: Any) -> None:
    """Refuse another type of number than that of Values."""
    import numpy

    if dtype is not None and numpy.dtype(dtype) not in (object, float):
        raise DataError(
            f"np.{name} of Values gives Values, in double precision, not {numpy.dtype(dtype)}; leave "
            f"dtype out, or compute with the numbers alone: data(x).astype({str(numpy.dtype(dtype))!r})"
        )


def _check(name: str, targets: Sequence[Any], options: dict[str, Any]) -> None:
    """Refuse what would lose graphs or leave holes; forget options that make no difference."""
    for target in targets:
        if getattr(getattr(target, "dtype", None), "kind", "O") != "O":
            if hasattr(target, "tell"):  # a buffer, which is to take Values
                target.tell()
            raise DetachedNumberError(
                f"np.{name} was to write Values into an array of {target.dtype}, which would lose their "
                "graph; write z = x + y instead of x += y, or make the array with values(...) or "
                "np.empty(shape, dtype=object)"
            )
    refuse_dtype(name, options.pop("dtype", None))
    for harmless in ("casting", "order", "subok"):
        options.pop(harmless, None)
    if options.get("where", True) is True:
        options.pop("where", None)
    elif not targets and name not in REDUCTIONS:
        raise ShapeError(
            f"np.{name}(..., where=mask) without out= leaves entries undefined; give "
            "out=np.zeros_like(x), or write np.where(mask, ..., 0.0)"
        )


def _call(ufunc: "numpy.ufunc", method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    import numpy

    name = ufunc.__name__
    known = name in FUNCTIONS
    loop = _loop(name, ufunc.nin) if known else ufunc
    try:
        with numpy.errstate(all="ignore"):  # the primitives answer as IEEE does, without a word
            return getattr(loop, method)(*inputs, **options)
    except (TypeError, AttributeError) as fault:
        if known or name in _OPERATORS or isinstance(fault, AutogradError):
            raise
        called = f"np.{name}" if getattr(numpy, name, None) is ufunc else name  # SciPy has some, too
        raise RuleError(
            f"{called} has no derivative here, so it does not run on Values; apply it to their numbers, "
            f"{called}(data(x)), or define it with @primitive"
        ) from fault


def _pair(name: str, inputs: Sequence[Any]) -> Any:
    """Return both arrays that a function gives."""
    import numpy

    with numpy.errstate(all="ignore"):
        return [numpy.frompyfunc(each, len(inputs), 1)(*inputs) for each in PAIRS[name]]


@cache
def _loop(name: str, nin: int) -> "numpy.ufunc":
    import numpy

    return numpy.frompyfunc(FUNCTIONS[name], nin, 1)


def _compare(name: str, nin: int, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """Compare entries, or connect conditions, where a function is being traced."""
    import numpy

    options = {key: given for key, given in options.items() if key not in ("dtype", "casting", "order")}
    if method == "reduce":
        return _reduce(connected(name), *inputs, **options)
    with numpy.errstate(all="ignore"):
        found = getattr(numpy.frompyfunc(condition_of(name), nin, 1), method)(*inputs, **options)
    is_known = not any(isinstance(entry, Value) for entry in numpy.ravel(numpy.asarray(found, object)))
    return numpy.asarray(found, bool)[()] if is_known else found


def _reduce(
    function: Function,
    array: Any,
    axis: Any = 0,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """Do as `np.add.reduce` and its like."""
    import numpy

    array = numpy.asarray(array, dtype=object)
    axes = tuple(range(array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return along(function, array, axes, keepdims, () if initial is None else (initial,), where)


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
