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

array_rules: list[Callable[..., Any]] = []  # the room of arrays puts in what NumPy's functions do


def _of_array(name: str) -> Callable[..., Any]:
    """Make the method that an array of one number has."""

    def method(self: "Single", *args: Any, **options: Any) -> Any:
        return array_rules[-1](methodcaller(name, *args, **options), (self,), {})

    method.__name__, method.__doc__ = name, f"Do as `{name}` of an array of one number."
    return method


class _Type:
    """NumPy's type of a Value's number: float64, which casts no Value, where NumPy's own code would."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype  # NumPy asks for it where this is given for a type

    def type(self, number: Any) -> Any:
        """Return a number as it is."""
        return number

    def __eq__(self, other: object) -> bool:
        return bool(self.dtype == other)

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dtype, name)

    def __repr__(self) -> str:
        return repr(self.dtype)


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
    std = _of_array("std")
    sum = _of_array("sum")
    transpose = _of_array("transpose")
    var = _of_array("var")

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
        """NumPy's type for the number: float64. Where nobody has imported NumPy, there is none."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            raise AttributeNameError("a Value has a `dtype` where NumPy is imported; its number is a float")
        return _Type(numpy.dtype(float))

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
        return array_rules[-1](func, args, kwargs)
