"""What an idiom is: a function as people write it, and the points at which its gradient is known.

The reference is central differences of order 8 on plain numbers: with steps of 1/256 they are good to 1e-10
of the largest slope, mostly to 1e-12, where a loss is smooth within 4 steps. A point where half the step
tells another slope, near a kink or where slopes are lost in rounding, is passed over.
"""

import copy
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple
from zlib import crc32

import numpy as np

STEP = 1 / 256
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)  # of the differences over 1, 2, 3 and 4 steps to both sides
IDIOMS = {}


class Point(NamedTuple):
    at: dict
    value: float
    gradient: dict


class Idiom(NamedTuple):
    """A loss, the shapes of its parameters, the range of their numbers, and why it has no Program."""

    name: str
    loss: Callable
    shapes: dict
    between: tuple
    needs_branch: str

    @property
    def family(self):
        return self.name.partition(".")[0]

    def points(self):
        """Yield points at which the loss is smooth, the same ones every time."""
        rng = np.random.default_rng(crc32(self.name.encode()))
        for _ in range(100):
            at = drawn(self.shapes, self.between, rng)
            gradient = gradient_of(self.loss, at, STEP)
            if agree(gradient, gradient_of(self.loss, at, STEP / 2), 2e-11):
                yield Point(at, value_of(self.loss, at), gradient)

    def two_points(self):
        first, second = islice(self.points(), 2)
        return first, second


def idiom(*, between=(-1.2, 1.2), needs_branch="", **shapes):
    """Take a function into the table; shapes are tuples, in lists and dicts if the parameters are."""

    def taken(loss):
        name = f"{loss.__module__.rpartition('.')[2]}.{loss.__name__}"
        assert name not in IDIOMS, name
        IDIOMS[name] = Idiom(name, loss, shapes, between, needs_branch)
        return loss

    return taken


def drawn(shapes, between, rng):
    """Draw an array for every shape in a tree, and a float for the shape ()."""
    if isinstance(shapes, dict):
        return {name: drawn(shape, between, rng) for name, shape in shapes.items()}
    if isinstance(shapes, list):
        return [drawn(shape, between, rng) for shape in shapes]
    return rng.uniform(*between, shapes) if shapes else float(rng.uniform(*between))


def arrays_of(tree):
    """Return the leaves of a tree as arrays."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        return [array for branch in tree for array in arrays_of(branch)]
    return [np.asarray(tree, float)]


def filled(tree, numbers):
    """Return a tree like this one with other numbers, which are taken from an iterator."""
    if isinstance(tree, dict):
        return {name: filled(branch, numbers) for name, branch in tree.items()}
    if isinstance(tree, list):
        return [filled(branch, numbers) for branch in tree]
    if isinstance(tree, float):
        return next(numbers)
    return np.array([*islice(numbers, tree.size)]).reshape(tree.shape)


def numbers_of(tree):
    return [float(number) for array in arrays_of(tree) for number in array.ravel()]


def value_of(loss, at):
    """Call a loss on copies of the parameters, which it may change."""
    return float(np.squeeze(loss(**copy.deepcopy(at))))


def gradient_of(loss, at, step):
    """Measure the gradient, arranged as the parameters are."""
    numbers = numbers_of(at)

    def slope(i):
        def moved(by):
            return value_of(loss, filled(at, iter([*numbers[:i], numbers[i] + by, *numbers[i + 1 :]])))

        rises = (moved(k * step) - moved(-k * step) for k in range(1, 1 + len(WEIGHTS)))
        return sum(weight * rise for weight, rise in zip(WEIGHTS, rises)) / step

    return filled(at, iter([slope(i) for i in range(len(numbers))]))


def agree(actual, expected, tolerance=1e-10):
    """Compare trees by shape, and by number relative to the largest of each array."""
    pairs = zip(arrays_of(actual), arrays_of(expected), strict=True)
    return all(
        one.shape == other.shape and np.abs(one - other).max() <= tolerance * np.abs(other).max()
        for one, other in pairs
    )


def altered(gradient):
    """Return a gradient with its first number moved, by half of the largest or more."""
    first, *others = numbers_of(gradient)
    return filled(gradient, iter([first + 0.5 * max(1.0, *map(abs, (first, *others))), *others]))
