"""Points of several classes in the plane, which a line seldom separates."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from ..errors import DataError, RangeError, ShapeError
from ..ieee import describe, real, whole
from ..primitives.arguments import is_row
from ..seeds import Seed
from ..signatures import call_form
from .checks import asked, finite

Point = tuple[float, ...]


@call_form("moons(100, noise=0.1, seed=0)")
def moons(count: int, noise: float = 0.1, *, seed: Seed = None) -> list[tuple[Point, float]]:
    """Return `count` points of two interleaved half circles, of targets -1 and 1 in turn.

    The points of a half circle are equally spaced along it, and moved by a normal error of standard
    deviation `noise` in each direction: the same at each call for an int as `seed`, other ones for None.

    >>> moons(2, noise=0.0, seed=0)
    [((1.0, 0.0), -1.0), ((0.0, 0.5), 1.0)]
    >>> X, y = zip(*moons(100))
    """
    count, deviation, random = asked("moons", count, noise, seed)
    steps = max(1, (count - 1) // 2)
    examples = []
    for i in range(count):
        x, y = _on_circle(math.pi * (i // 2) / steps)
        if i % 2:
            x, y = 1.0 - x, 0.5 - y
        examples.append((_moved((x, y), deviation, random), 1.0 if i % 2 else -1.0))
    return examples


@call_form("circles(100, noise=0.1, seed=0)")
def circles(
    count: int, noise: float = 0.1, *, factor: float = 0.5, seed: Seed = None
) -> list[tuple[Point, int]]:
    """Return `count` points of two circles, in turn the outer one, class 0, and the inner one, class 1.

    The radii are 1 and `factor`, between 0 and 1; the points are spaced and moved as those of `moons`.

    >>> circles(2, noise=0.0, factor=0.25)
    [((1.0, 0.0), 0), ((0.25, 0.0), 1)]
    """
    count, deviation, random = asked("circles", count, noise, seed)
    inner = real(factor, "the factor of circles")
    if not 0.0 < inner < 1.0:
        raise RangeError(f"the factor of circles is the inner radius, between 0 and 1, not {factor}")
    steps = max(1, (count + 1) // 2)
    return [
        (_moved(_on_circle(math.tau * (i // 2) / steps, inner if i % 2 else 1.0), deviation, random), i % 2)
        for i in range(count)
    ]


@call_form("spirals(150, arms=3, seed=0)")
def spirals(
    count: int, arms: int = 2, noise: float = 0.02, *, turns: float = 1.0, seed: Seed = None
) -> list[tuple[Point, int]]:
    """Return `count` points of so many spiral arms, each a class, of which they are in turn.

    An arm goes out from the origin, where no point is, to radius 1 in so many `turns`, in equal steps; the
    points are moved as those of `moons`.

    >>> [label for _, label in spirals(5, arms=3)]
    [0, 1, 2, 0, 1]
    """
    count, deviation, random = asked("spirals", count, noise, seed)
    arms, turns = whole(arms, "the arms of spirals", 1), finite(turns, "the turns of spirals")
    steps = -(-count // arms)
    examples = []
    for i in range(count):
        radius = (i // arms + 1) / steps
        angle = math.tau * (turns * radius + i % arms / arms)
        examples.append((_moved(_on_circle(angle, radius), deviation, random), i % arms))
    return examples


@call_form("blobs(90, centers=3, seed=0)")
def blobs(
    count: int, centers: int | Sequence[Sequence[float]] = 3, noise: float = 0.2, *, seed: Seed = None
) -> list[tuple[Point, int]]:
    """Return `count` points around centers, of which each is a class, in turn.

    The centers are given, points of any one dimension, or are so many on the unit circle, the same for
    each seed; `noise` is the standard deviation around them.

    >>> blobs(3, centers=[[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]], noise=0.0)
    [((0.0, 0.0, 0.0), 0), ((1.0, 2.0, 3.0), 1), ((0.0, 0.0, 0.0), 0)]
    """
    count, deviation, random = asked("blobs", count, noise, seed)
    around = _centers(centers)
    kinds = len(around)
    return [(_moved(around[i % kinds], deviation, random), i % kinds) for i in range(count)]


def _centers(centers: Any) -> list[Point]:
    if not is_row(centers):
        kinds = whole(centers, "the centers of blobs, if they are not given as points,", 1)
        return [_on_circle(math.tau * kind / kinds) for kind in range(kinds)]
    rows = list(centers)
    if not rows or not all(map(is_row, rows)):
        raise DataError(
            "the centers of blobs are points, as in centers=[[0, 0], [1, 2]], or how many they are, not "
            f"{describe(centers)}"
        )
    points = [tuple(finite(x, "a coordinate of a center of blobs") for x in row) for row in rows]
    if len({*map(len, points)}) > 1 or not points[0]:
        raise ShapeError("the centers of blobs must have the same number of coordinates, at least one")
    return points


def _on_circle(angle: float, radius: float = 1.0) -> Point:
    return radius * math.cos(angle), radius * math.sin(angle)


def _moved(point: Point, deviation: float, random: Random) -> Point:
    return tuple(x + random.gauss(0.0, deviation) for x in point)
