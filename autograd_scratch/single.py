"""What a Value is to NumPy: an array without axes, of one number.

NumPy's numbers have the attributes and methods of its arrays, and so has a Value, for code that was written
for them. Its functions are told what to do by `__array_ufunc__` and `__array_function__`.
"""

import sys
from collections.abc import Callable
from operator import methodcaller
from typing import Any, Self

from .comparisons import Comparable
from .errors import AttributeNameError
from .wording import is_users

array_rules: list[Callable[..., Any]] = []  # the room of arrays puts in what NumPy's functions do


def _of_array(name: str) -> Callable[..., Any]:
    """Make the method that an array of one number has."""

    def method(self: "Single", *args: Any, **options: Any) -> Any:
        return array_rules[-1](methodcaller(name, *args, **options), (self,), {})

    method.__name__, method.__doc__ = name, f"Do as `{name}` of an array of one number."
    return method


class Single(Comparable):
    """A node that NumPy takes for an array of one number; the base of `Value`."""

    __slots__ = ()

    astype = _of_array("astype")
    copy = _of_array("copy")
    flatten = _of_array("flatten")
    max = _of_array("max")
    mean = _of_array("mean")
    min = _of_array("min")
    prod = _of_array("prod")
    ravel = _of_array("ravel")
    reshape = _of_array("reshape")
    squeeze = _of_array("squeeze")
    sum = _of_array("sum")
    transpose = _of_array("transpose")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one number: ()."""
        return ()

    @property
    def ndim(self) -> int:
        """The number of axes of one number: 0."""
        return 0

    @property
    def size(self) -> int:
        """The number of entries of one number: 1."""
        return 1

    @property
    def dtype(self) -> Any:
        """What NumPy calls the type of the number, for a person's program that runs on Values.

        NumPy itself would make a number of that type of what has one.
        """
        if not self.is_watched() or not is_users(sys._getframe(1)):
            raise AttributeNameError("a Value has no `dtype`; its number is a float of Python")
        import numpy

        return numpy.dtype(float)

    @property
    def T(self) -> Self:  # noqa: N802
        """The transpose of one number: itself."""
        return self

    @property
    def real(self) -> Self:
        """The real part: itself."""
        return self

    @property
    def imag(self) -> float:
        """The imaginary part: 0.0."""
        return 0.0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Take part in a function of NumPy's, as an array of one entry does."""
        return array_rules[-1](getattr(ufunc, method), inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return array_rules[-1](methodcaller("__array_function__", func, types, args, kwargs), (self,), {})
