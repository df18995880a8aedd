"""What the functions of NumPy that are not elementwise do with arrays of Values.

Most need nothing: NumPy writes them with slices, or with elementwise functions, which know Values.
Here are those that only look at the numbers, and those that are better as one node an entry.
Everything here takes and gives arrays of NumPy's own class.
"""

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from ..errors import AutogradError, RuleError
from ..ieee import real
from ..primitives import abs_, max_, min_, norm, pow_, sum_, where
from ..primitives.conditions import is_nan, same
from ..refusals import refuse_if_tracing
from ..value import Value
from ..wording import library_calls, users_line
from . import curves, linear_algebra, order, ufuncs
from .conditions import ORDERED, choose
from .masks import copy_to, place, put
from .products import dot_of_arrays, einsum, inner, tensordot

OF_ENTRIES = frozenset(("dot", "inner", "vdot", "tensordot", "einsum", "where"))  # and of no places
_OURS = frozenset(("logsumexp", "softmax", "log_softmax"))
_ON_NUMBERS = frozenset(
    (
        "allclose",
        "isclose",
        "array_equal",
        "array_equiv",
        "argmax",
        "argmin",
        "argsort",
        "argpartition",
        "argwhere",
        "nonzero",
        "flatnonzero",
        "count_nonzero",
        "searchsorted",
        "digitize",
        "lexsort",
        "isneginf",
        "isposinf",
        "savetxt",
        "linalg.matrix_rank",
    )
)


def find(func: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return what runs instead of a function of NumPy's; None for NumPy's own."""
    name = _name(func).removeprefix("np.")
    if name in _ON_NUMBERS:
        refuse_if_tracing(f"np.{name}", ORDERED)
        return lambda *args, **options: func(*each(ufuncs.numbers, args), **each(ufuncs.numbers, options))
    return _FUNCTIONS.get(name)


def retry(func: Callable[..., Any], fault: Exception, args: Any, options: Any) -> Any:
    """Run a function of NumPy's once more, with Values for constants, where it has found no way.

    On plain arrays NumPy looks for methods of the entries, which numbers have not.
    """
    if isinstance(fault, AutogradError):
        raise fault
    try:
        return func(*each(_all_values, args), **each(_all_values, options))
    except AutogradError:
        raise
    except (TypeError, AttributeError):
        name = _name(func)
        raise RuleError(
            f"{name} does not run on Values: {fault}. Write it with operators and functions that do, or "
            f"apply it to the numbers alone: {name}(data(x))"
        ) from fault


def with_our_name(fault: AutogradError) -> AutogradError:
    """Return a fault, or, where a function of SciPy's failed that is here too, one that says so."""
    name = next((name for name in library_calls() if name in _OURS), None)
    if name is None:
        return fault
    return RuleError(
        f"{name} of another library, called at {users_line()}, does not run on Values; write "
        f"autograd_scratch.{name}(...)"
    )


def _name(func: Callable[..., Any]) -> str:
    """Return how a function of NumPy's is called in programs."""
    return f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1)


def each(change: Callable[[Any], Any], args: Any) -> Any:
    """Change what is in nested arguments."""
    if type(args) in (list, tuple):
        return type(args)(each(change, part) for part in args)
    if type(args) is dict:
        return {key: each(change, part) for key, part in args.items()}
    return change(args)


def _all_values(thing: Any) -> Any:
    """Return an array with Values for the plain numbers in it."""
    import numpy

    if not isinstance(thing, numpy.ndarray) or thing.dtype != object:
        return thing
    entries = (x if isinstance(x, Value) else Value.holding(real(x)) for x in thing.flat)
    return numpy.fromiter(entries, object, thing.size).reshape(thing.shape)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    import numpy

    return ufuncs.write("dot", dot_of_arrays(numpy.asarray(a), numpy.asarray(b)), out)


def _vdot(a: Any, b: Any) -> Any:
    import numpy

    return inner(numpy.ravel(a), numpy.ravel(b))


