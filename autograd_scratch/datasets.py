"""Which small data things can be tried on: a list of pairs (inputs, target)."""

import math

from .elsewhere import functions_elsewhere
from .errors import RangeError
from .ieee import real, whole
from .seeds import Seed, random_from
from .signatures import call_form

__getattr__ = functions_elsewhere(__name__)

Example = tuple[tuple[float, ...], float]

XOR: tuple[Example, ...] = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))
"""The truth table of exclusive or: pairs of two inputs and a target, a tuple of four."""


@call_form("moons(100, noise=0.1, seed=0)")
def moons(count: int, noise: float = 0.1, *, seed: Seed = None) -> list[Example]:
    """Return `count` points of two interleaved half circles, of targets -1 and 1 in turn.

    The points of a half circle are equally spaced along it, and moved by a normal error of standard
    deviation `noise` in each direction: the same at each call for an int as `seed`, other ones for None.

    >>> moons(2, noise=0.0, seed=0)
    [((1.0, 0.0), -1.0), ((0.0, 0.5), 1.0)]
    >>> X, y = zip(*moons(100))
    """
    count = whole(count, "the count of moons")
    deviation, random = real(noise, "the noise of moons"), random_from(seed)
    if not 0.0 <= deviation < math.inf:
        raise RangeError(f"the noise of moons is a standard deviation, finite and from 0 on, not {noise}")
    steps = max(1, (count - 1) // 2)
    examples: list[Example] = []
    for i in range(count):
        angle = math.pi * (i // 2) / steps
        x, y = math.cos(angle), math.sin(angle)
        if i % 2:
            x, y = 1.0 - x, 0.5 - y
        point = (x + random.gauss(0.0, deviation), y + random.gauss(0.0, deviation))
        examples.append((point, 1.0 if i % 2 else -1.0))
    return examples
