"""Functions of real numbers, extended to complex ones so that a complex step tells their slope.

NumPy's |z| is the length of a complex number, and its variance that of lengths: neither has the slope of
the function of real numbers. These have, but at kinks.

>>> magnitude(-2 + 1e-20j).imag
-1e-20
"""

import cmath
from collections.abc import Callable
from functools import wraps
from typing import Any

from .numbers import holds_complex, number_type
from .stand_ins import NUMBERS

Function = Callable[..., Any]


def magnitude(x: Any) -> Any:
    """Return |x|."""
    if isinstance(x, complex):
        return -x if x.real < 0 else x
    return x * sign(x) if holds_complex(x) else abs(x)


def absolute(x: Any, *args: Any, **options: Any) -> Any:
    """Return |x|, as `np.abs` does."""
    import numpy

    return magnitude(x) if holds_complex(x) else numpy.abs(x, *args, **options)


def sign(x: Any, *args: Any, **options: Any) -> Any:
    """Return the sign of the real part."""
    import numpy

    return numpy.sign(x.real if holds_complex(x) else x, *args, **options)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002 - as NumPy calls it
    """Return the root of the sum of squares, or another norm of real numbers alone."""
    import numpy

    if not holds_complex(x) or ord not in (None, 2, "fro") or (ord == 2 and axis is None and x.ndim > 1):
        return numpy.linalg.norm(x, ord, axis, keepdims)
    return numpy.sqrt((x * x).sum(axis, keepdims=keepdims))


_OF_NUMPY = {"absolute": absolute, "fabs": absolute, "sign": sign, "norm": norm}
BUILTINS = {"float": number_type(float, complex), "abs": magnitude}


def of_complex(thing: Any, module: Any, name: str) -> Any:
    """Return what stands in for a function or a type of numbers that has this name in this module."""
    if module == "math":
        return _with_complex(thing, getattr(cmath, name, None))
    if type(thing).__name__ != "ufunc" and not str(module).startswith("numpy"):
        return thing
    if isinstance(thing, type):
        return number_type(thing, complex) if name in NUMBERS else thing
    return _OF_NUMPY.get(name, thing)


def _with_complex(function: Function, other: Function | None) -> Function:
    """Return a function of `math` that is that of `cmath` for complex numbers."""
    if other is None:
        return function

    @wraps(function)
    def stand_in(*args: Any) -> Any:
        return other(*args) if holds_complex(args) else function(*args)

    return stand_in
