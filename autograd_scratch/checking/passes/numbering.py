"""Numbers for the nodes of a graph, and its edges, one after the other.

Leaves come first, then nodes, parents before what is computed from them. What is computed a second time
from the same has the same number. But equal entries of one array stay apart: each of two equal samples has
a gradient of its own.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import compress, pairwise
from typing import Any, NamedTuple

from .observer import Observer
from .table import Edges, Table, numpy_if_there

_MANY = 20_000  # edges: from so many on they are kept in arrays
_FAT = 32  # parents: of more than that a hash is kept


class _Operands(NamedTuple):
    """The parents of a node by their numbers, their partials, and the constants; where these are."""

    ids: list[Any]
    partials: Sequence[float]
    constants: Sequence[float]
    place: Any


class Numbering:
    """The number of each node, the first node of each number, and what that is computed from.

    The arm that `where` did not take is none: it is among those `left_out`.
    """

    def __init__(self, order: Sequence[Any], observer: Observer) -> None:
        self._nodes: list[Any] = []
        self._leaves: list[Any] = []
        self._numbers: dict[Any, int] = {}  # leaves count backwards from -1, until all are known
        self._starts, self._parents, self._partials = array("q", [0]), array("i"), array("d")
        self._left_out: dict[int, list[int]] = {}
        home = _homes(observer)
        known: dict[tuple[Any, ...], int] = {}
        repeated: dict[Any, int] = defaultdict(int)
        for node in order:
            operands = self._operands(node)
            key = _key(node.primitive, operands)
            if node in home:
                place = (home[node], key)
                key = (repeated[place], *key)
                repeated[place] += 1
            number = self._numbers[node] = known.setdefault(key, len(self._nodes))
            if number == len(self._nodes):
                self._add(node, operands.ids, operands.partials)
        count = len(self._leaves)
        self.nodes = self._leaves + self._nodes
        self.numbers = dict(zip(self._numbers, self.final(self._numbers.values())))
        self.left_out = {i + count: [*self.final(parents)] for i, parents in self._left_out.items()}

    def _operands(self, node: Any) -> _Operands:
        """Return what a node is computed from; leaves that are new get numbers."""
        parents, partials = node.parents, node.partials
        ids: list[Any] = list(map(self._numbers.get, parents))
        count = ids.count(None)
        if not count:
            return _Operands(ids, partials, (), None)
        first = ids.index(None)
        last = first + count
        if ids[first:last].count(None) == count and {*map(type, parents[first:last])} == {float}:
            rest, slopes = ids[:first] + ids[last:], partials[:first] + partials[last:]
            return _Operands(rest, slopes, parents[first:last], first)
        is_node = [x.__class__ is not float for x in parents]
        for leaf in compress(parents, is_node):
            if leaf not in self._numbers:
                self._leaves.append(leaf)
                self._numbers[leaf] = -len(self._leaves)
        ids = list(map(self._numbers.__getitem__, compress(parents, is_node)))
        constants = [x for x in parents if x.__class__ is float]
        return _Operands(ids, [*compress(partials, is_node)], constants, tuple(is_node))

    def _add(self, node: Any, parents: list[int], partials: Sequence[float]) -> None:
        if is_select(node) and not all(partials):
            self._left_out[len(self._nodes)] = [i for i, d in zip(parents, partials) if not d]
            parents, partials = [*compress(parents, partials)], [*filter(None, partials)]
        self._nodes.append(node)
        self._parents.extend(array("i", parents))
        self._partials.extend(array("d", partials))
        self._starts.append(len(self._parents))

    def final(self, ids: Iterable[int]) -> Iterable[int]:
        """Return numbers where leaves come first."""
        count = len(self._leaves)
        return (i + count if i >= 0 else -1 - i for i in ids)

    def edges(self) -> Sequence[Edges]:
        """Return the edges of each node."""
        starts, count = array("q", [0]) * len(self._leaves) + self._starts, len(self._leaves)
        numpy = numpy_if_there() if len(self._parents) > _MANY else None
        if numpy is None:
            parents = [*self.final(self._parents)]
            return [tuple(zip(parents[a:b], self._partials[a:b])) for a, b in pairwise(starts)]
        found = numpy.asarray(self._parents)
        return Table(
            numpy.asarray(starts),
            numpy.where(found < 0, -1 - found, found + count),
            numpy.asarray(self._partials),
        )


def is_select(node: Any) -> bool:
    """Say whether a node is one of the two arms of a `where`."""
    return node.primitive is not None and node.primitive.name == "select"


def _homes(observer: Observer) -> dict[Any, int]:
    """Return the first array that each node is an entry of."""
    return {
        entry: k
        for k, array in reversed([*enumerate(observer.arrays)])
        for entry in array.entries
        if entry.__class__ is not float
    }


def _key(primitive: Any, operands: _Operands) -> tuple[Any, ...]:
    """Return what is the same for nodes that are computed from the same."""
    ids, _, constants, place = operands
    if len(ids) + len(constants) <= _FAT:
        return primitive, place, (*ids,), (*constants,)
    told = blake2b(array("i", ids), digest_size=16)
    told.update(array("d", constants))
    return primitive, place, len(ids), told.digest()
