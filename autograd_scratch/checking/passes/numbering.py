"""Numbers for the nodes of a graph, and its edges, one after the other.

Leaves come first, then nodes, parents before what is computed from them. What is computed a second time
from the same has the same number. But equal entries of one array stay apart, and equal numbers that one
instruction makes in the rounds of a loop: each of two equal samples has a gradient of its own.
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
_FAT = 32  # parents: more than that may be those of many nodes
_ROOM = 1 << 20  # of those that are remembered


class _Part(NamedTuple):
    """Operands of a node: the numbers of nodes, which ones these are, and the key of all.

    Or operands that have no numbers yet, but parents.
    """

    ids: Any = ()
    is_node: Sequence[bool] = ()
    key: Any = None
    missing: Sequence[Any] = ()


class Numbering:
    """The number of each node, the first node of each number, and what that is computed from.

    The arm that `where` did not take is none: it is among those `left_out`.
    """

    def __init__(self, roots: Iterable[Any], observer: Observer) -> None:
        self._nodes: list[Any] = []
        self._leaves: list[Any] = []
        self._numbers: dict[Any, int] = {}  # leaves count backwards from -1, until all are known
        self._starts, self._parents, self._partials = array("q", [0]), array("i"), array("d")
        self._left_out: dict[int, list[int]] = {}
        self._home, self._sites = _homes(observer), observer.sites
        self._known: dict[tuple[Any, ...], int] = {}
        self._repeated: dict[Any, int] = defaultdict(int)
        self._parts: dict[tuple[Any, ...], _Part] = {}  # rows and columns, which many nodes have
        self._room = _ROOM
        self._number(roots)
        count = len(self._leaves)
        self.nodes = self._leaves + self._nodes
        self.numbers = dict(zip(self._numbers, self.final(self._numbers.values())))
        self.left_out = {i + count: [*self.final(parents)] for i, parents in self._left_out.items()}

    def _number(self, roots: Iterable[Any]) -> None:
        """Number all nodes below some, the first parent's part first."""
        pending = [*roots]
        pending.reverse()
        while pending:
            node = pending[-1]
            parents = node.parents
            if not parents or node in self._numbers:
                pending.pop()
                continue
            parts = [self._part(some) for some in _halves(parents)]
            missing = [x for part in parts for x in part.missing]
            if missing:
                missing.reverse()
                pending += missing
                continue
            pending.pop()
            key = (node.primitive, *(part.key for part in parts))
            place = (self._home.get(node, self._sites.get(node)), key)
            key = (self._repeated[place], *key)
            self._repeated[place] += 1
            number = self._numbers[node] = self._known.setdefault(key, len(self._nodes))
            if number == len(self._nodes):
                self._add(node, parts)

    def _part(self, parents: tuple[Any, ...]) -> _Part:
        """Return what some parents are, if all have numbers; leaves get them here."""
        is_fat = len(parents) > _FAT // 2
        if is_fat and parents in self._parts:
            return self._parts[parents]
        ids: list[Any] = list(map(self._numbers.get, parents))
        is_node: Sequence[bool] = ()
        constants: Sequence[float] = ()
        if None in ids:
            is_node = [x.__class__ is not float for x in parents]
            new = [x for x, i, node in zip(parents, ids, is_node) if node and i is None]
            missing = [x for x in new if x._first is not None]
            if missing:
                return _Part(missing=missing)
            for leaf in dict.fromkeys(new):
                self._leaves.append(leaf)
                self._numbers[leaf] = -len(self._leaves)
            ids = [self._numbers[x] for x in compress(parents, is_node)]
            constants = [x for x in parents if x.__class__ is float]
        if not is_fat:
            return _Part(ids, is_node, ((*ids,), (*is_node,), (*constants,)))
        numbers = array("i", ids)
        told = blake2b(numbers, digest_size=16)
        told.update(array("d", constants))
        self._room -= len(parents)
        if self._room < 0:
            self._parts, self._room = {}, _ROOM
        self._parts[parents] = part = _Part(numbers, is_node, (told.digest(), bytes(is_node)))
        return part

    def _add(self, node: Any, parts: Sequence[_Part]) -> None:
        number, place, partials = len(self._nodes), 0, node.partials
        self._nodes.append(node)
        for ids, is_node, _, _ in parts:
            size = len(is_node or ids)
            slopes = partials[place : place + size]
            place += size
            if is_node:
                slopes = [*compress(slopes, is_node)]
            if is_select(node) and not all(slopes):
                self._left_out[number] = [i for i, d in zip(ids, slopes) if not d]
                ids, slopes = [*compress(ids, slopes)], [*filter(None, slopes)]
            self._parents.extend(ids)
            self._partials.extend(slopes if len(slopes) < _FAT else array("d", slopes))
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


def _halves(parents: tuple[Any, ...]) -> Sequence[tuple[Any, ...]]:
    """Return many parents in two halves, as they are the rows and columns of products, and the rest."""
    if len(parents) <= _FAT:
        return (parents,)
    half = len(parents) // 2
    return parents[:half], parents[half : 2 * half], parents[2 * half :]
