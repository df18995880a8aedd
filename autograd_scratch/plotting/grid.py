"""At which points a plane is looked at."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..arrays.containers import entries
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError


class Grid(NamedTuple):
    """Points of a plane, equally spaced along each axis."""

    xs: list[float]
    ys: list[float]

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]], margin: float, resolution: int) -> "Grid":
        """Return a grid around points, with a margin at each side that is a share of their range.

        >>> Grid.around([(0.0, 5.0), (1.0, 5.0)], 0.5, 3)
        Grid(xs=[-0.5, 0.5, 1.5], ys=[0.0, 5.0, 10.0])
        """
        return cls(*(_spread(axis, margin, resolution) for axis in zip(*points)))

    @property
    def points(self) -> list[tuple[float, float]]:
        """All points, row by row, each from left to right."""
        return [(x, y) for y in self.ys for x in self.xs]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The edges of an image that has a cell around each point: left, right, bottom, top."""
        edges = [(axis[0], axis[-1], (axis[1] - axis[0]) / 2.0) for axis in self]
        (left, right, dx), (bottom, top, dy) = edges
        return left - dx, right + dx, bottom - dy, top + dy


def _spread(axis: Sequence[float], margin: float, resolution: int) -> list[float]:
    low, high = min(axis), max(axis)
    if low == high:
        low, high = low - (abs(low) or 1.0) / 2.0, high + (abs(high) or 1.0) / 2.0
    pad = margin * (high - low)
    low, high = low - pad, high + pad
    return [low + (high - low) * i / (resolution - 1) for i in range(resolution)]


def point_of(x: Any, i: int) -> tuple[float, float]:
    """Return the two inputs of row `i`.

    >>> point_of([[0.5], [1]], 0)
    (0.5, 1.0)
    """
    numbers = [number_of(entry, f"an input of row {i}") for _, entry in entries(x)]
    if len(numbers) == 1:
        raise ShapeError(
            f"a boundary is drawn over two inputs, and row {i} has one. Of one input plot the curve: write "
            "plt.scatter(X, y), and plt.plot(xs, [model([x]).data for x in xs])"
        )
    if len(numbers) != 2:
        raise ShapeError(
            f"a boundary is drawn over two inputs, and row {i} has {len(numbers)}: fix the others, as in "
            "plot_boundary(lambda x: model([x[0], x[1], 0.5]), ...), with two columns of X"
        )
    if not all(map(math.isfinite, numbers)):
        raise DataError(f"an input of row {i} is not finite: leave that row out")
    return numbers[0], numbers[1]
