"""What is NumPy's, if that is loaded, and the generators of random numbers, Python's and NumPy's."""

import random
import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

_GENERATORS = ("Generator", "RandomState")
_MERSENNE_TWISTER = 4 * 625  # bytes: its numbers, and which is next


def is_array(thing: Any) -> bool:
    """Say whether a thing is an array of NumPy's, of whatever shape."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray)


def is_float(thing: Any) -> bool:
    """Say whether a thing is a float, Python's or one of NumPy's."""
    numpy = sys.modules.get("numpy")
    return isinstance(thing, float) or (numpy is not None and isinstance(thing, numpy.floating))


def is_generator(thing: Any) -> bool:
    """Say whether a thing draws random numbers."""
    kind = type(thing)
    is_numpys = kind.__module__.startswith("numpy.random") and kind.__name__ in _GENERATORS
    return is_numpys or isinstance(thing, Random)


def modules_generators() -> list[Any]:
    """Return the generators that Python's and NumPy's modules draw from."""
    numpy, its_own = sys.modules.get("numpy"), vars(random)["_inst"]
    return [its_own] if numpy is None else [its_own, numpy.random.rand.__self__]


def returning(generator: Any) -> Callable[[], None]:
    """Return what puts a generator of random numbers back to where it stands now."""
    if isinstance(generator, Random):
        return partial(generator.setstate, generator.getstate())
    if hasattr(generator, "bit_generator"):
        return partial(setattr, generator.bit_generator, "state", generator.bit_generator.state)
    state, memory = generator.get_state(legacy=False), _memory_of(generator)
    before = memory()

    def put_back() -> None:
        if state["has_gauss"] or memory() != before:
            generator.set_state(state)

    return put_back


def _memory_of(generator: Any) -> Callable[[], object]:
    """Return what reads where a generator of NumPy's old kind stands, a hundred times as fast as it tells.

    Another number that it keeps beside, the second of two normal ones, is left there by drawing alone.
    """
    bits = generator._bit_generator
    if type(bits).__name__ != "MT19937":
        return object  # never the same
    from ctypes import string_at

    return lambda: string_at(bits.ctypes.state_address, _MERSENNE_TWISTER)