def _einsum(*operands: Any, out: Any = None, optimize: Any = None, **options: Any) -> Any:
    ufuncs.refuse_dtype("einsum", options.get("dtype"))
    return ufuncs.write("einsum", einsum(*operands), out)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002, NumPy's name
    """The norms of vectors, and that of Frobenius, as one node each; of the others NumPy's own."""
    import numpy

    x = numpy.asarray(x)
    of_all = axis is None and (ord is None or x.ndim <= 2)
    axes = tuple(range(x.ndim)) if of_all else axis if isinstance(axis, tuple) else (axis,)
    if ord is None or (len(axes) == 1 and ord == 2) or (len(axes) == 2 and ord in ("fro", "f")):
        return ufuncs.along(norm, x, axes, keepdims)
    if len(axes) == 2 and ord in (2, -2, "nuc"):
        linear_algebra.refuse_singular_values(f"np.linalg.norm(A, {ord!r})")
    if len(axes) == 2 and ord in (1, -1, numpy.inf, -numpy.inf):
        across, down = axes if abs(ord) == 1 else reversed(axes)
        sums = ufuncs.along(partial(norm, p=1.0), x, (across,), keepdims=True)
        found = ufuncs.along(max_ if ord > 0 else min_, sums, (down,), keepdims=True)
        return found if keepdims else numpy.squeeze(found, axes)[()]
    if len(axes) != 1 or not isinstance(ord, (int, float)):
        return numpy.linalg.norm(_all_values(x), ord, axis, keepdims)
    if ord == 0:
        refuse_if_tracing("np.linalg.norm(..., 0)", "Write np.where(x != 0, 1.0, 0.0).sum()")
        return numpy.linalg.norm(ufuncs.numbers(x), 0, axis, keepdims)

    if ord >= 1:
        return ufuncs.along(partial(norm, p=ord), x, axes, keepdims)

    def size(*terms: Any) -> Any:
        sizes = [abs_(term) for term in terms]
        return min_(sizes) if ord == -numpy.inf else pow_(sum_(pow_(x, ord) for x in sizes), 1.0 / ord)

    return ufuncs.along(size, x, axes, keepdims)


def _nan_to_num(
    x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Any:
    import numpy

    ends = (math.inf, posinf, sys.float_info.max), (-math.inf, neginf, -sys.float_info.max)

    def finite(entry: Any) -> Any:
        for end, given, largest in ends:
            entry = where(same(entry, end), largest if given is None else given, entry)
        return where(is_nan(entry), nan, entry)

    with numpy.errstate(all="ignore"):
        return ufuncs.write("nan_to_num", numpy.frompyfunc(finite, 1, 1)(x), None if copy else x)


def _like(name: str) -> Callable[..., Any]:
    """Return what makes an array after another one, with zeros where NumPy leaves its entries open."""

    def like(*args: Any, **options: Any) -> Any:
        import numpy

        made = getattr(numpy, name)(*args, **options)
        if name == "empty_like" and made.dtype == object:
            made[...] = 0.0
        return made

    return like


def _refuse_complex(name: str, *_: Any, **__: Any) -> NoReturn:
    raise RuleError(
        f"{name} of Values would give complex numbers, which Values are not. With i = np.arange(n) and "
        "k = 2 * np.pi * np.outer(i, i) / n, write x @ np.cos(k) for the real part, and -x @ np.sin(k) for "
        "the imaginary one"
    )


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "dot": _dot,
    "inner": inner,
    "vdot": _vdot,
    "tensordot": tensordot,
    "einsum": _einsum,
    "linalg.norm": _norm,
    **linear_algebra.FUNCTIONS,
    "where": choose,
    "place": place,
    "putmask": put,
    "copyto": copy_to,
    "sort": order.sort,
    "partition": order.partition,
    "unique": order.unique,
    "median": order.median,
    "nanmedian": order.nanmedian,
    **{
        name: order.quantile_as(name) for name in ("quantile", "percentile", "nanquantile", "nanpercentile")
    },
    "nan_to_num": _nan_to_num,
    **curves.FUNCTIONS,
    **{
        f"fft.{name}": partial(_refuse_complex, f"np.fft.{name}")
        for name in ("fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn")
    },
    "bincount": order.bincount,
    **{name: _like(name) for name in ("empty_like", "zeros_like", "ones_like", "full_like")},
    "histogram": order.histogram,
}
