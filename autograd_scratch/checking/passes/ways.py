"""How far nodes are from the loss and from the leaves, and which blocks they depend on.

Most edges of a large graph lead to leaves, from which none goes on: these are gone along by NumPy.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from ...stepping.rows import Rows, owners_of, starts_of
from .table import Edges, Table

_BITS = 62  # of the masks that NumPy takes at once


class Ways:
    """The ways through a graph, whose nodes are in order, parents first."""

    def __init__(self, edges: Sequence[Edges]) -> None:
        self.edges = edges
        self._table = edges if isinstance(edges, Table) else None
        self.parents: Sequence[list[int]]
        if self._table is None:
            self.parents = self._rows = [[parent for parent, _ in each] for each in edges]
            return
        import numpy

        self.parents = self._table.rows
        owners, inner = self._edges(to_leaves=False)
        self._rows = Rows(starts_of(numpy.bincount(owners, minlength=len(edges))), inner).lists()

    def _edges(self, to_leaves: bool) -> tuple[Any, Any]:
        """Return from where and to where edges lead: those of a large graph to leaves, or the others."""
        import numpy

        assert self._table is not None
        starts, parents = self._table.starts, self._table.parents
        wanted = ((numpy.diff(starts) == 0) == to_leaves)[parents]
        return owners_of(starts)[wanted], parents[wanted]

    @property
    def inner(self) -> list[list[int]]:
        """For each node the parents that have some themselves."""
        if self._table is not None:
            return self._rows
        return [[parent for parent in row if self._rows[parent]] for row in self._rows]

    def each_parent(self, i: int) -> Iterator[int]:
        """Return the parents of a node one by one."""
        parents = self.parents
        if isinstance(parents, Rows):
            return iter(parents.flat[parents.starts[i] : parents.starts[i + 1]])
        return iter(parents[i])

    @cached_property
    def heights(self) -> list[int]:
        """How many operations, at most, are between each node and the leaves."""
        heights = [-1] * len(self._rows)
        if self._table is not None:
            import numpy

            heights = (numpy.sign(numpy.diff(self._table.starts)) - 1).tolist()
        for i, row in enumerate(self._rows):
            heights[i] = 1 + max(map(heights.__getitem__, row), default=heights[i])
        return heights

    def levels(self, loss: int) -> list[int]:
        """Return how many operations, at most, are between each node and the loss, or -1."""
        levels = [-1] * len(self._rows)
        levels[loss] = 0
        for i in range(loss, -1, -1):
            if levels[i] >= 0:
                below = levels[i] + 1
                for parent in self._rows[i]:
                    if levels[parent] < below:
                        levels[parent] = below
        if self._table is None:
            return levels
        import numpy

        owners, leaves = self._edges(to_leaves=True)
        known = numpy.array(levels)
        below = numpy.where(known < 0, -1, known + 1)[owners]
        numpy.maximum.at(known, leaves, below)
        levels[:] = known.tolist()
        return levels

    def reached(self, levels: Sequence[int], left_out: Mapping[int, Sequence[int]]) -> set[int]:
        """Return the nodes below the loss, given their levels, and the parents to which no edges lead."""
        found = {i for i, level in enumerate(levels) if level >= 0}
        pending = [parent for i, parents in left_out.items() if i in found for parent in parents]
        while pending:
            i = pending.pop()
            if i not in found:
                found.add(i)
                pending += (*self.parents[i], *left_out.get(i, ()))
        return found

    def sources(self, left_out: Mapping[int, Sequence[int]]) -> list[int]:
        """Return for each node the nearest one that it depends on alone, or -1.

        That is the tree of dominators, upside down. Reference: K. Cooper, T. Harvey, K. Kennedy, "A simple,
        fast dominance algorithm", Software Practice and Experience 4 (2001).
        """
        sources, depths = [-1] * len(self._rows), [0] * len(self._rows)
        for i in range(len(self._rows)):
            parents = chain(self.each_parent(i), left_out.get(i, ()))
            common = next(parents, -1)
            for other in parents:
                while common != other and common >= 0 and other >= 0:
                    if depths[common] >= depths[other]:
                        common = sources[common]
                    else:
                        other = sources[other]
                if common != other:
                    common = -1
                    break
            if common >= 0:
                sources[i], depths[i] = int(common), depths[common] + 1
        return sources

    def masks(self, blocks: Sequence[Sequence[int]]) -> list[int]:
        """Return for each node which blocks it depends on, or is part of, as bits."""
        masks = [0] * len(self._rows)
        for bit, nodes in enumerate(blocks):
            for i in nodes:
                if i >= 0:
                    masks[i] |= 1 << bit
        if self._table is not None:
            self._add_leaves(masks, masks)
        for i, row in enumerate(self._rows):
            for parent in row:
                masks[i] |= masks[parent]
        return masks

    def below(self, masks: Sequence[int]) -> list[int]:
        """Return for each node the masks of its parents together."""
        below = [0] * len(masks)
        if self._table is not None:
            self._add_leaves(below, masks)
        for i, row in enumerate(self._rows):
            for parent in row:
                below[i] |= masks[parent]
        return below

    def _add_leaves(self, below: list[int], masks: Sequence[int]) -> None:
        """Add to numbers of nodes the masks of leaves from which they are computed."""
        import numpy

        owners, leaves = self._edges(to_leaves=True)
        firsts = numpy.flatnonzero(numpy.diff(owners, prepend=-1))
        count = max(masks).bit_length() if len(owners) else 0
        for first in range(0, count, _BITS):
            some = numpy.array([mask >> first & (1 << _BITS) - 1 for mask in masks])
            found = numpy.bitwise_or.reduceat(some[leaves], firsts)
            for i, bits in zip(owners[firsts].tolist(), found.tolist()):
                below[i] |= bits << first
