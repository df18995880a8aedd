"""Numbers for the nodes of a graph, and its edges, one after the other.

Leaves come first, then nodes, parents before what is computed from them. What is computed a second time
from the same has the same number. But equal entries of one array stay apart: each of two equal samples has
a gradient of its own.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import compress
from typing import Any

from .observer import Observer

_FAT = 32  # parents: of more than that a hash is kept


class Numbering:
    """The number of each node, the first node of each number, and what that is computed from.

    The edges of `i` lie from `starts[i]` to `starts[i + 1]`. The arm that `where` did not take is none: it
    is among those `left_out`.
    """

    def __init__(self, order: Sequence[Any], observer: Observer) -> None:
        self.numbers: dict[Any, int] = {}
        self.nodes: list[Any] = []
        self.starts = array("q", [0])
        self.parents = array("q")
        self.partials = array("d")
        self.left_out: dict[int, list[int]] = {}
        for leaf in _leaves(order):
            self._add(leaf, [], [])
        home = _homes(observer)
        known: dict[tuple[Any, ...], int] = {}
        repeated: dict[Any, int] = defaultdict(int)
        numbers = self.numbers
        for node in order:
            parents = node.parents
            ids = list(map(numbers.get, parents))
            constants = [x for x in parents if x.__class__ is float] if None in ids else ()
            key = _key(node.primitive, ids, constants)
            if node in home:
                place = (home[node], key)
                key = (repeated[place], *key)
                repeated[place] += 1
            number = known.setdefault(key, len(self.nodes))
            if number == len(self.nodes):
                self._add(node, ids, node.partials)
            numbers[node] = number

    def _add(self, node: Any, ids: Sequence[int | None], partials: Sequence[float]) -> None:
        number = self.numbers[node] = len(self.nodes)
        self.nodes.append(node)
        parents = [i for i in ids if i is not None]
        if len(parents) < len(ids):
            partials = [d for i, d in zip(ids, partials) if i is not None]
        if is_select(node) and not all(partials):
            self.left_out[number] = [i for i, d in zip(parents, partials) if not d]
            parents, partials = [*compress(parents, partials)], [*filter(None, partials)]
        self.parents.extend(parents)
        self.partials.extend(partials)
        self.starts.append(len(self.parents))


def is_select(node: Any) -> bool:
    """Say whether a node is one of the two arms of a `where`."""
    return node.primitive is not None and node.primitive.name == "select"


def _leaves(order: Iterable[Any]) -> Iterable[Any]:
    found = dict.fromkeys(
        parent for node in order for parent in node.parents if parent.__class__ is not float
    )
    return [node for node in found if node._first is None]


def _homes(observer: Observer) -> dict[Any, int]:
    """Return the first array that each node is an entry of."""
    return {
        entry: k
        for k, array in reversed([*enumerate(observer.arrays)])
        for entry in array.entries
        if entry.__class__ is not float
    }


def _key(primitive: Any, ids: list[int | None], constants: Sequence[float]) -> tuple[Any, ...]:
    """Return what a node is computed from; of what there is no number, there are constants."""
    if len(ids) <= _FAT:
        return (primitive, *ids, *constants)
    told = blake2b(array("q", [-1 if i is None else i for i in ids]), digest_size=16)
    told.update(array("d", constants))
    return (primitive, told.digest())
