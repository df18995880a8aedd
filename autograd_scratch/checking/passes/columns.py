"""Many backward passes at once: a column each.

An edge that a pass changes has another partial in its column, and one that is new is added at the turn of
the node that it leads to. Where that had its turn before the other end, the pass is run alone.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from ...stepping.rows import starts_of
from .flow import Flow, Group
from .table import Edits, Table, flat, swept

_NUMBERS = 1 << 21  # partials that are kept together

Change = tuple[Edits, Mapping[int, float]]  # other edges for some nodes, and adjoints that others have
_Parts = dict[int, tuple[Any, ...]]  # what passes have of their own, by groups


class Columns:
    """A graph prepared for many backward passes."""

    def __init__(self, table: Table, heights: Sequence[int]) -> None:
        """Prepare; the height of a node is larger than those of its parents."""
        import numpy

        self._table = table
        self._heights = numpy.asarray(heights)
        self.flow = Flow(table.rows.turned(once=False), self._heights.max() - self._heights)
        places = numpy.empty_like(self.flow.places)
        places[table.rows.order] = self.flow.places
        self.flow.places = places  # of edges in the order of the table

    def sweeps(self, many: Sequence[Change], seeds: Mapping[int, float], nodes: Any = None) -> Any:
        """Return the adjoints of all nodes, or of some, in a column for each pass; those of -1 are 0."""
        import numpy

        flow = self.flow
        nodes = numpy.arange(len(flow.row)) if nodes is None else numpy.asarray(nodes, numpy.intp)
        found = numpy.empty((len(nodes), len(many)))
        rows = flow.row[[*seeds]]
        given = _by_group(flow.group_of(rows), rows, numpy.array([*seeds.values()]))
        width = max(1, _NUMBERS // int(1 + flow.starts[-1]))
        for k in range(0, len(many), width):
            adjoints, late = self._sweep(many[k : k + width], given)
            found[:, k : k + width] = adjoints[flow.row[nodes]]
            for column in late:
                edits, fixed = many[k + column]
                edges = [edits.get(i, own) for i, own in enumerate(self._table)]
                found[:, k + column] = numpy.array(swept(edges, seeds, fixed))[nodes]
        found[nodes < 0] = 0.0
        return found

    def _sweep(self, many: Sequence[Change], seeds: _Parts) -> tuple[Any, list[int]]:
        """Return adjoints by rows, and the columns in which some come too late."""
        import numpy

        partials = numpy.repeat(self.flow.placed(self._table.partials)[:, None], len(many), 1)
        added, fixed, late = self._changed(partials, many)

        def settle(k: int, group: Group, adjoints: Any) -> None:
            if k in seeds:
                rows, own = seeds[k]
                adjoints[rows] += own[:, None]
            each = adjoints.reshape(-1)
            if k in added:
                places, ends, own = added[k]
                numpy.add.at(each, places, numpy.where(each[ends] == 0.0, 0.0, each[ends] * own))
            if k in fixed:
                places, own = fixed[k]
                each[places] = own

        return self.flow.run(partials, len(many), settle), late

    def _changed(self, own: Any, many: Sequence[Change]) -> tuple[_Parts, _Parts, list[int]]:
        """Change partials; return edges that are added, adjoints that are fixed, and columns of late edges.

        Where a node keeps its parents, partials change; else its edges give nothing, and others are added.
        """
        import numpy

        starts, width = self._table.starts, len(many)
        nodes, columns, edits = _read([changes for changes, _ in many])
        counts = numpy.fromiter(map(len, edits), numpy.intp, len(edits))
        parents, partials = flat(edits, int(counts.sum()))
        lengths = starts[nodes + 1] - starts[nodes]
        of, of_old = (numpy.repeat(numpy.arange(len(edits)), c) for c in (counts, lengths))
        old = numpy.arange(len(of_old)) + numpy.repeat(starts[nodes] - starts_of(lengths)[:-1], lengths)
        same = counts == lengths
        differ = parents[same[of]] != self._table.parents[old[same[of_old]]]
        same[of[same[of]][differ]] = False
        now = numpy.zeros(len(old))
        now[same[of_old]] = partials[same[of]]
        own[self.flow.places[old], columns[of_old]] = now
        new = ~same[of]
        parents, of = parents[new], of[new]
        late = numpy.unique(columns[of][self._heights[parents] >= self._heights[nodes[of]]]).tolist()
        rows = self.flow.row[parents].astype(numpy.intp)
        ends = (self.flow.row[nodes].astype(numpy.intp) * width + columns)[of]
        added = _by_group(self.flow.group_of(rows), rows * width + columns[of], ends, partials[new])
        nodes, columns, stay = _read([fixed for _, fixed in many])
        rows = self.flow.row[nodes].astype(numpy.intp)
        fixed = _by_group(self.flow.group_of(rows), rows * width + columns, numpy.array(stay))
        return added, fixed, late


def _read(tables: Sequence[Mapping[int, Any]]) -> tuple[Any, Any, list[Any]]:
    """Return all keys, in which of the tables they are, and what these have there."""
    import numpy

    counts = [*map(len, tables)]
    nodes = numpy.fromiter(chain.from_iterable(tables), numpy.intp, sum(counts))
    found = [*chain.from_iterable(table.values() for table in tables)]
    return nodes, numpy.repeat(numpy.arange(len(tables)), counts), found


def _by_group(group: Any, *parts: Any) -> _Parts:
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
