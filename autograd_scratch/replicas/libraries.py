"""What is NumPy's, if that is loaded, and the generators of random numbers, Python's and NumPy's."""

import random
import sys
from random import Random, getstate, setstate
from typing import Any

_GENERATORS = ("Generator", "RandomState")


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


def is_modules_generator(thing: Any) -> bool:
    """Say whether a generator is the one that Python's or NumPy's module draws from."""
    numpy, its_own = sys.modules.get("numpy"), vars(random)["_inst"]
    return thing is its_own or (numpy is not None and thing is numpy.random.rand.__self__)


def state_of(generator: Any) -> Any:
    """Return where a generator of random numbers stands."""
    if isinstance(generator, Random):
        return generator.getstate()
    return generator.bit_generator.state if hasattr(generator, "bit_generator") else generator.get_state()


def set_state(generator: Any, state: Any) -> None:
    """Put a generator back to where it stood."""
    if isinstance(generator, Random):
        generator.setstate(state)
    elif hasattr(generator, "bit_generator"):
        generator.bit_generator.state = state
    else:
        generator.set_state(state)


def random_state() -> tuple[Any, Any]:
    """Return where the generators stand that Python's and NumPy's modules draw from."""
    numpy = sys.modules.get("numpy")
    return getstate(), None if numpy is None else numpy.random.get_state()


def set_random_state(state: tuple[Any, Any]) -> None:
    """Put back what `random_state` gave."""
    setstate(state[0])
    if state[1] is not None:
        sys.modules["numpy"].random.set_state(state[1])
