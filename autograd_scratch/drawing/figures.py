"""How numbers are written in a drawing: one by one, or of an array what there is to know of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, isnan
from typing import Any, NamedTuple

from ..arrays.conversion import number_of
from ..value import Value
from .view import Cell, Row

FEW, BROAD = 8, 4  # numbers of an array that are all shown, and columns of them


@dataclass(frozen=True)
class Figures:
    """Writes numbers in so many significant digits, and gradients where there are some to be shown.

    >>> Figures(4).number(1234567.0), Figures(2).number(-0.0)
    ('1.235e+06', '0')
    """

    precision: int = 4
    gradients: bool = True
    slopes: Mapping[Value, Any] | None = None  # where those of the Values do not count

    def number(self, x: float) -> str:
        return f"{x + 0.0:.{self.precision}g}"

    def slope(self, value: Any) -> float | None:
        """Return the gradient of a Value; None if no path leads to it, or no backward pass was there."""
        if self.slopes is not None:
            slope = self.slopes.get(value)
        else:
            slope = value.grad if value.is_reached else None
        return slope if slope is None or slope.__class__ is float else number_of(slope, "a gradient")

    def gradient(self, value: Any) -> str:
        """Return the gradient of a Value as text."""
        slope = self.slope(value)
        return "no grad" if slope is None else self.number(slope)

    def pair(self, value: Any) -> Row:
        """Return number and gradient of what has both, or else the number."""
        data = Cell(self.number(number_in(value)), "data")
        return (data, Cell(self.gradient(value), "grad")) if self.has_gradient(value) else (data,)

    def has_gradient(self, value: Any) -> bool:
        """Say whether a Value's gradient is shown."""
        return self.gradients and isinstance(value, Value)

    def together(self, entries: Sequence[Any], are_several: bool) -> Row:
        """Return number and gradient, or of several numbers the mean, the ends, and the gradient's norm."""
        shown = [entry for entry in entries if is_number(entry)]
        if not are_several and len(shown) == 1:
            return self.pair(shown[0])
        numbers = [number_in(entry) for entry in shown]
        known = [x for x in numbers if not isnan(x)] or numbers
        ends = (_mean(numbers), min(known), max(known))
        cells = (Cell(self.number(x), "data") for x in ends)
        return (*cells, *self._norm(shown, ""))

    def array(self, shape: Sequence[int], entries: Sequence[Any], is_ordered: bool = True) -> "Numbers":
        """Return the rows for the numbers of an array and the size of its gradient.

        Of a small array all numbers are shown, if their order is known, of others the mean and the ends.
        """
        shown = [entry for entry in entries if is_number(entry)]
        if len(shown) == 1 and len(entries) == 1:
            return Numbers((self.pair(shown[0]),))
        numbers = [number_in(entry) for entry in shown]
        norm = self._norm(shown, "grad norm ")
        below = (norm,) if norm else ()
        columns = shape[-1] if shape else 1
        if is_ordered and len(entries) == len(shown) <= FEW and columns <= BROAD:
            cells = [Cell(self.number(x), "data") for x in numbers]
            return Numbers(
                (), tuple(tuple(cells[i : i + columns]) for i in range(0, len(cells), columns)), below
            )
        return Numbers(((Cell(self.range(numbers), "data"),),), (), below)

    def size(self, entries: Sequence[Any]) -> Row:
        """Return the size of the gradient of an array, in one cell where gradients are shown."""
        if not self.gradients:
            return ()
        return self._norm([x for x in entries if is_number(x)], "") or (Cell("no grad", "grad"),)

    def _norm(self, entries: Sequence[Any], title: str) -> Row:
        """Return the size of the gradient of an array, if there is one."""
        slopes = [slope for x in entries if self.has_gradient(x) and (slope := self.slope(x)) is not None]
        return (Cell(f"{title}{self.number(hypot(*slopes))}", "grad"),) if slopes else ()

    def range(self, numbers: Sequence[float]) -> str:
        """Return what numbers there are: their mean, the least and the largest, and how many are none.

        >>> Figures(3).range([1.0, 2.0, 6.0]), Figures(3).range([1.0, float("nan")])
        ('mean 3, 1 to 6', '1 of 2 nan, else 1')
        """
        lost = sum(1 for x in numbers if isnan(x))
        known = [x for x in numbers if not isnan(x)]
        if not known:
            return "all nan" if numbers else "no numbers"
        low, high = min(known), max(known)
        span = self.number(low) if low == high else f"{self.number(low)} to {self.number(high)}"
        if lost:
            return f"{lost:,} of {len(numbers):,} nan, else {span}"
        if low == high:
            return f"all {span}"
        return f"mean {self.number(_mean(known))}, {span}"


class Numbers(NamedTuple):
    """What a box shows of an array: rows, a table, and what is below."""

    rows: tuple[Row, ...] = ()
    table: tuple[Row, ...] = ()
    below: tuple[Row, ...] = ()


def _mean(numbers: Sequence[float]) -> float:
    return sum(x / len(numbers) for x in numbers)  # which does not overflow


def is_number(entry: Any) -> bool:
    """Say whether an entry of an array has a number: what fills the place of a missing one has none."""
    return isinstance(entry, (float, Value)) or hasattr(entry, "parents")


def number_in(entry: Any) -> float:
    """Return the number of an entry: that of a sum which no program has is that of its terms."""
    if isinstance(entry, Value):
        return entry.data
    if isinstance(entry, float):
        return float(entry)
    return sum(number_in(term) for term in entry.parents)
