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

        part = part.astype(numpy.intp)
        part *= len(self.kept)
        part += self.place
        return numpy.bincount(part, self.amount, count * len(self.kept)).reshape(count, -1)

    def entries(self, some: Any = slice(None)) -> int:
        """Return into how many entries some flows go."""
        import numpy

        return int(numpy.count_nonzero(numpy.bincount(self.place[some])))

    @property
    def step(self) -> Any:
        """From which one of the steps flows come."""
        return self._homes[0][self.node]

    @property
    def spot(self) -> Any:
        """Where in that step their nodes stand, counted row by row."""
        return self._homes[1][self.node]

    @cached_property
    def _homes(self) -> Any:
        return homes_of(self.steps, len(self.forward.nodes))

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

    table, steps, known = forward.table, forward.steps.of, numpy.array(adjoints)
    place = numpy.full(len(table) + 1, -1, numpy.int32)
    place[[*block.nodes]] = numpy.arange(len(block.nodes))
    place[-1] = -1
    edge = numpy.flatnonzero(place[table.parents] >= 0).astype(numpy.int32)
    node = owners_of(table.starts)[edge]
    users = [i for i in numpy.flatnonzero(numpy.bincount(node)).tolist() if i in steps]
    of_penalty = {steps[i] for i in users if penalty[i]}
    used = sorted({steps[i] for i in users} - of_penalty, key=lambda step: step.alive[0])
    step = homes_of(used, len(table))[0][node]
    order = numpy.argsort(step, kind="stable")[numpy.count_nonzero(step < 0) :]
    node, edge = node[order], edge[order]
    amount, kept = known[node] * table.partials[edge], numpy.array(forward.gradient(block, penalty))
    return Inflow(forward, block, used, known, kept, node, place[table.parents[edge]], amount)


def homes_of(steps: Sequence[Step], count: int) -> Any:
    """Return for each of so many nodes which step it is of, and where it stands in it; or -1."""
    import numpy

    homes = numpy.full((2, count + 1), -1, numpy.int32)
    for k, step in enumerate(steps):
        homes[0, [*step.nodes]] = k
        homes[1, [*step.nodes]] = range(len(step.nodes))
    homes[:, -1] = -1
    return homes
