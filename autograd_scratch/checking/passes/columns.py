"""Many backward passes at once: a column each.

They go from level to level: when it is a level's turn, all that is computed from its nodes is done. Nodes
of a level that equally many edges lead to are a group, whose edges lie together: first one for each node,
then a second one for each. So NumPy takes the adjoints at the other ends of all of them at once, multiplies
by the partials, and adds up; and there are few such calls. Edges of nothing are added, from a node of its
own, where that makes a level one group.

An edge that a pass changes has another partial in its column, and one that is new is added there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...stepping.rows import owners_of, starts_of
from .table import Edits, Table, flat

_TOGETHER = 1 << 15  # edges that are taken together
_NUMBERS = 1 << 21  # partials that are kept together
_FILLED = 256  # edges of nothing that a group may have

Change = tuple[Edits, Mapping[int, float]]  # other edges for some nodes, and adjoints that others have
Parts = Mapping[int, tuple[Any, ...]]  # what a pass has of its own, by groups


class _Group(NamedTuple):
    """Nodes, by their first and last row; how many edges each has, where these lie, and who uses it."""

    first: int
    last: int
    size: int
    edges: slice
    users: Any


class Columns:
    """A graph prepared for many backward passes. In rows are its nodes in the order of these."""

    def __init__(self, table: Table, heights: Sequence[int]) -> None:
        """Prepare; the height of a node is larger than those of its parents."""
        import numpy

        self._table = table
        self._heights = numpy.asarray(heights)
        count, owners = len(table), owners_of(table.starts)
        counts = numpy.bincount(table.parents, minlength=count)
        order = numpy.lexsort((counts, -self._heights))
        sizes = self._filled(self._heights[order], counts[order])
        self._begins = _first_rows(self._heights[order], sizes)
        self._starts = starts_of(sizes)
        self._row = numpy.empty(count, numpy.intp)
        self._row[order] = numpy.arange(count)
        self._place = self._places(counts)
        self._partials = numpy.zeros(self._starts[-1])
        self._partials[self._place] = table.partials
        users = numpy.full(self._starts[-1], count)
        users[self._place] = self._row[owners]
        self._is_finite = bool(numpy.isfinite(self._partials).all())
        lasts = numpy.append(self._begins[1:], count)
        self._groups = [
            _Group(a, b, size, slice(e, f), users[e:f])
            for a, b, size, e, f in zip(
                *(x.tolist() for x in (self._begins, lasts, sizes[self._begins])),
                *(self._starts[x].tolist() for x in (self._begins, lasts)),
            )
        ]

    def _filled(self, heights: Any, counts: Any) -> Any:
        """Return how many edges each row has, those of nothing included, which make a level one group."""
        import numpy

        levels = numpy.flatnonzero(numpy.diff(heights, prepend=-1))
        sizes = numpy.diff(levels, append=len(heights))
        most = numpy.maximum.reduceat(counts, levels)
        few = sizes * most - numpy.add.reduceat(counts, levels) <= _FILLED
        return numpy.where(numpy.repeat(few, sizes), numpy.repeat(most, sizes), counts)

    def _places(self, counts: Any) -> Any:
        """Return where each edge lies: the last one that leads to a node is the first of its own."""
        import numpy

        edges, sizes = len(self._table.parents), numpy.diff(self._begins, append=len(counts))
        begin, size = numpy.repeat(self._begins, sizes), numpy.repeat(sizes, sizes)
        first, step = (self._starts[begin] - begin + numpy.arange(len(counts)))[self._row], size[self._row]
        by_parent = edges - 1 - numpy.argsort(self._table.parents[::-1], kind="stable")
        nth = numpy.arange(edges) - numpy.repeat(starts_of(counts)[:-1], counts)
        places = numpy.empty(edges, numpy.intp)
        places[by_parent] = numpy.repeat(first, counts) + nth * numpy.repeat(step, counts)
        return places

    def sweeps(self, many: Sequence[Change], seeds: Mapping[int, float], nodes: Any = None) -> Any:
        """Return the adjoints of all nodes, or of some, in a column for each pass; those of -1 are 0."""
        import numpy

        nodes = numpy.arange(len(self._row)) if nodes is None else numpy.asarray(nodes, numpy.intp)
        found = numpy.empty((len(nodes), len(many)))
        starts = numpy.array([*seeds], numpy.intp)
        rows, width = self._row[starts], max(1, _NUMBERS // (1 + len(self._partials)))
        given = _by_group(self._group_of(rows), rows, numpy.array([*seeds.values()])[:, None])
        for k in range(0, len(many), width):
            some = many[k : k + width]
            partials = numpy.repeat(self._partials[:, None], len(some), 1)
            added, fixed = self._changed(partials, some)
            found[:, k : k + width] = self._swept(partials, given, added, fixed)[self._row[nodes]]
        found[nodes < 0] = 0.0
        return found

    def swept(self, seeds: Any) -> Any:
        """Return the adjoints of all nodes for the seeds in each column."""
        import numpy

        rows = numpy.empty_like(seeds)
        rows[self._row] = seeds
        given = {
            k: (slice(group.first, group.last), rows[group.first : group.last])
            for k, group in enumerate(self._groups)
        }
        return self._swept(self._partials[:, None], given, {}, {})[self._row]

    def _swept(self, partials: Any, seeds: Parts, added: Parts, fixed: Parts) -> Any:
        """Return adjoints by rows, and a row of nothing; partials are those of each column, or of all."""
        import numpy

        width = max([partials.shape[1], *(own.shape[-1] for _, own in seeds.values())])
        adjoints = numpy.zeros((len(self._row) + 1, width))
        each = adjoints.reshape(-1)
        is_finite = self._is_finite and bool(numpy.isfinite(partials).all())
        with numpy.errstate(all="ignore"):
            for k, (first, last, size, edges, users) in enumerate(self._groups):
                here = adjoints[first:last]
                if size:
                    products = adjoints.take(users, 0)
                    none = None if is_finite else products == 0.0
                    products *= partials[edges]
                    if none is not None:  # nothing times infinity is nothing
                        products[none] = 0.0
                    numpy.add.reduce(products.reshape(size, last - first, width), 0, out=here)
                if k in seeds:
                    rows, own = seeds[k]
                    adjoints[rows] += own
                if k in added:
                    places, ends, own = added[k]
                    numpy.add.at(each, places, numpy.where(each[ends] == 0.0, 0.0, each[ends] * own))
                if k in fixed:
                    places, own = fixed[k]
                    each[places] = own
        return adjoints

    def _changed(self, own: Any, many: Sequence[Change]) -> tuple[Parts, Parts]:
        """Change partials; return edges that are added, and adjoints that are fixed.

        Where a node keeps its parents, partials change; else its edges give nothing, and others are added.
        """
        import numpy

        starts, width = self._table.starts, len(many)
        edits = [(i, k, edges) for k, (changes, _) in enumerate(many) for i, edges in changes.items()]
        nodes = numpy.fromiter((i for i, _, _ in edits), numpy.intp, len(edits))
        columns = numpy.fromiter((k for _, k, _ in edits), numpy.intp, len(edits))
        counts = numpy.fromiter((len(edges) for _, _, edges in edits), numpy.intp, len(edits))
        parents, partials = flat((edges for _, _, edges in edits), int(counts.sum()))
        lengths = starts[nodes + 1] - starts[nodes]
        of, of_old = (numpy.repeat(numpy.arange(len(edits)), c) for c in (counts, lengths))
        old = numpy.arange(len(of_old)) + numpy.repeat(starts[nodes] - starts_of(lengths)[:-1], lengths)
        same = counts == lengths
        differ = parents[same[of]] != self._table.parents[old[same[of_old]]]
        same[of[same[of]][differ]] = False
        now = numpy.zeros(len(old))
        now[same[of_old]] = partials[same[of]]
        own[self._place[old], columns[of_old]] = now
        new = ~same[of]
        rows, of = self._row[parents[new]], of[new]
        ends = (self._row[nodes] * width + columns)[of]
        added = _by_group(self._group_of(rows), rows * width + columns[of], ends, partials[new])
        stay = [(i, k, x) for k, (_, fixed) in enumerate(many) for i, x in fixed.items()]
        rows = self._row[numpy.array([i for i, _, _ in stay], numpy.intp)]
        places = rows * width + numpy.array([k for _, k, _ in stay], numpy.intp)
        return added, _by_group(self._group_of(rows), places, numpy.array([x for _, _, x in stay]))

    def _group_of(self, rows: Any) -> Any:
        return self._begins.searchsorted(rows, "right") - 1

    def fits(self, edits: Edits) -> bool:
        """Say whether all edges lead to lower nodes."""
        heights = self._heights
        return all(heights[parent] < heights[i] for i, edges in edits.items() for parent, _ in edges)


def _first_rows(heights: Any, counts: Any) -> Any:
    """Return at which rows groups begin: nodes of one level that have equally many edges."""
    import numpy

    new = numpy.ones(len(counts), bool)
    new[1:] = (heights[1:] != heights[:-1]) | (counts[1:] != counts[:-1])
    rows = numpy.arange(len(counts))
    since = rows - numpy.maximum.accumulate(numpy.where(new, rows, 0))
    return numpy.flatnonzero(since % numpy.maximum(_TOGETHER // numpy.maximum(counts, 1), 1) == 0)


def _by_group(group: Any, *parts: Any) -> dict[int, tuple[Any, ...]]:
    """Return for each group that occurs its part of some arrays."""
    import numpy

    if not len(group):
        return {}
    order = numpy.argsort(group, kind="stable")
    group, parts = group[order], tuple(part[order] for part in parts)
    begins = numpy.flatnonzero(numpy.diff(group, prepend=-1)).tolist()
    return {
        k: tuple(part[a:b] for part in parts)
        for k, a, b in zip(group[begins].tolist(), begins, [*begins[1:], len(group)])
    }
