"""One sample alone: the gradient of one of the terms that the loss adds up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..passes.forward import Edges, Forward
from ..passes.steps import Step
from .suspects import Formula, Suspect

_NEAR = 8  # operations from the loss within which terms are added up
_MANY = 64


def sample_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes that go back from one sample's loss alone."""
    for steps in forward.steps.at.values():
        step = steps[0]
        if _adds_up(forward, step) and 0 <= forward.levels[step.alive[0]] <= _NEAR:
            yield from _of_sum(forward, steps)
        elif step.primitive in ("add", "sub") and 1 < len(steps) <= _MANY and len(step.alive) == 1:
            yield from _of_loop(forward, steps)


def _adds_up(forward: Forward, step: Step) -> bool:
    """Say whether a step is a sum, a mean, or a sum with constant weights."""
    return step.primitive in ("sum", "mean") or (
        step.primitive == "dot" and forward.is_weighted_sum(step.alive[0])
    )


def _of_sum(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes in which a sum has the terms of one row alone."""
    for i in (i for step in steps for i in step.alive):
        terms = forward.edges[i]
        source = forward.steps.of.get(terms[0][0]) if terms else None
        if source is None or any(forward.steps.of.get(parent) is not source for parent, _ in terms):
            continue
        for axis, size in enumerate(source.shape):
            if not 1 < size <= _MANY:
                continue
            for k, row in enumerate(source.rows(axis)):
                kept = set(row)
                edges = tuple(edge for edge in terms if edge[0] in kept)
                yield from _suspects(forward, {i: edges}, source, k, size)


def _of_loop(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes in which a loop adds one term alone."""
    own = forward.steps.key_of(steps[0].alive[0])
    terms: dict[int, Edges] = {}
    totals: dict[int, Edges] = defaultdict(tuple)
    for step in steps:
        for i in step.alive:
            terms[i] = tuple(edge for edge in forward.edges[i] if forward.steps.key_of(edge[0]) != own)
            totals[i] = tuple(edge for edge in forward.edges[i] if forward.steps.key_of(edge[0]) == own)
    order = sorted(terms)
    for k, kept in enumerate(order):
        edits = {i: totals[i] + (terms[i] if i == kept else ()) for i in order}
        yield from _suspects(forward, edits, steps[0], k, len(order))


def _suspects(
    forward: Forward, edits: dict[int, Edges], step: Step, k: int, size: int
) -> Iterator[Suspect]:
    line = step.line
    formula = Formula("the gradient = the sum over all samples", f"the gradient = that of sample {k}")
    if k == size - 1:
        claim = "with = instead of += in the loop over the samples: the last one alone"
        yield Suspect("overwritten", claim, 1.35, edits, line=line, formula=formula)
    yield Suspect("single_sample", f"with sample {k} alone", 1.45, edits, line=line, formula=formula)
