"""What stands behind the dot of an array of Values: its methods, and the names of others."""

from collections.abc import Callable
from copy import deepcopy
from math import prod
from numbers import Integral
from typing import Any

from ..errors import CallError, DetachedNumberError, ShapeError
from ..refusals import refuse_if_tracing
from ..value import Value
from . import ufuncs
from .conditions import ORDERED, is_condition

_NUMBERS = "its numbers are `.data`"
_PYTHONS = "numbers are Python's: leave it out"
_FITTED = "operators broadcast, as in NumPy: leave it out, or write np.broadcast_to(x, shape)"
INSTEAD = {
    **dict.fromkeys(("cpu", "cuda", "to", "value"), _NUMBERS),
    "clone": f"{_NUMBERS}; of them make new leaves, values(x.data)",
    **dict.fromkeys(("softmax", "log_softmax"), "write softmax(x, axis=-1), or log_softmax"),
    **dict.fromkeys(("name", "label"), "each entry has its own, x[0].name"),
    **dict.fromkeys(("float", "double", "half", "long", "int", "type", "contiguous"), _PYTHONS),
    **dict.fromkeys(("mm", "bmm", "matmul"), "write A @ B"),
    **dict.fromkeys(("expand", "expand_as"), _FITTED),
    **dict.fromkeys(("chunk", "split"), "write np.split(x, 2, axis=1), with the number of parts"),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), "write the operator: x == y, x < y"),
    "unsqueeze": "write x[None] or x[..., None], as in NumPy",
    "permute": "write x.transpose(0, 2, 1), with all axes, or x.swapaxes(1, 2)",
    "norm": "write np.linalg.norm(x)",
    "gather": "write x[np.arange(len(x)), index], an entry of each row",
    "topk": "write x.argsort(axis=-1)[..., ::-1][..., :k], the places of the k largest",
    "masked_fill": 'write np.where(mask, float("-inf"), x)',
    "dim": "write x.ndim",
    "nelement": "write x.numel()",
    "t": "write x.T",
    "zero_": "write x.zero_grad() for gradients, x.data = 0.0 for numbers",
    **dict.fromkeys(("requires_grad", "requires_grad_"), "gradients flow to each entry: leave it out"),
}
_AXES = {"dim": "axis", "keepdim": "keepdims"}  # what arguments are called elsewhere
_DIVISORS = ("unbiased", "correction")
_OF_TWO = {  # what an axis by another library's name does not say
    **{
        name: f"for numbers write x.{name}(axis=1), for their places x.arg{name}(axis=1)"
        for name in ("max", "min")
    },
    **{
        name: f"write x.{name}(axis=1), which divides by n, or by n - 1 with ddof=1"
        for name in ("std", "var")
    },
}


def along_axis(name: str, is_of_numbers: bool = False) -> Callable[..., Any]:
    """Make NumPy's method, or the one that asks the numbers of an array, by either name of an axis."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        import numpy

        axis, *rest = args or (None,)
        if len(rest) == 1 and isinstance(rest[0], bool):  # no type and no array, as NumPy has there
            args, options = (axis,), {"keepdim": rest[0], **options}
        for theirs in [each for each in (*_AXES, *_DIVISORS) if each in options]:
            if name in _OF_TWO:
                raise CallError(f"{name} of an array has no argument {theirs!r}; {_OF_TWO[name]}")
            if theirs in _AXES:
                options[_AXES[theirs]] = options.pop(theirs)
        if not is_of_numbers:
            return getattr(numpy.ndarray, name)(self, *args, **options)
        refuse_if_tracing(f"{name}()", ORDERED)
        return getattr(ufuncs.numbers(self), name)(*args, **options)

    method.__name__ = name
    return method


def view(self: Any, *given: Any, **options: Any) -> Any:
    """Return the entries in another shape where lengths are given, or do what NumPy's does."""
    import numpy

    lengths = given[0] if len(given) == 1 and isinstance(given[0], (tuple, list)) else given
    if not options and lengths and all(isinstance(length, Integral) for length in lengths):
        return self.reshape(lengths)
    return numpy.ndarray.view(self, *given, **options)


