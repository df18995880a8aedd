"""From numbers to Values, and back: arrays, nested lists, tuples and dicts of them.

>>> W = values([[1.0, 2.0], [3.0, 4.0]], "W")
>>> W[0, 1]
Value(data=2.0, name='W[0, 1]')
>>> (W @ [1.0, -1.0]).sum().backward()
>>> gradients(W)
array([[ 1., -1.],
       [ 1., -1.]])
"""

from typing import Any

from ..errors import DataError, ShapeError
from ..ieee import describe, real
from ..signatures import call_form
from ..value import Value
from .containers import arrange, entries
from .subclass import array_of, array_type
from .ufuncs import gradient_of


@call_form('values(np.zeros((2, 3)), "W")')
def values(array: Any, name: str | None = None) -> Any:
    """Make an array of Values from an array or nested lists of numbers, one leaf an entry.

    NumPy's operators and functions, and code written with them, run on it. With a name, the entries
    are named after it and their place. A single number gives one Value, and rows of several lengths are a
    ShapeError. The array has the methods of a Value, such as `W.tanh()`, `W.zero_grad()`, and its numbers
    and gradients as arrays, to be read and set: a step is `W.data -= 0.1 * W.grad`, or inside `no_grad()`
    `W -= 0.1 * W.grad`. Outside of it, that is part of the next graph.

    >>> import numpy as np
    >>> z = values([[1.0, -2.0], [3.0, 0.5]], "z")
    >>> h = np.maximum(0, z).mean(axis=0)
    >>> h
    values([2.  , 0.25])
    >>> h[0].backward(); z[1, 0]
    Value(data=3.0, grad=0.5, name='z[1, 0]')
    """
    array_type()
    import numpy

    if name is not None and not isinstance(name, str):
        raise DataError(f"the name of an array must be text, not {describe(name)}")
    try:
        array = numpy.asarray(array, None if isinstance(array, numpy.ndarray) else object)
    except ValueError as fault:
        raise ShapeError(f"values needs rows of one length: {fault}") from fault
    leaves = [
        Value(_number(entry, place), None if name is None else place)
        for place, entry in entries(array, "values" if name is None else name)
    ]
    return array_of(leaves, array.shape) if array.shape else leaves[0]


@call_form()
def data(tree: Any) -> Any:
    """Return the numbers of Values: arrays of floats for arrays, nested lists for nested lists.

    >>> data({"w": [Value(1.0), 2.0], "b": Value(3.0)})
    {'w': [1.0, 2.0], 'b': 3.0}
    """
    return arrange(tree, [number_of(entry, place) for place, entry in entries(tree, "data")])


@call_form()
def gradients(tree: Any) -> Any:
    """Return the gradients of Values, in the shapes that `data` gives; those of constants are 0.0.

    >>> w, b = Value(2.0), Value(3.0)
    >>> (w * 5.0 + b).backward()
    >>> gradients({"w": [w, 1.0], "b": b})
    {'w': [5.0, 0.0], 'b': 1.0}
    """
    return arrange(tree, [_gradient(entry, place) for place, entry in entries(tree, "gradients")])


def _number(entry: Any, what: str) -> float:
    """Return the number for a new leaf, or say what stands there instead."""
    if isinstance(entry, Value):
        raise DataError(
            f"{what} is a Value already, {entry!r}. To go on computing with it, use the array as it is, or "
            "np.array(...) of the list; for new leaves with the same numbers, write values(data(...))"
        )
    if isinstance(entry, (list, tuple)) or getattr(entry, "shape", ()) != ():
        raise ShapeError(
            f"values needs rows of one length, and {what} is {describe(entry)}; "
            "for rows of several lengths, make a list of arrays: [values(row) for row in rows]"
        )
    return real(entry, what)


def number_of(entry: Any, place: str) -> float:
    """Return the number of a Value, or a plain number as a float; `place` names it in the error."""
    return entry.data if isinstance(entry, Value) else real(entry, place)


def _gradient(entry: Any, place: str) -> Any:
    if not isinstance(entry, Value):
        real(entry, place)
    return gradient_of(entry)
