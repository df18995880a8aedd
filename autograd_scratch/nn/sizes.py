"""What the arguments of layers may be: sizes, shares, and one number for several axes."""

from operator import index
from typing import Any

from ..errors import DataError, RangeError, ShapeError
from ..ieee import describe, real

Sizes = tuple[int, ...]


def size(number: Any, what: str, least: int = 1) -> int:
    """Return a whole number from `least` on, or say what `what` must be.

    >>> size(0, "kernel_size of Conv1d")
    Traceback (most recent call last):
    autograd_scratch.errors.ShapeError: kernel_size of Conv1d must be a whole number from 1 on, not 0 (int)
    """
    try:
        found = least - 1 if isinstance(number, bool) else index(number)
    except TypeError:
        found = least - 1
    if found < least:
        raise ShapeError(f"{what} must be a whole number from {least} on, not {describe(number)}")
    return found


def sizes(numbers: Any, axes: int, what: str, least: int = 1) -> Sizes:
    """Return a size for each of some axes: one number for all, or one for each.

    >>> sizes(3, 2, "kernel_size"), sizes((3, 5), 2, "kernel_size")
    ((3, 3), (3, 5))
    """
    if not isinstance(numbers, (tuple, list)):
        return (size(numbers, what, least),) * axes
    if len(numbers) != axes:
        raise ShapeError(f"{what} is one number, or {axes}, one for each axis, not {describe(numbers)}")
    return tuple(size(number, what, least) for number in numbers)


def share(number: Any, what: str) -> float:
    """Return a probability, from 0 to 1.

    >>> share(0.5, "p of Dropout")
    0.5
    """
    found = real(number, what)
    if not 0.0 <= found <= 1.0:
        raise RangeError(f"{what} must be from 0 to 1, not {found}")
    return found


def flag(thing: Any, what: str) -> bool:
    """Return True or False, which nothing else is taken for.

    >>> flag(True, "bias of Linear")
    True
    """
    if not isinstance(thing, bool):
        raise DataError(f"{what} is True or False, not {describe(thing)}")
    return thing