def transpose(self: Any, *axes: Any) -> Any:
    """Return the array with its axes in another order, all of which are told."""
    import numpy

    if self.ndim > 2 == len(axes):
        raise CallError(
            f"transpose of an array takes all of its {self.ndim} axes, as in NumPy; to swap two write "
            f"x.swapaxes({axes[0]}, {axes[1]})"
        )
    return numpy.ndarray.transpose(self, *axes)


def flatten(self: Any, order: Any = None, end_dim: Any = None, *, start_dim: Any = None) -> Any:
    """Return a copy with the axes from one to another as one; in the order of NumPy's without a number."""
    import numpy

    start: Any = order if isinstance(order, Integral) else start_dim
    if start is None and end_dim is None:
        return numpy.ndarray.flatten(self, order or "C")
    start, end = start or 0, -1 if end_dim is None else end_dim
    first, last = (self.ndim + axis if axis < 0 else axis for axis in (start, end))
    if not 0 <= first <= last < self.ndim:
        raise ShapeError(
            f"flatten makes one axis of those from one to another; from {start} to {end} an array of "
            f"{self.ndim} axes has none"
        )
    length = prod(self.shape[first : last + 1])
    return self.reshape(*self.shape[:first], length, *self.shape[last + 1 :]).copy()


def detach(self: Any) -> Any:
    """Return an array of Values that gradients do not flow through."""
    import numpy

    entries = (entry.detach() if isinstance(entry, Value) else entry for entry in self.flat)
    return numpy.fromiter(entries, object, self.size).reshape(self.shape).view(type(self))


def in_place(name: str) -> Callable[..., Any]:
    """Make the method that gives an array's entries the order that NumPy's function gives them."""

    def method(self: Any, *args: Any, **options: Any) -> None:
        import numpy

        self[...] = getattr(numpy, name)(self, *args, **options)

    method.__name__ = name
    return method


def astype(self: Any, dtype: Any, *_: Any, **__: Any) -> Any:
    """Return the same Values in a new array, and conditions as numbers: there is one type of Values."""
    import numpy

    kind = numpy.dtype(dtype)
    if kind.kind == "b":
        return self != 0
    if kind not in (object, float) and not all(map(is_condition, self.flat)):
        raise DetachedNumberError(
            f"astype({str(kind)!r}) of Values would lose their graph; leave it out, or take the numbers "
            f"alone: data(x).astype({str(kind)!r})"
        )
    entries = (
        Value.holding(float(x) if isinstance(x, bool) else x) if is_condition(x) else x for x in self.flat
    )
    return numpy.fromiter(entries, object, self.size).reshape(self.shape).view(type(self))


def copied(self: Any, memo: dict[int, Any] | None) -> Any:
    """Return a copy: leaves are copied as they are alone, and what was computed stays in its graph."""
    twin = self.copy()
    if not Value.is_watched():
        twin.flat = [entry if is_computed(entry) else deepcopy(entry, memo) for entry in self.flat]
    return twin


def is_computed(entry: Any) -> bool:
    """Say whether an entry is a Value that an operation gave."""
    return isinstance(entry, Value) and entry.primitive is not None


METHODS: dict[str, Callable[..., Any]] = {
    **{
        name: along_axis(name, is_of_numbers=True)
        for name in ("argmax", "argmin", "argsort", "argpartition")
    },
    "searchsorted": along_axis("searchsorted", is_of_numbers=True),
    **{name: along_axis(name) for name in ("sum", "mean", "prod", "cumsum", "cumprod", *_OF_TWO)},
    **{name: in_place(name) for name in ("sort", "partition")},
    "abs": lambda self: abs(self),
    "pow": lambda self, exponent: self**exponent,
    "numel": lambda self: self.size,
    "numpy": lambda self: self.data,
    "view": view,
    "flatten": flatten,
    "transpose": transpose,
    "detach": detach,
    "astype": astype,
    "__deepcopy__": copied,
}
