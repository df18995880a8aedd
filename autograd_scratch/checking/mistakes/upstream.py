"""What flows back to an array is something else: the array itself, or nothing that is multiplied by.

`dz = a * (1 - a**2)` has `a` for `da`, and `dz = 1 - a**2` has forgotten it.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from ...stepping.groups import Step
from ..passes.forward import Forward
from .suspects import Formula, Lead, Suspect


def upstream_leads(forward: Forward) -> Iterator[Lead]:
    """Yield the mistakes in what flows back to each array, up to a constant."""
    for steps in forward.steps.at.values():
        for group in forward.steps.groups(steps):
            nodes = [i for step in group for i in step.alive]
            if len(nodes) > 1:
                yield Lead(1.85, partial(_of_array, forward, group[0], nodes), forward.reach(nodes))


def _of_array(forward: Forward, step: Step, nodes: Sequence[int]) -> Iterator[Suspect]:
    a, told = forward.steps.symbol(step, "a"), forward.steps.told(step)
    itself = {i: forward.nodes[i]._data for i in nodes}
    for kind, claim, fixed, implied in (
        ("other_operand", f"with {told} for its own gradient", itself, a),
        ("factor_missing", f"with what flows back to {told} left out", dict.fromkeys(nodes, 1.0), "1"),
    ):
        yield Suspect(
            kind,
            claim,
            1.85,
            fixed=fixed,
            layer=forward.steps.called(step),
            line=step.line,
            formula=Formula(f"d{a} = what flows back to it", f"d{a} = {implied}"),
            free=True,
        )
