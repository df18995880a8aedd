"""Which small data things can be tried on: a list of pairs (inputs, target)."""

import math
from random import Random

Example = tuple[tuple[float, ...], float]

XOR: tuple[Example, ...] = (((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0))


def moons(count: int, noise: float = 0.1, *, seed: int | Random) -> list[Example]:
    """Return `count` points of two interleaved half circles, of targets -1 and 1 in turn.

    The points of a half circle are equally spaced along it, and moved by a normal error of standard
    deviation `noise` in each direction.

    >>> moons(2, noise=0.0, seed=0)
    [((1.0, 0.0), -1.0), ((0.0, 0.5), 1.0)]
    """
    random = seed if isinstance(seed, Random) else Random(seed)
    steps = max(1, (count - 1) // 2)
    examples: list[Example] = []
    for i in range(count):
        angle = math.pi * (i // 2) / steps
        x, y = math.cos(angle), math.sin(angle)
        if i % 2:
            x, y = 1.0 - x, 0.5 - y
        point = (x + random.gauss(0.0, noise), y + random.gauss(0.0, noise))
        examples.append((point, 1.0 if i % 2 else -1.0))
    return examples
