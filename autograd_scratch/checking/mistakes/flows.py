"""What flows into a block: from each use of each of its entries, how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...stepping.groups import Key, Step
from ...stepping.rows import owners_of
from ...wording import Line
from ..passes.forward import Block, Forward
from .suspects import Formula, Rewrite


@dataclass(frozen=True, eq=False)
class Inflow:
    """All that flows into a block, in arrays of a number for each edge that leads to it.

    They are in the order in which the steps that use it, and their nodes, were computed. What comes from a
    penalty is left out, and kept as it is.
    """

    forward: Forward
    block: Block
    adjoints: Any  # of all nodes
    kept: Any  # the gradient of the penalty
    steps: Sequence[Step]
    step: Any  # which one of the steps
    node: Any
    edge: Any  # which one of the node's
    place: Any  # of the entry in the block
    amount: Any

    def added(self, some: Any = slice(None)) -> Any:
        """Return the gradient that some flows give."""
        import numpy

        return numpy.bincount(self.place[some], self.amount[some], len(self.block.nodes))

    def apart(self, part: Any) -> Any:
        """Return in rows the gradients that parts of the flows give, each of which has the number of one."""
        import numpy

        size, count = len(self.block.nodes), int(part.max()) + 1
        places = part * numpy.intp(size) + self.place
        return numpy.bincount(places, self.amount, count * size).reshape(count, size)

    @cached_property
    def whole(self) -> Any:
        """The gradient from all steps."""
        return self.added()

    @cached_property
    def counts(self) -> Any:
        """How many flows each entry has."""
        import numpy

        return numpy.bincount(self.place, minlength=len(self.block.nodes))

    @cached_property
    def spots(self) -> Any:
        """Where the nodes stand in their steps, counted row by row."""
        import numpy

        spots = numpy.zeros(len(self.forward.nodes) + 1, numpy.int32)
        for step in self.steps:
            spots[numpy.array(step.nodes)] = numpy.arange(len(step.nodes))
        return spots[self.node]

    def of(self, key: Key) -> Any:
        """Return which flows come from the steps of an instruction."""
        import numpy

        return numpy.array([step.key == key for step in self.steps])[self.step]

    def rewrite(
        self,
        kind: str,
        what: str,
        rank: float,
        gradient: Any,
        formula: Formula | None = None,
        line: Line | None = None,
        shape: tuple[int, ...] | None = None,
        title: str = "",
    ) -> Rewrite:
        """Return a mistake in what flows in, that of the penalty being right."""
        if len(gradient) == len(self.kept):
            gradient = gradient + self.kept
        line = line or self.steps[0].line
        name, numbers = self.block.name, gradient.tolist()
        return Rewrite(kind, what, rank, name, numbers, shape, line=line, formula=formula, title=title)


def inflow(forward: Forward, block: Block, adjoints: Sequence[float], penalty: Sequence[float]) -> Inflow:
    """Return what flows into a block, given all adjoints, and those of the penalty alone."""
    import numpy

    table, steps = forward.table, forward.steps.of
    place, number = (numpy.full(len(table) + 1, -1, numpy.int32) for _ in range(2))
    place[list(block.nodes)] = numpy.arange(len(block.nodes))
    place[-1] = -1
    found = numpy.flatnonzero(place[table.parents] >= 0)
    node = owners_of(table.starts)[found]
    users = [i for i in numpy.unique(node).tolist() if i in steps]
    penal = {steps[i] for i in users if penalty[i]}
    used = sorted({steps[i] for i in users} - penal, key=lambda step: step.alive[0])
    for k, own in enumerate(used):
        number[list(own.alive)] = k
    step = number[node]
    order = numpy.argsort(step, kind="stable")[numpy.count_nonzero(step < 0) :]
    step, node, found = step[order], node[order], found[order]
    edge = (found - table.starts[node]).astype(numpy.int32)
    known = numpy.array(adjoints)
    with numpy.errstate(all="ignore"):
        amount = known[node] * table.partials[found]
    kept = numpy.array(forward.gradient(block, penalty))
    return Inflow(forward, block, known, kept, used, step, node, edge, place[table.parents[found]], amount)
