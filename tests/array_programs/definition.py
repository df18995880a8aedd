"""What a program of arrays is, and the gradient of one by complex steps.

f(x + ih) = f(x) + ih f'(x) for a loss that is analytic around x: with h = 1e-30 the imaginary part is the
slope to the last bits, and nothing is subtracted. `maximum` and `max` of NumPy order complex numbers by
their real parts. What takes absolute values has a gradient by hand.
"""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

import numpy as np

STEP = 1e-30
PROGRAMS = {}


class ArrayProgram(NamedTuple):
    """A loss, the shapes of its parameters, the range of their numbers, and a gradient by hand."""

    name: str
    loss: Callable
    shapes: dict
    between: tuple
    by_hand: Callable | None
    lines: int


def program(*, between=(-1.0, 1.0), by_hand=None, lines=60, **shapes):
    """Take a loss into the table; its source has at most so many lines."""

    def taken(loss):
        name = loss.__name__
        assert name not in PROGRAMS, name
        PROGRAMS[name] = ArrayProgram(name, loss, shapes, between, by_hand, lines)
        return loss

    return taken


def drawn(own, seed):
    """Return parameters of a program, by name: arrays, and a float for the shape ()."""
    rng = np.random.default_rng([seed, crc32(own.name.encode())])
    return {
        name: rng.uniform(*own.between, shape) if shape else float(rng.uniform(*own.between))
        for name, shape in own.shapes.items()
    }


def gradient_of(own, at):
    """Return the gradient of a program, an array for each parameter."""
    if own.by_hand is not None:
        return own.by_hand(**at)
    return [_slopes(own.loss, at, name) for name in at]


def _slopes(loss, at, name):
    slopes = np.zeros(np.shape(at[name]))
    for index in np.ndindex(slopes.shape):
        moved = np.array(at[name], complex)
        moved[index] += 1j * STEP
        slopes[index] = np.squeeze(loss(**{**at, name: moved})).imag / STEP
    return slopes


def agree(actual, expected, tolerance=1e-12):
    """Compare lists of arrays by shape, and by number relative to the largest of all."""
    actual, expected = [*map(np.asarray, actual)], [*map(np.asarray, expected)]
    largest = max(np.abs(array).max() for array in expected)
    pairs = zip(actual, expected, strict=True)
    return all(
        one.shape == other.shape
        and np.abs(one - other).max() <= tolerance * max(np.abs(other).max(), 1e-2 * largest)
        for one, other in pairs
    )
