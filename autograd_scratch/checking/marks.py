"""How an intermediate result of a forward pass gets a name by which its gradient can be checked."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from .. import modes
from ..errors import DataError
from ..ieee import describe
from ..signatures import call_form

T = TypeVar("T")

_reader: modes.Mode = ContextVar("reader of marks", default=())


@call_form('mark(z1, "z1")')
def mark(array: T, name: str) -> T:
    """Return `array` as it is; inside `compare`, its gradient can be checked under this name.

    >>> import numpy as np
    >>> from autograd_scratch import compare
    >>> def loss(w):
    ...     z = mark(3.0 * w, "z")
    ...     return (z * z).sum()
    >>> w = np.array([1.0, 2.0])
    >>> compare(loss, at={"w": w}, hand={"w": 18 * w, "z": 6 * w}).verdict
    'right'
    """
    reader = modes.setting(_reader)
    if reader is None:
        return array
    if not isinstance(name, str):
        raise DataError(
            f"mark takes an array and then its name, not {describe(name)}; write mark(z1, 'z1')"
        )
    marked: T = reader(array, name)
    return marked


def marking(reader: Callable[[Any, str], Any]) -> modes.Block:
    """Hand every marked array on to `reader` in this block; the forward pass goes on with what it gives."""
    return modes.Block("marking", reader, _reader)
