"""For each node of a graph some other ones, of large graphs in flat arrays of NumPy's.

These are of 32 bits where there are as many entries as edges: so many nodes nobody has.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any


class Rows(Sequence[list[int]]):
    """Lists of numbers one after the other: those of node `i` are `flat[starts[i]:starts[i + 1]]`."""

    def __init__(self, starts: Any, flat: Any) -> None:
        self.starts = starts
        self.flat = flat

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: Any) -> Any:
        found: list[int] = self.flat[self.cuts[i] : self.cuts[i + 1]].tolist()
        return found

    @cached_property
    def cuts(self) -> list[int]:
        """The starts, of which a list is quicker to read."""
        cuts: list[int] = self.starts.tolist()
        return cuts

    def lists(self) -> list[list[int]]:
        """Return the rows as lists."""
        flat = self.flat.tolist()
        return [flat[a:b] for a, b in pairwise(self.cuts)]

    @cached_property
    def order(self) -> Any:
        """The places of the entries in ascending order of these."""
        import numpy

        return numpy.argsort(self.flat, kind="stable").astype(numpy.int32)

    def turned(self, once: bool = True) -> "Rows":
        """Return for each node those in whose row it is, in ascending order, each once if wanted."""
        import numpy

        owners = owners_of(self.starts)[self.order]
        counts = numpy.bincount(self.flat, minlength=len(self))
        if once:
            entries = self.flat[self.order]
            new = numpy.ones(len(owners), bool)
            new[1:] = (entries[1:] != entries[:-1]) | (owners[1:] != owners[:-1])
            owners, counts = owners[new], numpy.bincount(entries[new], minlength=len(self))
        return Rows(starts_of(counts), owners)


def owners_of(starts: Any) -> Any:
    """Return for each entry of a flat array the row that it is in."""
    import numpy

    return numpy.repeat(numpy.arange(len(starts) - 1, dtype=numpy.int32), numpy.diff(starts))


def starts_of(counts: Any) -> Any:
    """Return where rows of these lengths begin, and the last one ends."""
    import numpy

    return numpy.concatenate(([0], numpy.cumsum(counts)))


def turned(rows: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """Return for each node those in whose row it is, each once, in ascending order.

    >>> turned([[], [0], [0, 1, 0]])
    [[1, 2], [2], []]
    """
    if isinstance(rows, Rows):
        return rows.turned()
    above: list[list[int]] = [[] for _ in rows]
    for i, row in enumerate(rows):
        for other in dict.fromkeys(row):
            above[other].append(i)
    return above


def united(rows: Sequence[Sequence[int]], nodes: Iterable[int]) -> Iterable[int]:
    """Return what is in the rows of some nodes, each once."""
    if not isinstance(rows, Rows):
        return dict.fromkeys(other for node in nodes for other in rows[node])
    import numpy

    parts = [rows.flat[rows.starts[node] : rows.starts[node + 1]] for node in nodes]
    found: list[int] = numpy.unique(numpy.concatenate(parts)).tolist() if parts else []
    return found
