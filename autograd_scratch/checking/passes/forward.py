"""A forward pass as a graph of numbered nodes, and its backward pass, which may be changed.

Leaves and nodes have numbers, parents before what is computed from them, the loss last. An edge is a parent
with the local partial. A backward pass with a mistake is the same sweep with more edges on top, one of
which may take back what is there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from ...arrays.containers import entries, extent
from ...collector import without_collector
from ...stepping.groups import Step, Steps
from ...value import Value
from ..differences import EPSILON
from .columns import Change, Columns
from .numbering import Numbering, is_select
from .observer import Observer
from .table import Edges as Edges
from .table import Edits, Extra, Table, alive, extra, numpy_if_there, swept
from .ways import Ways

_WIDE = 400_000  # edges of what is not changed edge by edge


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
        found = Numbering((*unused, loss), observer)
        self.nodes, self.numbers = found.nodes, found.numbers
        self.loss = self.numbers[loss]
        self.lengths = observer.lengths
        self.plain = observer.plain
        self.edges = found.edges()
        self.blocks = {
            name: self._block(name, tree, name in arguments)
            for name, tree in {**arguments, **observer.marked}.items()
        }
        self._ways = Ways(self.edges)
        self.levels = self._ways.levels(self.loss)
        self.reached = self._ways.reached(self.levels, found.left_out)
        self._left_out = found.left_out
        self.steps = Steps(
            observer,
            self.numbers,
            self.nodes,
            self._ways.parents,
            self._ways.inner,
            self.levels,
            self.reached,
            self.masks,
        )

    def edges_of(self, node: Any, partials: Sequence[float]) -> Edges:
        """Return the edges of a node with these partials; the arm that `where` did not take is none."""
        numbers = self.numbers
        edges = [(numbers[x], d) for x, d in zip(node.parents, partials) if x.__class__ is not float]
        if is_select(node):
            edges = [edge for edge in edges if edge[1]]
        return tuple(edges)

    def _block(self, name: str, tree: Any, is_parameter: bool) -> Block:
        found = [entry for _, entry in entries(tree)]
        nodes = tuple(self.numbers.get(entry, -1) for entry in found)
        data = tuple(float(getattr(entry, "_data", entry)) for entry in found)
        return Block(name, nodes, extent(tree), data, is_parameter)

    def edited(self, edits: Edits) -> "Forward":
        """Return the pass with other edges for some nodes."""
        other = copy(self)
        for name in ("adjoints", "table", "columns", "heights", "_alive", "_reached", "_below"):
            vars(other).pop(name, None)
        if isinstance(self.edges, Table):
            other.edges = self.edges.edited(edits)
        else:
            other.edges = [edits.get(i, edges) for i, edges in enumerate(self.edges)]
        return other

    @cached_property
    def table(self) -> Table:
        """The edges in flat arrays of NumPy's."""
        return self.edges if isinstance(self.edges, Table) else Table.of(self.edges)

    @property
    def size(self) -> int:
        """How many edges there are."""
        return len(self.table.parents) if isinstance(self.edges, Table) else sum(map(len, self.edges))

    @cached_property
    def data(self) -> Any:
        """The number of each node, in an array."""
        import numpy

        return numpy.array([node._data for node in self.nodes])

    @cached_property
    def columns(self) -> Columns:
        """The graph, prepared for many backward passes."""
        return Columns(self.table, self.heights)

    @cached_property
    def heights(self) -> list[int]:
        """How many operations, at most, are between each node and the leaves."""
        return (self._ways if self._ways.edges is self.edges else Ways(self.edges)).heights

    @cached_property
    def sizes(self) -> list[int]:
        """How many edges each node has."""
        if not isinstance(self.edges, Table):
            return [*map(len, self.edges)]
        cuts = self.edges.rows.cuts
        return [b - a for a, b in pairwise(cuts)]

    def is_wide(self, steps: Iterable[Step]) -> bool:
        """Say whether steps have more edges than may be changed one by one.

        They are those of layers, and what is wrong there shows in the arrays that are computed from them.
        """
        return sum(self.sizes[i] for step in steps for i in step.alive) > _WIDE

    def edges_from(self, nodes: Iterable[int]) -> Extra:
        """Return the edges of some nodes."""
        if isinstance(self.edges, Table):
            return self.edges.leading_from(nodes)
        found = Extra()
        for i in nodes:
            for parent, partial in self.edges[i]:
                found.add(i, parent, partial)
        return found

    def changed(self, edits: Edits) -> Extra:
        """Return what other edges for some nodes change."""
        return extra(self.edges, edits)

    def sweep(
        self,
        more: Extra | None = None,
        seeds: Mapping[int, float] | None = None,
        fixed: Mapping[int, float] | None = None,
    ) -> list[float]:
        """Return the adjoint of every node, with more edges, and `fixed` adjoints for some nodes."""
        more, fixed, seeds = more or Extra(), fixed or {}, {self.loss: 1.0} if seeds is None else seeds
        if isinstance(self.edges, Table) and self.columns.fits(more):
            column = self.columns.sweeps([(more, fixed)], seeds)[:, 0]
            adjoints: list[float] = column.tolist()
            return adjoints
        edges = self.edges
        if more:
            edges = [*edges]
            for i, own in more.edits(self.edges).items():
                edges[i] = own
        return swept(edges, seeds, fixed)

    def sweeps(self, many: Sequence[Change], nodes: Sequence[int] | None = None) -> Any:
        """Return the adjoints of all nodes, or of some, in a column for each of many backward passes.

        A pass has more edges, and fixed adjoints for some nodes. What is asked of the node -1 is 0. Without
        NumPy, rows are lists.
        """
        numpy = numpy_if_there()
        if numpy is not None and all(self.columns.fits(more) for more, _ in many):
            return self.columns.sweeps(many, {self.loss: 1.0}, nodes)
        own = range(len(self.nodes)) if nodes is None else nodes
        columns = [self.sweep(more, None, fixed) for more, fixed in many]
        rows = [[column[i] if i >= 0 else 0.0 for column in columns] for i in own]
        return rows if numpy is None else numpy.array(rows)

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
        if name == "div":
            return node.parents[1].__class__ is float and len(self.edges[i]) == 1
        if name == "mul":
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
    def consumers(self) -> Sequence[Sequence[int]]:
        """For each node, the nodes that are computed from it."""
        return self.steps.consumers

    @cached_property
    def masks(self) -> list[int]:
        """For each node, which blocks it depends on, or is part of, as bits in the order of `blocks`."""
        return self._ways.masks([block.nodes for block in self.blocks.values()])

    @cached_property
    def _alive(self) -> Ways:
        """The ways along which something flows back: h0 = 0 lets nothing through to its weights."""
        edges = alive(self.edges)
        return self._ways if edges is self._ways.edges else Ways(edges)

    @cached_property
    def _reached(self) -> list[int]:
        return self._alive.masks([block.nodes for block in self.blocks.values()])

    @cached_property
    def _below(self) -> list[int]:
        return self._alive.below(self._reached)

    def reach(self, nodes: Iterable[int]) -> int:
        """Return to which blocks something flows back from any of some nodes, as bits."""
        reach = 0
        for i in nodes:
            reach |= self._reached[i]
        return reach

    def reach_below(self, steps: Iterable[Step]) -> int:
        """Return to which blocks something flows back from steps, as bits."""
        reach = 0
        for i in (i for step in steps for i in step.alive):
            reach |= self._below[i]
        return reach

    @cached_property
    def sources(self) -> list[int]:
        """For each node the nearest one that it depends on alone, beside constants, or -1."""
        return self._ways.sources(self._left_out)


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
