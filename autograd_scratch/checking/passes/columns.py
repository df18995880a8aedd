"""Many backward passes at once: a column each.

What a pass has of its own are more edges, along which what flows is added at the turn of the node that they
lead to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .flow import Flow, Group
from .table import Extra, Table

_NUMBERS = 1 << 21  # adjoints that are kept together

Change = tuple[Extra, Mapping[int, float]]  # more edges, and adjoints that nodes have whatever flows back
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
        width = max(1, _NUMBERS // len(flow.row))
        for k in range(0, len(many), width):
            found[:, k : k + width] = self._sweep(many[k : k + width], given)[flow.row[nodes]]
        found[nodes < 0] = 0.0
        return found

    def _sweep(self, many: Sequence[Change], seeds: _Parts) -> Any:
        """Return adjoints by rows."""
        import numpy

        partials = self.flow.placed(self._table.partials)[:, None]
        added, fixed = self._own(many)

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

        return self.flow.run(partials, len(many), settle)

    def _own(self, many: Sequence[Change]) -> tuple[_Parts, _Parts]:
        """Return the edges that passes have on top, and the adjoints that are fixed."""
        import numpy

        width, row = len(many), self.flow.row
        nodes, parents, partials = (
            numpy.array([x for more, _ in many for x in getattr(more, part)], kind)
            for part, kind in (("nodes", numpy.intp), ("parents", numpy.intp), ("partials", float))
        )
        columns = numpy.repeat(numpy.arange(width), [len(more.nodes) for more, _ in many])
        rows, ends = row[parents].astype(numpy.intp), row[nodes].astype(numpy.intp) * width + columns
        added = _by_group(self.flow.group_of(rows), rows * width + columns, ends, partials)
        stay = [(i, k, x) for k, (_, fixed) in enumerate(many) for i, x in fixed.items()]
        rows = row[numpy.array([i for i, _, _ in stay], numpy.intp)].astype(numpy.intp)
        places = rows * width + numpy.array([k for _, k, _ in stay], numpy.intp)
        return added, _by_group(self.flow.group_of(rows), places, numpy.array([x for _, _, x in stay]))

    def fits(self, more: Extra) -> bool:
        """Say whether all edges lead to lower nodes."""
        heights = self._heights
        return not more or bool((heights[more.parents] < heights[more.nodes]).all())


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
