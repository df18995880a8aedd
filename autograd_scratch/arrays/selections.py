"""What a mask of conditions chooses from an array of Values while a function is being traced.

How many entries that are differs from input to input. So they stay in their places, with the mask beside
them: functions of each entry go through, sums and their like are taken where the mask holds, and
`h[mask] = selection` is a `where`. What needs the number of entries, or their order, is refused.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import AttributeNameError
from ..refusals import refuse_choosing
from .conditions import are_same

_INSTEAD = "Write np.where(z > 0, z, 0.0) for z[z > 0], which keeps every entry"
_OF_NOTHING = {"sum": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf, "any": False, "all": True}
_METHODS = {"amax": "max", "amin": "min", **{name: name for name in (*_OF_NOTHING, "mean", "var", "std")}}
_OF_EACH = frozenset(("where", "clip", "round", "around", "nan_to_num", "copy"))
_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
}
_SIGNS = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}
_RELATIONS = {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}


class Selection:
    """The entries of an array that a mask of conditions chooses; axis 0 goes through them.

    `array` has all that might be chosen, and `mask` stands for its first axes.
    """

    def __init__(self, array: Any, mask: Any) -> None:
        self.array = array
        self.mask = mask
        self._others = array.ndim - mask.ndim  # axes of each entry

    def under(self, mask: Any) -> Any:
        """Return the array where it is asked for by the mask that has chosen from it."""
        if not are_same(self.mask, mask):
            refuse_choosing(
                "what another one has chosen",
                "Choose and write by one, as in h[z < 0] = 0.1 * z[z < 0]",
            )
        return self.array

    def through(self, function: Callable[..., Any], inputs: Iterable[Any], **options: Any) -> "Selection":
        """Apply a function of each entry to selections by one mask, and to what is one for all entries."""
        return Selection(function(*map(self._for_each, inputs), **options), self.mask)

    def _for_each(self, thing: Any) -> Any:
        import numpy

        if isinstance(thing, Selection):
            return thing.under(self.mask)
        shape = numpy.shape(thing)
        if len(shape) > self._others and shape[: len(shape) - self._others] != (1,):
            refuse_choosing(f"an array of shape {shape} beside them", "Choose from it by the same mask")
        return numpy.reshape(thing, shape[1:]) if len(shape) > self._others else thing

    @property
    def size(self) -> Any:
        """How many numbers these are: a Value."""
        return self._count(range(1 + self._others))

    @property
    def shape(self) -> tuple[Any, ...]:
        """How many entries these are, a Value, and the shape of each."""
        return (self._count((0,)), *self.array.shape[self.mask.ndim :])

    def _count(self, axes: Iterable[int]) -> Any:
        """Return how many entries there are along axes."""
        import numpy

        lengths = (numpy.where(self.mask, 1.0, 0.0).sum(), *self.array.shape[self.mask.ndim :])
        return math.prod(lengths[k] for k in axes)

    def _axes(self, axis: Any) -> list[int]:
        count = 1 + self._others
        axes = range(count) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        return [k % count for k in axes]

    def reduced(self, name: str, axis: Any, keepdims: bool) -> Any:
        """Return a sum or its like along axes, over the entries for which the mask holds."""
        import numpy

        axes, own = self._axes(axis), self.mask.ndim
        inner = tuple(own - 1 + k for k in axes if k)
        if 0 not in axes:
            return Selection(getattr(self.array, name)(axis=inner, keepdims=keepdims), self.mask)
        held = numpy.where(widened(self.mask, self.array), self.array, _OF_NOTHING[name])
        result = getattr(numpy, name)(held, axis=(*range(own), *inner))
        if name in ("max", "min"):
            result = numpy.where(numpy.any(self.mask), result, math.nan)
        return numpy.expand_dims(result, tuple(axes)) if keepdims else result

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        """Return the mean along axes."""
        return self.reduced("sum", axis, keepdims) / self._count(self._axes(axis))

    def var(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0) -> Any:
        """Return the variance along axes."""
        if 0 not in self._axes(axis):
            return Selection(self.array.var(axis=axis, ddof=ddof), self.mask)
        squares = (self - self.mean(axis, keepdims=True)) ** 2
        return squares.reduced("sum", axis, False) / (self._count(self._axes(axis)) - ddof)

    def std(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0) -> Any:
        """Return the standard deviation along axes."""
        return self.var(axis, ddof=ddof) ** 0.5

    def __matmul__(self, other: Any) -> Any:
        if self._others or not isinstance(other, Selection):
            refuse_choosing("a product of matrices", _INSTEAD)
        return _operator("multiply")(self, other).reduced("sum", None, False)

    dot = __matmul__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or ufunc.signature is not None or "out" in options:
            refuse_choosing(f"np.{ufunc.__name__}", _INSTEAD)
        return self.through(ufunc, inputs, **options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = func.__name__
        if name in _METHODS:
            return getattr(self, _METHODS[name])(*args[1:], **kwargs)
        if name == "dot":
            return args[0] @ args[1]
        if name not in _OF_EACH:
            refuse_choosing(f"np.{name}", _INSTEAD)
        return self.through(func, args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeNameError(
            f"what a condition chooses has no `{name}`, since that differs from input to input. {_INSTEAD}"
        )

    def __len__(self) -> int:
        refuse_choosing("len", "Its `.size` is a Value, and its mean is .mean()")

    def __getitem__(self, place: Any) -> Any:
        refuse_choosing("an index", _INSTEAD)

    def __repr__(self) -> str:
        return f"{self.array!r}[{self.mask!r}]"


def widened(mask: Any, array: Any) -> Any:
    """Return a mask with axes of length 1 for those of an array for which it does not stand."""
    import numpy

    return numpy.reshape(mask, (*mask.shape, *(1,) * (array.ndim - mask.ndim)))


def _operator(name: str, is_reflected: bool = False) -> Callable[..., Any]:
    """Make the operator that a function of NumPy's computes."""

    def method(self: Selection, *others: Any) -> Any:
        import numpy

        operands = (*others, self) if is_reflected else (self, *others)
        return self.through(getattr(numpy, name), operands)

    return method


def _method(name: str) -> Callable[..., Any]:
    """Make the method that an array has for each of its entries."""

    def method(self: Selection, *args: Any, **options: Any) -> Any:
        return Selection(getattr(self.array, name)(*args, **options), self.mask)

    return method


def _reduction(name: str) -> Callable[..., Any]:
    def method(
        self: Selection, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        return self.reduced(name, axis, keepdims)

    return method


for _sign, _name in (_OPERATORS | _SIGNS | _RELATIONS).items():
    setattr(Selection, f"__{_sign}__", _operator(_name))
for _sign, _name in _OPERATORS.items():
    setattr(Selection, f"__r{_sign}__", _operator(_name, is_reflected=True))
for _name in ("astype", "clip", "copy", "round"):
    setattr(Selection, _name, _method(_name))
for _name in _OF_NOTHING:
    setattr(Selection, _name, _reduction(_name))
