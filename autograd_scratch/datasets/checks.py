"""What all data sets ask for: a count, a standard deviation, a seed."""

import math
from random import Random
from typing import Any

from ..errors import RangeError
from ..ieee import real, whole
from ..seeds import Seed, random_from


def asked(name: str, count: Any, noise: Any, seed: Seed) -> tuple[int, float, Random]:
    """Return the count, the standard deviation and the source of chance that a data set is asked for with.

    >>> asked("moons", 3, -0.1, 0)
    Traceback (most recent call last):
    autograd_scratch.errors.RangeError: the noise of moons is a standard deviation, finite and from 0 on, \
not -0.1
    """
    count = whole(count, f"the count of {name}")
    deviation = real(noise, f"the noise of {name}")
    if not 0.0 <= deviation < math.inf:
        raise RangeError(f"the noise of {name} is a standard deviation, finite and from 0 on, not {noise}")
    return count, deviation, random_from(seed)


def finite(number: Any, what: str) -> float:
    """Return a number as a float, if it is neither infinite nor nan."""
    x = real(number, what)
    if not math.isfinite(x):
        raise RangeError(f"{what} must be finite, not {x}")
    return x
