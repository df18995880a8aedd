"""Copies of NumPy's arrays, of which one may be a view of another, and of generators of random numbers."""

from copy import deepcopy
from typing import Any

from .copies import Copies
from .libraries import is_array, modules_generators, returning

LARGE = 1_000_000  # entries: a larger array is data


def root_of(array: Any) -> Any:
    """Return the array whose memory another one uses, which may be itself."""
    while is_array(array.base) and type(array.base) is type(array):
        array = array.base
    return array


def copy_objects(copies: Copies, thing: Any) -> Any:
    """Copy an array of objects, and these."""
    copy = thing.copy()

    def fill() -> None:
        before = copy.copy()
        for place, part in enumerate(thing.flat):
            before.flat[place] = copies.copy(part)
        copy[...] = before
        copies.restoring(lambda: copy.__setitem__(..., before))

    return copies.know(thing, copy, fill)


def copy_view(root: Any, like: Any, original: Any) -> Any:
    """Return the view of `root` that `like` is of `original`, whose memory is laid out alike."""
    import numpy

    first = (_address(like) - _address(original)) // original.itemsize
    flat = numpy.ravel(root, order="K")
    scale = root.itemsize // original.itemsize
    strides = tuple(stride * scale for stride in like.strides)
    writeable = like.flags.writeable
    return numpy.lib.stride_tricks.as_strided(flat[first:], like.shape, strides, True, writeable)


def _address(array: Any) -> int:
    """Return where an array's memory begins, or its first entry where axes run backwards."""
    address: int = array.__array_interface__["data"][0]
    return address


def copy_generator(copies: Copies, thing: Any) -> Any:
    """Copy a generator of random numbers, which begins anew in each run.

    Those of Python's and NumPy's modules are one with what the modules draw, and are shared.
    """
    if any(thing is each for each in modules_generators()):
        copies.keep_randomness()
        return thing
    copy = deepcopy(thing)
    copies.rewinding(returning(copy))
    return copy
