"""The numbers of a data set, row by row."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from itertools import chain
from typing import Any, Self

from ..arrays.containers import entries
from ..arrays.conversion import number_of
from ..errors import ShapeError
from .forms import plain

PLAIN = {float, int}
ROWS = {list, tuple}


class Table:
    """The numbers of all rows, one row after the other, each row with parts arranged as some examples.

    >>> table = Table([([0.0, 1.0], 1), ([1.0, 1.0], 0)], {"x": [0.0, 1.0], "y": 1})
    >>> table.width, table.rows()
    (3, [(0.0, 1.0, 1.0), (1.0, 1.0, 0.0)])
    """

    def __init__(self, rows: Iterable[Sequence[Any]], examples: Mapping[str, Any]) -> None:
        rows = list(rows)
        columns = [_Column(key, example) for key, example in examples.items()]
        self.width = sum(len(column.places) for column in columns)
        self._count = len(rows)
        are_alike = {*map(len, rows)} == {len(columns)}
        found = [column.plain_numbers(own) for column, own in zip(columns, zip(*rows) if are_alike else ())]
        if are_alike and None not in found:
            self.numbers = self._interleaved(found)
        else:
            each = (self._row(columns, i, row) for i, row in enumerate(rows))
            self.numbers = array("d", chain.from_iterable(each))

    def __len__(self) -> int:
        return self._count

    @property
    def is_finite(self) -> bool:
        """Whether all numbers are finite."""
        return all(map(math.isfinite, self.numbers))

    def rows(self) -> list[tuple[float, ...]]:
        """Return the numbers of each row."""
        width = self.width
        return [tuple(self.numbers[i * width : (i + 1) * width]) for i in range(self._count)]

    def chosen(self, rows: Sequence[int]) -> Self:
        """Return a table of some of the rows, by their numbers.

        >>> Table([[0.0], [1.0], [2.0]], {"x": 0.0}).chosen([2, 0]).rows()
        [(2.0,), (0.0,)]
        """
        found = copy(self)
        size = self.width * self.numbers.itemsize
        view = memoryview(self.numbers).cast("B")
        found.numbers = array("d", b"".join([view[i * size : (i + 1) * size] for i in rows]))
        found._count = len(rows)
        return found

    def _interleaved(self, columns: Sequence[Any]) -> Any:
        numbers = array("d", bytes(8 * self.width * self._count))
        place = 0
        for column in columns:
            size = len(column) // self._count
            for k in range(size):
                numbers[place + k :: self.width] = column[k::size]
            place += size
        return numbers

    @staticmethod
    def _row(columns: Sequence["_Column"], i: int, row: Sequence[Any]) -> list[float]:
        found: list[float] = []
        for column, part in zip(columns, row, strict=True):
            given = list(entries(plain(part), column.key))
            if [place for place, _ in given] != column.places:
                raise ShapeError(f"all rows must be arranged as the first one, and row {i} is not")
            found += [number_of(entry, place) for place, entry in given]
        return found


class _Column:
    """How a part of each row is arranged: `shape` is that of a plain row of numbers, however nested.

    That is () for a single number, and None for what is not as regular as an array.
    """

    def __init__(self, key: str, example: Any) -> None:
        tree = plain(example)
        self.key = key
        self.places = [place for place, _ in entries(tree, key)]
        self.shape: tuple[int, ...] | None = ()
        level = [tree]
        while level and any(isinstance(part, (list, tuple, dict)) for part in level):
            lengths = {len(part) if part.__class__ in ROWS else 0 for part in level}
            if len(lengths) > 1 or 0 in lengths or self.shape is None:
                self.shape = None
                break
            self.shape += tuple(lengths)
            level = [entry for part in level for entry in part]

    def plain_numbers(self, parts: Sequence[Any]) -> Any:
        """Return the numbers of all rows, if they are Python's own and NumPy's; else None."""
        if self.shape is None:
            return None
        if all(hasattr(part, "tolist") for part in parts):
            parts = [part.tolist() for part in parts]
        for length in self.shape:
            if not ROWS.issuperset(map(type, parts)) or {*map(len, parts)} != {length}:
                return None
            parts = list(chain.from_iterable(parts))
        if PLAIN.issuperset(map(type, parts)):
            with suppress(OverflowError):  # of a whole number, which will be named
                return array("d", parts)
        return None
