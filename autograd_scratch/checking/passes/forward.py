"""A forward pass as a graph of numbered nodes, and its backward pass, which may be changed.

Leaves and nodes have numbers, parents before what is computed from them, the loss last. An edge is a parent
with the local partial. A backward pass with a mistake is the same sweep over a table in which some
nodes have other edges: `{node: edges}`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from ... import graph
from ...arrays.containers import entries, extent
from ...collector import without_collector
from ...stepping.groups import Steps
from ...value import Value
from ..differences import EPSILON
from .observer import Observer

Edges = tuple[tuple[int, float], ...]
Edits = Mapping[int, Edges]


def _number(order: Iterable[Any], numbers: dict[Any, int], observer: Observer) -> None:
    """Give numbers to nodes, the same one to what is computed a second time from the same.

    Equal entries of one array stay apart: each of two equal samples has a gradient of its own.
    """
    home = {
        entry: k
        for k, array in reversed([*enumerate(observer.arrays)])
        for entry in array.entries
        if entry.__class__ is not float
    }
    count = len(numbers)
    known: dict[tuple[Any, ...], int] = {}
    repeated: dict[Any, int] = defaultdict(int)
    for node in order:
        parents = (("constant", x) if x.__class__ is float else numbers[x] for x in node.parents)
        key: tuple[Any, ...] = (node.primitive, *parents)
        if node in home:
            place = (home[node], key)
            key = (repeated[place], *key)
            repeated[place] += 1
        numbers[node] = known.setdefault(key, count)
        count = max(count, numbers[node] + 1)


def _firsts(numbers: Mapping[Any, int]) -> Iterator[Any]:
    """Yield the first node of each number, in order."""
    count = 0
    for node, number in numbers.items():
        if number == count:
            yield node
            count += 1


@dataclass(frozen=True)
class Block:
    """An array whose gradient is asked for: its entries by their numbers, -1 where one has no influence."""

    name: str
    nodes: tuple[int, ...]
    shape: tuple[int, ...]
    numbers: tuple[float, ...]
    is_parameter: bool  # else an intermediate result, which was marked

    def at(self, index: Sequence[int]) -> float:
        """Return the number at an index."""
        place = 0
        for size, i in zip(self.shape, index):
            place = place * size + i
        return self.numbers[place]


class Forward:
    """The graph of a loss, for backward passes right and wrong."""

    @without_collector
    def __init__(self, loss: Value, arguments: Mapping[str, Any], observer: Observer) -> None:
        unused = (entry for array in observer.arrays for entry in array.entries if isinstance(entry, Value))
        order = graph.toposort(*unused, loss)
        numbers: dict[Any, int] = {}
        for node in order:
            for parent in node.parents:
                if parent.__class__ is not float and not parent.parents:
                    numbers.setdefault(parent, len(numbers))
        _number(order, numbers, observer)
        self.loss = numbers[loss]
        self.lengths = observer.lengths
        below = {
            loss,
            *(x for node in graph.toposort(loss) for x in node.parents if x.__class__ is not float),
        }
        self.reached = {numbers[node] for node in below}
        self.nodes: list[Any] = list(_firsts(numbers))
        self.numbers = numbers
        self.edges: list[Edges] = [self.edges_of(node, node.partials) for node in self.nodes]
        self.blocks = {
            name: self._block(name, tree, name in arguments)
            for name, tree in {**arguments, **observer.marked}.items()
        }
        self.levels = self._levels()
        self.steps = Steps(observer, numbers, self.nodes, self.edges, self.levels, self.masks)

    def edges_of(self, node: Any, partials: Sequence[float]) -> Edges:
        """Return the edges of a node with these partials; the arm that `where` did not take is none."""
        numbers = self.numbers
        edges = [(numbers[x], d) for x, d in zip(node.parents, partials) if x.__class__ is not float]
        if node.primitive is not None and node.primitive.name == "select":
            edges = [edge for edge in edges if edge[1]]
        return tuple(edges)

    def _block(self, name: str, tree: Any, is_parameter: bool) -> Block:
        found = [entry for _, entry in entries(tree)]
        nodes = tuple(self.numbers.get(entry, -1) for entry in found)
        data = tuple(float(getattr(entry, "_data", entry)) for entry in found)
        return Block(name, nodes, extent(tree), data, is_parameter)

    def _levels(self) -> list[int]:
        """Return how many operations, at most, are between each node and the loss, or -1."""
        levels = [-1] * len(self.nodes)
        levels[self.loss] = 0
        for i in range(self.loss, -1, -1):
            if levels[i] >= 0:
                below = levels[i] + 1
                for parent, _ in self.edges[i]:
                    if levels[parent] < below:
                        levels[parent] = below
        return levels

    def edited(self, edits: Edits) -> "Forward":
        """Return the pass with other edges for some nodes."""
        other = copy(self)
        vars(other).pop("adjoints", None)
        other.edges = [edits.get(i, edges) for i, edges in enumerate(self.edges)]
        return other

    def sweep(
        self,
        edits: Edits | None = None,
        seeds: Mapping[int, float] | None = None,
        fixed: Mapping[int, float] | None = None,
    ) -> list[float]:
        """Return the adjoint of every node, with other edges for some, and `fixed` adjoints for others."""
        edges: Sequence[Edges] = self.edges
        if edits:
            edited = self.edges.copy()
            for i, other in edits.items():
                edited[i] = other
            edges = edited
        adjoints = [0.0] * len(edges)
        for i, seed in ({self.loss: 1.0} if seeds is None else seeds).items():
            adjoints[i] = seed
        for i in range(len(edges) - 1, -1, -1):
            if fixed and i in fixed:
                adjoints[i] = fixed[i]
            adjoint = adjoints[i]
            if adjoint:
                for parent, partial in edges[i]:
                    adjoints[parent] += adjoint * partial
        return adjoints

    def gradient(self, block: Block, adjoints: Sequence[float]) -> list[float]:
        """Return the adjoints of a block's entries."""
        return [adjoints[i] if i >= 0 else 0.0 for i in block.nodes]

    def uses(self, name: str) -> bool:
        """Say whether the loss depends on a block."""
        return not self.reached.isdisjoint(self.blocks[name].nodes)

    def name_of(self, i: int) -> str:
        """Return which primitive made a node; '' for a leaf."""
        primitive = self.nodes[i].primitive
        return "" if primitive is None else str(primitive.name)

    def is_weighted_sum(self, i: int) -> bool:
        """Say whether a node is a product of nodes with constants, or the sum of such."""
        node, name = self.nodes[i], self.name_of(i)
        if name in ("mul", "div"):
            return len(self.edges[i]) == 1 and any(x.__class__ is float for x in node.parents)
        half = len(node.parents) // 2
        return name == "dot" and all(
            (x.__class__ is float) != (y.__class__ is float)
            for x, y in zip(node.parents[:half], node.parents[half : 2 * half])
        )

    def local(self, i: int) -> dict[int, float]:
        """Return the local derivatives of a node by each of its parents."""
        found: dict[int, float] = {}
        for parent, partial in self.edges[i]:
            found[parent] = found.get(parent, 0.0) + partial
        return found

    @cached_property
    def adjoints(self) -> list[float]:
        """The adjoints of the right backward pass."""
        return self.sweep()

    def replayed(self, changes: Mapping[int, float]) -> dict[int, Edges]:
        """Return the edges above some nodes as they were if these had other numbers."""
        data = dict(changes)
        edits: dict[int, Edges] = {}
        for i in range(min(changes), self.loss + 1):
            node = self.nodes[i]
            if i in changes or not any(parent in data for parent, _ in self.edges[i]):
                continue
            args = [x if x.__class__ is float else data.get(self.numbers[x], x._data) for x in node.parents]
            data[i], partials = node.primitive.linearize(*args)
            edits[i] = self.edges_of(node, partials)
        return edits

    @property
    def consumers(self) -> list[list[int]]:
        """For each node, the nodes that are computed from it."""
        return self.steps.consumers

    @cached_property
    def masks(self) -> list[int]:
        """For each node, which blocks it depends on, or is part of, as bits in the order of `blocks`."""
        masks = [0] * len(self.nodes)
        for bit, block in enumerate(self.blocks.values()):
            for i in block.nodes:
                if i >= 0:
                    masks[i] |= 1 << bit
        for i, edges in enumerate(self.edges):
            for parent, _ in edges:
                masks[i] |= masks[parent]
        return masks

    @cached_property
    def sources(self) -> list[int]:
        """For each node the nearest one that it depends on alone, beside constants; -1 where there is none.

        That is the tree of dominators, upside down. Reference: K. Cooper, T. Harvey, K. Kennedy, "A simple,
        fast dominance algorithm", Software Practice and Experience 4 (2001).
        """
        sources, depths = [-1] * len(self.nodes), [0] * len(self.nodes)
        for i, node in enumerate(self.nodes):
            parents = [self.numbers[parent] for parent in node.parents if parent.__class__ is not float]
            if not parents:
                continue
            common = parents[0]
            for other in parents[1:]:
                while common != other and common >= 0 and other >= 0:
                    if depths[common] >= depths[other]:
                        common = sources[common]
                    else:
                        other = sources[other]
                if common != other:
                    common = -1
                    break
            if common >= 0:
                sources[i], depths[i] = common, depths[common] + 1
        return sources


@without_collector
def observed(
    loss: Callable[..., Any],
    arguments: Mapping[str, Any],
    others: Mapping[str, Any],
    tie: int = 0,
    rounding: float = EPSILON,
) -> tuple[Any, Observer]:
    """Run a loss on Values; return what it gives, and what was seen on the way."""
    observer = Observer(tie, rounding)
    return observer.run(loss, {**arguments, **others}), observer


def ordered(forward: Forward, names: Iterable[str]) -> list[str]:
    """Return names of blocks in the order of the backward pass: the nearest to the loss first."""
    depth = {}
    for name in names:
        known = [forward.levels[i] for i in forward.blocks[name].nodes if i >= 0]
        depth[name] = max(known, default=0) if forward.uses(name) else inf
    return sorted(depth, key=depth.__getitem__)
