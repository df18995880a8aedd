"""What flows into a block: from each use of each of its entries, how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...stepping.groups import Key, Step
from ...stepping.rows import owners_of
from ..passes.forward import Block, Forward
from .suspects import Rewrite


@dataclass(frozen=True, eq=False)
class Inflow:
    """All that flows into a block, in arrays of NumPy's with a number for each edge that leads to it.

    They are in the order in which the steps that use it, and their nodes, were computed. What comes from a
    penalty is left out, and kept as it is.
    """

    forward: Forward
    block: Block
    steps: Sequence[Step]
    adjoints: Any  # of all nodes
    kept: Any  # the gradient of the penalty
    step: Any  # which one of the steps
    node: Any
    edge: Any
    place: Any  # of the entry in the block

    @cached_property
    def amount(self) -> Any:
        """What flows along each edge."""
        return self.adjoints[self.node] * self.forward.table.partials[self.edge]

    @cached_property
    def whole(self) -> Any:
        """The gradient from all steps."""
        return self.added()

    def added(self, some: Any = slice(None)) -> Any:
        """Return the gradient that some flows give."""
        return self.apart(0 * self.step[some], 1, some)[0]

    def apart(self, part: Any, count: int, some: Any = slice(None)) -> Any:
        """Return the gradients that flows of the same part give, in rows."""
        import numpy

        size = len(self.block.nodes)
        places = part.astype(numpy.intp) * size + self.place[some]
        return numpy.bincount(places, self.amount[some], count * size).reshape(count, size)

    def entries(self, some: Any = slice(None)) -> int:
        """Return into how many entries some flows go."""
        import numpy

        return int(numpy.count_nonzero(numpy.bincount(self.place[some])))

    @cached_property
    def spots(self) -> Any:
        """Where the nodes stand in their steps, counted row by row."""
        import numpy

        spots = numpy.zeros(len(self.forward.nodes) + 1, numpy.int32)
        for step in self.steps:
            spots[[*step.nodes]] = numpy.arange(len(step.nodes))
        return spots[self.node]

    def of(self, key: Key) -> Any:
        """Return which flows come from the steps of an instruction."""
        import numpy

        return numpy.array([step.key == key for step in self.steps])[self.step]

    def rewrite(self, kind: str, what: str, rank: float, gradient: Any, **told: Any) -> Rewrite:
        """Return a mistake in what flows in, that of the penalty being right."""
        if len(gradient) == len(self.kept):
            gradient = gradient + self.kept
        told = {"line": self.steps[0].line, **told}
        return Rewrite(kind, what, rank, self.block.name, gradient.tolist(), **told)


def inflow(forward: Forward, block: Block, adjoints: Sequence[float], penalty: Sequence[float]) -> Inflow:
    """Return what flows into a block, given all adjoints, and those of the penalty alone."""
    import numpy

    table, steps, kept = forward.table, forward.steps.of, forward.gradient(block, penalty)
    place, number = (numpy.full(len(table) + 1, -1, numpy.int32) for _ in range(2))
    place[[*block.nodes]] = numpy.arange(len(block.nodes))
    place[-1] = -1
    edge = numpy.flatnonzero(place[table.parents] >= 0)
    node = owners_of(table.starts)[edge]
    users = [i for i in numpy.unique(node).tolist() if i in steps]
    of_penalty = {steps[i] for i in users if penalty[i]}
    used = sorted({steps[i] for i in users} - of_penalty, key=lambda step: step.alive[0])
    for k, own in enumerate(used):
        number[[*own.alive]] = k
    order = numpy.argsort(number[node], kind="stable")[numpy.count_nonzero(number[node] < 0) :]
    node, edge = node[order], edge[order]
    step, place = number[node], place[table.parents[edge]]
    return Inflow(forward, block, used, numpy.array(adjoints), numpy.array(kept), step, node, edge, place)
