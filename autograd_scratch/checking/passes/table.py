"""The edges of a graph: lists of them, or of a large one flat arrays of NumPy's, where that is there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, compress
from typing import Any

from ...stepping.rows import Rows, starts_of

Edges = tuple[tuple[int, float], ...]
Edits = Mapping[int, Edges]

_SHORT = 32  # edges of a node that are kept as it is asked for them


@dataclass(frozen=True, eq=False)
class Extra:
    """Edges that come on top of those of a graph: from which node each leads, to which, and the partial.

    One that is gone comes again with the opposite partial.
    """

    nodes: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    partials: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, nodes: list[int], parents: list[int], partials: list[float]) -> "Extra":
        """Return edges with these partials, but for those of nothing; the lists are shared."""
        if 0.0 in partials:
            nodes, parents = ([*compress(each, partials)] for each in (nodes, parents))
            partials = [*filter(None, partials)]
        return cls(nodes, parents, partials)

    def add(self, node: int, parent: int, partial: float) -> None:
        """Put one more in."""
        if partial:
            self.nodes.append(node)
            self.parents.append(parent)
            self.partials.append(partial)

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def __add__(self, other: "Extra") -> "Extra":
        """Return the edges of both."""
        if not (self and other):
            return self or other
        nodes, parents = self.nodes + other.nodes, self.parents + other.parents
        return Extra(nodes, parents, self.partials + other.partials)

    def equals(self, other: "Extra") -> bool:
        """Say whether the same edges come on top, up to rounding."""
        return (self.nodes, self.parents) == (other.nodes, other.parents) and all(
            abs(x - y) <= 1e-12 * abs(x) for x, y in zip(self.partials, other.partials)
        )

    def __rmul__(self, constant: float) -> "Extra":
        """Return the edges with their partials multiplied."""
        return Extra(self.nodes, self.parents, [constant * x for x in self.partials])

    def edits(self, edges: Sequence[Edges]) -> Edits:
        """Return the edges of all nodes that have more of them."""
        found: dict[int, Edges] = {}
        for i, parent, partial in zip(self.nodes, self.parents, self.partials):
            found[i] = (*found.get(i, edges[i]), (parent, partial))
        return found


def extra(edges: Sequence[Edges], edits: Edits) -> Extra:
    """Return what edits change, as more edges.

    >>> more = extra([(), (), ((0, 2.0), (1, 3.0))], {2: ((0, 2.0), (1, 5.0))})
    >>> more.nodes, more.parents, more.partials
    ([2], [1], [2.0])
    """
    found = Extra()
    for i, new in edits.items():
        old = edges[i]
        if [parent for parent, _ in new] == [parent for parent, _ in old]:
            for (parent, x), (_, y) in zip(new, old):
                found.add(i, parent, x - y)
            continue
        left = Counter(old)
        for edge in new:
            if left[edge]:
                left[edge] -= 1
            else:
                found.add(i, *edge)
        for parent, partial in left.elements():
            found.add(i, parent, -partial)
    return found


class Table(Sequence[Edges]):
    """The edges of each node, one after the other: those of `i` are from `starts[i]` to `starts[i + 1]`."""

    def __init__(self, starts: Any, parents: Any, partials: Any) -> None:
        self.starts = starts
        self.parents = parents
        self.partials = partials
        self._known: dict[int, Edges] = {}  # short ones, which are read again and again

    @classmethod
    def of(cls, edges: Sequence[Edges]) -> "Table":
        """Return edges in flat arrays."""
        import numpy

        starts = starts_of(numpy.fromiter(map(len, edges), numpy.intp, len(edges)))
        return cls(starts, *flat(edges, int(starts[-1])))

    @cached_property
    def rows(self) -> Rows:
        """The parents alone."""
        return Rows(self.starts, self.parents)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: Any) -> Any:
        known = self._known.get(i)
        if known is None:
            one = slice(self.rows.cuts[i], self.rows.cuts[i + 1])
            known = tuple(zip(self.parents[one].tolist(), self.partials[one].tolist()))
            if len(known) < _SHORT:
                self._known[i] = known
        return known

    def leading_from(self, nodes: Iterable[int]) -> Extra:
        """Return the edges of some nodes, but for those of nothing."""
        import numpy

        own = numpy.fromiter(nodes, numpy.intp)
        sizes = numpy.diff(self.starts)[own]
        edges = numpy.repeat(self.starts[own] - starts_of(sizes)[:-1], sizes) + numpy.arange(sizes.sum())
        own, edges = (each[self.partials[edges] != 0.0] for each in (numpy.repeat(own, sizes), edges))
        return Extra(own.tolist(), self.parents[edges].tolist(), self.partials[edges].tolist())

    def edited(self, edits: Edits) -> "Table":
        """Return the edges with other ones for some nodes."""
        import numpy

        changed = sorted(edits)
        lengths = numpy.diff(self.starts)
        kept = numpy.ones(len(self), bool)
        kept[changed] = False
        old = numpy.repeat(kept, lengths)
        lengths[changed] = [len(edits[i]) for i in changed]
        new = numpy.repeat(kept, lengths)
        table = Table(
            starts_of(lengths), *(numpy.empty(len(new), x.dtype) for x in (self.parents, self.partials))
        )
        parents, partials = flat((edits[i] for i in changed), int(len(new) - new.sum()))
        table.parents[new], table.parents[~new] = self.parents[old], parents
        table.partials[new], table.partials[~new] = self.partials[old], partials
        return table


def alive(edges: Sequence[Edges]) -> Sequence[Edges]:
    """Return the edges along which something flows: those whose partials are not 0.

    >>> alive([(), (), ((0, 0.0), (1, 3.0))])
    [(), (), ((1, 3.0),)]
    """
    if not isinstance(edges, Table):
        return [tuple(edge for edge in each if edge[1]) for each in edges]
    flows = edges.partials != 0.0
    if flows.all():
        return edges
    return Table(starts_of(flows)[edges.starts], edges.parents[flows], edges.partials[flows])


def flat(edges: Iterable[Edges], count: int) -> tuple[Any, Any]:
    """Return the parents and the partials of `count` edges."""
    import numpy

    together = numpy.fromiter(chain.from_iterable(chain.from_iterable(edges)), float, 2 * count)
    return together[::2].astype(numpy.int32), together[1::2].copy()


def numpy_if_there() -> Any:
    """Return NumPy, or None where it is not installed."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def swept(edges: Sequence[Edges], seeds: Mapping[int, float], fixed: Mapping[int, float]) -> list[float]:
    """Return the adjoint of every node, given some, and others that are fixed."""
    adjoints = [0.0] * len(edges)
    for i, seed in seeds.items():
        adjoints[i] = seed
    for i in range(len(edges) - 1, -1, -1):
        if fixed and i in fixed:
            adjoints[i] = fixed[i]
        adjoint = adjoints[i]
        if adjoint:
            for parent, partial in edges[i]:
                adjoints[parent] += adjoint * partial
    return adjoints
