"""What flows into a block: from each use of each of its entries, how much."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...stepping.groups import Step
from ..passes.forward import Block, Forward


@dataclass(frozen=True)
class Flow:
    """What flows into one entry of a block, by its place, along an edge of one node."""

    place: int
    node: int
    amount: float


@dataclass(frozen=True, eq=False)
class Inflow:
    """All that flows into a block, by the steps that use it; what comes from a penalty is left out."""

    forward: Forward
    block: Block
    adjoints: Sequence[float]
    by_step: dict[Step, list[Flow]]
    kept: Sequence[float]  # the part of the penalty

    @cached_property
    def steps(self) -> list[Step]:
        """The steps in the order in which they were computed."""
        return sorted(self.by_step, key=lambda step: step.alive[0])

    @cached_property
    def totals(self) -> dict[Step, list[float]]:
        """The gradient that comes from each step alone."""
        return {step: self.added(self.by_step[step]) for step in self.steps}

    @cached_property
    def whole(self) -> list[float]:
        """The gradient from all steps."""
        return [sum(parts) for parts in zip(*self.totals.values())]

    def added(self, flows: Iterable[Flow]) -> list[float]:
        """Return the gradient that some flows give."""
        total = [0.0] * len(self.block.nodes)
        for flow in flows:
            total[flow.place] += flow.amount
        return total


def inflow(forward: Forward, block: Block, adjoints: Sequence[float], penalty: Sequence[float]) -> Inflow:
    """Return what flows into a block, given all adjoints, and those of the penalty alone."""
    by_step: dict[Step, list[Flow]] = defaultdict(list)
    places = {leaf: place for place, leaf in enumerate(block.nodes) if leaf >= 0}
    for i in sorted({i for leaf in places for i in forward.consumers[leaf]}):
        step = forward.steps.of.get(i)
        if step is not None:
            by_step[step] += [
                Flow(places[parent], i, adjoints[i] * partial)
                for parent, partial in forward.edges[i]
                if parent in places
            ]
    of_data = {
        step: flows for step, flows in by_step.items() if not any(penalty[flow.node] for flow in flows)
    }
    return Inflow(forward, block, adjoints, of_data, forward.gradient(block, penalty))
