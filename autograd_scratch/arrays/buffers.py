"""Arrays of floats that say so when a Value is written into them.

An array cannot change what it holds. So whoever runs a program on Values hands out such arrays first, and
runs it again with an array for Values in the place of each that was written to.
"""

from collections.abc import Callable, Hashable
from functools import cache
from itertools import repeat
from typing import Any

from ..value import Value
from .conditions import Places, holds_conditions
from .subclass import array_type


class TakesValues(BaseException):
    """A Value was about to be written into an array of floats from `source`: no fault of the program's.

    It is no Exception, so that `except Exception` in the program does not swallow it.
    """

    def __init__(self, source: Hashable) -> None:
        super().__init__(source)
        self.source = source


def holds_values(thing: Any) -> bool:
    """Say whether a thing is a Value, or an array, list, tuple or dict with some in it.

    >>> holds_values([[1.0, Value(2.0)], 3.0]), holds_values([1.0])
    (True, False)
    """
    return holds(thing, _is_of_values)


def holds(thing: Any, is_one: Callable[[Any], bool]) -> bool:
    """Say whether a thing is such a one, or a list, tuple or dict with some in it."""
    if isinstance(thing, dict):
        thing = (*thing.values(),)
    if isinstance(thing, (list, tuple)):
        return any(map(holds, thing, repeat(is_one)))
    return is_one(thing)


def _is_of_values(thing: Any) -> bool:
    if getattr(getattr(thing, "dtype", None), "kind", "") == "O":
        return any(isinstance(entry, Value) for entry in thing.flat)
    return isinstance(thing, (Value, Places))


def as_buffer(array: Any, source: Hashable) -> Any:
    """Return a view of an array of floats, which tells when a Value is written into it, or a view of it."""
    buffer = array.view(_buffer_type())
    buffer.source = source
    return buffer


def as_values(array: Any) -> Any:
    """Return an array of Values with the numbers of another for constants."""
    return array.astype(object).view(array_type())


class _Flat:
    """The entries of an array of floats in a row, as `array.flat` gives them."""

    def __init__(self, buffer: Any, entries: Any) -> None:
        self._buffer, self._entries = buffer, entries

    def __setitem__(self, place: Any, new: Any) -> None:
        if holds_values(new):
            self._buffer.tell()
        self._entries[place] = new

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entries, name)


def _handed_on(name: str) -> Callable[..., Any]:
    return lambda self, *args: getattr(self._entries, name)(*args)


for _name in ("getitem", "iter", "next", "len", "eq", "ne", "lt", "le", "gt", "ge"):
    setattr(_Flat, f"__{_name}__", _handed_on(f"__{_name}__"))


@cache
def _buffer_type() -> Any:
    import numpy

    class Buffer(numpy.ndarray[Any, Any]):
        """An array of floats from a source; what is computed from it is one, too."""

        source: Hashable = None

        def __array_finalize__(self, other: Any) -> None:
            self.source = getattr(other, "source", None)

        def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
            if any(kind not in (Buffer, numpy.ndarray) for kind in types):
                return NotImplemented  # what knows Values decides
            result = super().__array_function__(func, types, args, kwargs)
            is_number = isinstance(result, Buffer) and result.ndim == 0 and result.base is None
            return result[()] if is_number else result

        def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = True) -> Any:
            if return_scalar and array.ndim == 0:
                return array[()]  # a sum is a number, as that of NumPy's own arrays
            return super().__array_wrap__(array, context)

        def __getitem__(self, place: Any) -> Any:
            if Value.is_traced() and holds_conditions(place):
                return as_values(self)[place]
            return super().__getitem__(place)

        def __setitem__(self, place: Any, new: Any) -> None:
            if holds_values(new) or holds_values(place):
                self.tell()
            super().__setitem__(place, new)

        def dot(self, other: Any, out: Any = None) -> Any:
            return numpy.dot(self, other, out=out)  # the method of NumPy's asks nobody who knows Values

        @property
        def flat(self) -> Any:
            return _Flat(self, super().flat)

        @flat.setter
        def flat(self, new: Any) -> None:
            self[...] = numpy.resize(new, self.shape)

        def fill(self, value: Any) -> None:
            self[...] = value

        def put(self, places: Any, new: Any, mode: Any = "raise") -> None:
            if holds_values(new):
                self.tell()
            super().put(places, new, mode)

        def tell(self) -> None:
            """Say that Values are to be written here; in an array of whole numbers they never can."""
            if self.dtype.kind == "f" and self.source is not None:
                raise TakesValues(self.source)

        def __reduce__(self) -> Any:
            return numpy.array(self).__reduce__()

    Buffer.__name__ = Buffer.__qualname__ = "ndarray"  # as it shows itself
    return Buffer
