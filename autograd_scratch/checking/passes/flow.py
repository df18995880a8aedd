"""What flows through a graph, level by level, in a column for each of many ways.

When it is a level's turn, all that flows into its nodes is known. Nodes of a level into which equally many
edges lead are a group, whose edges lie together: first one for each node, then a second one for each. So
NumPy takes what is at the other ends of all of them at once, multiplies by the partials, and adds up; and
there are few such calls. Edges of nothing are added, from a node of its own, where that makes a level one
group.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ...stepping.rows import Rows, starts_of

_TOGETHER = 1 << 15  # edges that are taken together
_FILLED = 256  # edges of nothing that a group may have


class Group(NamedTuple):
    """Nodes, by their first and last row; how many edges each has, where these lie, and what flows in."""

    first: int
    last: int
    size: int
    edges: slice
    sources: Any


class Flow:
    """A graph prepared for that. In rows are its nodes in the order of their turns."""

    def __init__(self, sources: Rows, levels: Any) -> None:
        """Prepare; all sources of a node are of lower levels."""
        import numpy

        nodes, counts = numpy.arange(len(levels)), numpy.diff(sources.starts)
        order = numpy.lexsort((counts, levels))
        sizes = _filled(levels[order], counts[order])
        self.begins = _first_rows(levels[order], sizes)
        self.starts = starts_of(sizes)
        self.row = numpy.empty(len(nodes), numpy.int32)
        self.row[order] = nodes
        self.places = self._places(sources.starts[:-1], counts)
        rows = numpy.full(self.starts[-1], len(nodes), numpy.int32)
        rows[self.places] = self.row[sources.flat]
        lasts = [*self.begins[1:].tolist(), len(nodes)]
        self.groups = [
            Group(a, b, size, slice(e, f), rows[e:f])
            for a, b, size, e, f in zip(
                self.begins.tolist(),
                lasts,
                sizes[self.begins].tolist(),
                self.starts[self.begins].tolist(),
                self.starts[lasts].tolist(),
            )
        ]

    def _places(self, starts: Any, counts: Any) -> Any:
        """Return where the edges of each node lie."""
        import numpy

        lengths = numpy.diff(self.begins, append=len(counts))
        begin, step = numpy.repeat(self.begins, lengths), numpy.repeat(lengths, lengths)
        first = (self.starts[begin] - begin + numpy.arange(len(counts)))[self.row]
        step = step[self.row]
        first, step = (each.astype(numpy.int32) for each in (first - step * starts, step))
        places = numpy.arange(counts.sum(), dtype=numpy.int32)
        places *= numpy.repeat(step, counts)
        places += numpy.repeat(first, counts)
        return places

    def placed(self, partials: Any) -> Any:
        """Return the partials of all edges, node by node, in the places of these."""
        import numpy

        found = numpy.zeros(self.starts[-1])
        found[self.places] = partials
        return found

    def run(self, partials: Any, width: int, settle: Callable[[int, Group, Any], None]) -> Any:
        """Return what flows into each row, and a row of nothing; `settle` changes it at a group's turn.

        The partials are in their places, in a column, or in one for each that flows.
        """
        import numpy

        into = numpy.zeros((len(self.row) + 1, width))
        is_finite = bool(numpy.isfinite(partials).all())
        with numpy.errstate(all="ignore"):
            for k, group in enumerate(self.groups):
                first, last, size, edges, sources = group
                if size:
                    products = into.take(sources, 0)
                    nothing = None if is_finite else products == 0.0
                    products *= partials[edges]
                    if nothing is not None:  # times infinity it is nothing, too
                        products[nothing] = 0.0
                    numpy.add.reduce(products.reshape(size, last - first, width), 0, out=into[first:last])
                settle(k, group, into)
        return into

    def added(self, partials: Any, seeds: Any) -> Any:
        """Return what flows through each node where in each column so much begins at each."""
        import numpy

        rows = numpy.empty_like(seeds)
        rows[self.row] = seeds

        def settle(k: int, group: Group, into: Any) -> None:
            into[group.first : group.last] += rows[group.first : group.last]

        return self.run(partials, seeds.shape[1], settle)[self.row]

    def group_of(self, rows: Any) -> Any:
        """Return in which group each of some rows is."""
        return self.begins.searchsorted(rows, "right") - 1


def _filled(levels: Any, counts: Any) -> Any:
    """Return how many edges each row has, those of nothing included, which make a level one group."""
    import numpy

    begins = numpy.flatnonzero(numpy.diff(levels, prepend=-1))
    lengths = numpy.diff(begins, append=len(levels))
    most = numpy.maximum.reduceat(counts, begins)
    few = lengths * most - numpy.add.reduceat(counts, begins) <= _FILLED
    return numpy.where(numpy.repeat(few, lengths), numpy.repeat(most, lengths), counts)


def _first_rows(levels: Any, counts: Any) -> Any:
    """Return at which rows groups begin: nodes of one level that have equally many edges."""
    import numpy

    new = numpy.ones(len(counts), bool)
    new[1:] = (levels[1:] != levels[:-1]) | (counts[1:] != counts[:-1])
    rows = numpy.arange(len(counts))
    since = rows - numpy.maximum.accumulate(numpy.where(new, rows, 0))
    return numpy.flatnonzero(since % numpy.maximum(_TOGETHER // numpy.maximum(counts, 1), 1) == 0)
