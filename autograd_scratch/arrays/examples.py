"""What a function of NumPy's own says of arrays of Values: the shape of its answer, or what is wrong."""

from collections.abc import Callable
from typing import Any

from ..value import Value
from . import ufuncs


def as_numpy_has_it(function: Callable[..., Any], *arrays: Any, **options: Any) -> Any:
    """Return what a function of NumPy's gives, or raises, for the numbers; in a trace for examples."""
    import numpy

    return function(*(_example(numpy.asarray(array)) for array in arrays), **options)


def _example(array: Any) -> Any:
    """Return the numbers of an array; in a trace others, and a matrix that is positive definite."""
    import numpy

    if not Value.is_traced():
        return ufuncs.numbers(array)
    ones = numpy.ones(array.shape)
    return ones if array.ndim < 2 else ones + len(ones) * numpy.eye(*array.shape[-2:])
