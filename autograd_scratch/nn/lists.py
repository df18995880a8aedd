"""What layers give for lists: nested lists that compute entry by entry, as arrays do.

    >>> x = Array([[1.0, 2.0], [3.0, 4.0]])
    >>> x + x, 1.0 - x[0], [10.0, 20.0] * x[1]
    ([[2.0, 4.0], [6.0, 8.0]], [0.0, -1.0], [30.0, 80.0])

So `x + block(x)` adds, as it does with arrays and tensors, and does not join lists.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from numbers import Real
from typing import Any

from ..arrays import methods
from ..arrays.containers import extent, is_array, replaced
from ..arrays.subclass import array_of
from ..errors import ShapeError
from ..node import set_data
from ..value import Value

Shape = tuple[int, ...]

_OF_NUMPY = {  # what NumPy's arrays have, and tensors too, or what is told of it there
    *("T", "argmax", "clip", "cumsum", "dot", "flatten", "max", "mean", "min", "ndim", "prod", "ravel"),
    *("reshape", "squeeze", "std", "sum", "swapaxes", "transpose", "var", "detach", *methods.INSTEAD),
}


class Array(list[Any]):
    """Nested lists of numbers and Values, with a shape, that compute entry by entry.

    Operators take another one of the same shape, a list, or a number; other shapes are broadcast, and `@`
    multiplied, where NumPy is installed. There it also has the methods of arrays, such as `.mean()`, `.T`.

    >>> Array([[1.0, 2.0], [3.0, 4.0]])[1, 0]
    3.0
    """

    __slots__ = ()

    @property
    def shape(self) -> Shape:
        """The lengths of its axes."""
        return extent(self)

    def size(self, dim: int | None = None) -> Any:
        """Return the shape, or the length of an axis."""
        return self.shape if dim is None else self.shape[dim]

    def numel(self) -> int:
        """Return how many entries there are."""
        return len(self.leaves)

    @property
    def leaves(self) -> list[Any]:
        """All entries, in order."""
        rows: list[Any] = self
        while rows and isinstance(rows[0], list):
            rows = [*chain.from_iterable(rows)]
        return [*rows]

    @property
    def data(self) -> Any:
        """The numbers, in nested lists."""
        return replaced([*self], lambda entry: entry.data if isinstance(entry, Value) else entry)

    @property
    def grad(self) -> Any:
        """The gradients, in nested lists that compute."""
        found = replaced([*self], lambda entry: entry.grad if isinstance(entry, Value) else 0.0)
        return Array(found)

    @property
    def array(self) -> Any:
        """The entries in an array of NumPy's."""
        return array_of(self.leaves, self.shape)

    def tolist(self) -> Any:
        """Return `data`."""
        return self.data

    def numpy(self) -> Any:
        """Return the numbers in an array of NumPy's."""
        return self.array.data

    def view(self, *shape: Any) -> Any:
        """Return the entries in another shape, in an array of NumPy's."""
        return self.array.reshape(*shape)

    def item(self) -> float:
        """Return the number of the one entry."""
        entry = self._only("item")
        return float(entry.data if isinstance(entry, Value) else entry)

    def backward(self) -> None:
        """Go back from the one entry."""
        self._only("backward").backward()

    def _only(self, name: str) -> Any:
        leaves = self.leaves
        if len(leaves) != 1:
            raise ShapeError(
                f"{name}() is of one number, not of shape {self.shape}; take an entry, or a loss"
            )
        return leaves[0]

    def __getattr__(self, name: str) -> Any:
        if name in vars(type(self)):
            getattr(type(self), name)  # which tells what the name of another library stands for
        if name in _OF_NUMPY or (name in vars(Value) and not name.startswith("_")):
            return getattr(self.array, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getitem__(self, place: Any) -> Any:
        self._with_rows()
        if not isinstance(place, tuple):
            found = super().__getitem__(place)
            return Array(found) if isinstance(place, slice) else found
        found = self
        for index in place:
            if isinstance(index, slice):
                return self.array[place]
            found = found[index]
        return found

    def __setitem__(self, place: Any, new: Any) -> None:
        """Put numbers or Values at a place: numbers into the leaves that are there, which stay."""
        self._with_rows()
        if isinstance(place, tuple):
            first, *others = place
            if others and not isinstance(first, slice):
                self[first][others[0] if len(others) == 1 else tuple(others)] = new
                return
            if others:
                raise ShapeError("of several rows take one after the other, to put something into each")
            place = first
        held = super().__getitem__(place)
        leaves = Array(held).leaves if isinstance(held, list) else [held]
        numbers = _numbers_for(held, new) if all(map(_is_leaf, leaves)) else None
        if numbers is None:
            super().__setitem__(place, new)
        else:
            any(map(set_data, leaves, numbers))

    def __iter__(self) -> Iterator[Any]:
        self._with_rows()
        return super().__iter__()

    def _with_rows(self) -> None:
        """Make rows that are plain lists ones that compute, too."""
        if len(self) and type(list.__getitem__(self, 0)) is list:
            list.__setitem__(self, slice(None), [*map(Array, super().__iter__())])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Let NumPy's functions, and those of this package, go through the entries."""
        arrays = (x.array if isinstance(x, Array) else x for x in inputs)
        return getattr(ufunc, method)(*arrays, **options)

    def __neg__(self) -> Any:
        return _each(operator.neg, self)

    def __pos__(self) -> Any:
        return self

    def __matmul__(self, other: Any) -> Any:
        return self.array @ _plain(other)

    def __rmatmul__(self, other: Any) -> Any:
        return _plain(other) @ self.array


def _is_leaf(thing: Any) -> bool:
    return isinstance(thing, Value) and thing.primitive is None


def _numbers_for(held: Any, new: Any) -> list[float] | None:
    """Return plain numbers for the leaves that are held, one for all or one for each; None for others."""
    if isinstance(new, Real):
        return [float(new)] * (len(Array(held).leaves) if isinstance(held, list) else 1)
    if not (isinstance(held, list) and (isinstance(new, (list, tuple)) or is_array(new))):
        return None
    entries = Array(new.tolist() if is_array(new) else new).leaves
    if not all(isinstance(entry, Real) for entry in entries):
        return None
    shape, its = Array(held).shape, extent(new.tolist() if is_array(new) else new)
    if shape != its:
        raise ShapeError(f"what is put there must have the shape {shape}, not {its}")
    return [float(entry) for entry in entries]


class Numbers(Array):
    """The numbers of leaves, as nested lists: what is put into them goes into the leaves."""

    __slots__ = ("_held",)

    def __init__(self, held: Array) -> None:
        rows = [Numbers(row) if isinstance(row, Array) else row.data for row in held]
        list.__init__(self, rows)
        self._held = held

    def __setitem__(self, place: Any, new: Any) -> None:
        self._held[place] = new
        list.__setitem__(self, slice(None), [*Numbers(self._held)])

    def __reduce__(self) -> tuple[Any, ...]:
        return list, ([*self],)


def _operator(function: Callable[[Any, Any], Any], is_reflected: bool = False) -> Any:
    if is_reflected:
        return lambda self, other: _combined(lambda x, y: function(y, x), self, other)
    return lambda self, other: _combined(function, self, other)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    _function = getattr(operator, _name)
    setattr(Array, f"__{_name}__", _operator(_function))
    setattr(Array, f"__r{_name}__", _operator(_function, is_reflected=True))
    setattr(Array, f"__i{_name}__", _operator(_function))


def _combined(function: Callable[[Any, Any], Any], x: Array, other: Any) -> Any:
    """Apply a function of two numbers entry by entry."""
    if is_array(other):
        return function(x.array, other)
    if not isinstance(other, (list, tuple)):
        return _each(lambda entry: function(entry, other), x)
    shape, its = x.shape, extent(other)
    if shape != its:
        return function(x.array, _plain(other))
    return _pairs(function, x, other)


def _pairs(function: Callable[[Any, Any], Any], x: Sequence[Any], y: Sequence[Any]) -> Any:
    if x and isinstance(x[0], list):
        return Array([_pairs(function, a, b) for a, b in zip(x, y)])
    return Array(map(function, x, y))


def _each(function: Callable[[Any], Any], x: Sequence[Any]) -> Any:
    if x and isinstance(x[0], list):
        return Array([_each(function, row) for row in x])
    return Array(map(function, x))


def _plain(thing: Any) -> Any:
    """Return nested lists as an array of NumPy's."""
    return Array(thing).array if isinstance(thing, (list, tuple)) else thing
