"""What flows into a block: from each use of each of its entries, how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...stepping.groups import Key, Step
from ...stepping.rows import owners_of
from ..passes.forward import Block, Forward
from .suspects import Formula, Rewrite


@dataclass(frozen=True, eq=False)
class Inflow:
    """All that flows into a block, in arrays of NumPy's with a number for each edge that leads to it.

    They are in the order in which the steps that use it, and their nodes, were computed. What comes from a
    penalty is left out, and kept as it is.
    """

    forward: Forward
    block: Block
    steps: Sequence[Step]
    homes: Any  # of each node: which one of the steps, and where in it, counted row by row
    adjoints: Any  # of all nodes
    kept: Any  # the gradient of the penalty
    node: Any
    place: Any  # of the entry in the block
    amount: Any

    @cached_property
    def whole(self) -> Any:
        """The gradient from all steps."""
        return self.added(slice(None))

    def added(self, some: Any) -> Any:
        """Return the gradient that some flows give."""
        import numpy

        return numpy.bincount(self.place[some], self.amount[some], len(self.kept))

    def apart(self, part: Any, count: int) -> Any:
        """Return the gradients that flows of the same part give, in rows."""
        import numpy

        places = part * len(self.kept) + self.place
        return numpy.bincount(places, self.amount, count * len(self.kept)).reshape(count, -1)

    @property
    def step(self) -> Any:
        """From which one of the steps flows come."""
        return self.homes[0][self.node]

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
        right: str = "",
        wrong: str = "",
        **told: Any,
    ) -> Rewrite:
        """Return a mistake in what flows in, that of the penalty being right; and both in formulas."""
        if len(gradient) == len(self.kept):
            gradient = gradient + self.kept
        told = {"line": self.steps[0].line, "formula": Formula(right, wrong) if right else None, **told}
        return Rewrite(kind, what, rank, self.block.name, gradient.tolist(), **told)


def inflow(forward: Forward, block: Block, adjoints: Sequence[float], penalty: Sequence[float]) -> Inflow:
    """Return what flows into a block, given all adjoints, and those of the penalty alone."""
    import numpy

    table, steps, known = forward.table, forward.steps.of, numpy.array(adjoints)
    entry = numpy.full(len(table) + 1, -1, numpy.int32)
    entry[[*block.nodes]] = numpy.arange(len(block.nodes))
    entry[-1] = -1
    edge = numpy.flatnonzero(entry[table.parents] >= 0).astype(numpy.int32)
    node = owners_of(table.starts)[edge]
    users = [i for i in numpy.flatnonzero(numpy.bincount(node)).tolist() if i in steps]
    of_penalty = {steps[i] for i in users if penalty[i]}
    used = sorted({steps[i] for i in users} - of_penalty, key=lambda step: step.alive[0])
    homes = numpy.full((2, len(table) + 1), -1, numpy.int32)
    for k, step in enumerate(used):
        homes[:, [*step.nodes]] = [[k] * len(step.nodes), range(len(step.nodes))]
    homes[:, -1] = -1
    order = homes[0][node].argsort(kind="stable")[numpy.count_nonzero(homes[0][node] < 0) :]
    node, edge = node[order], edge[order]
    amount, kept = known[node] * table.partials[edge], numpy.array(forward.gradient(block, penalty))
    return Inflow(forward, block, used, homes, known, kept, node, entry[table.parents[edge]], amount)
