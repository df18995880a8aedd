"""One sample alone: the gradient of one of the terms that the loss adds up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...stepping.groups import Step
from ..passes.contributions import Contribution, Contributions
from ..passes.forward import Forward
from ..passes.table import Extra
from .suspects import Formula, Suspect

_NEAR = 8  # operations from the loss within which terms are added up
_MANY = 64


def sample_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes that go back from one sample's loss alone."""
    for steps in forward.steps.at.values():
        step = steps[0]
        if _adds_up(forward, step) and 0 <= forward.levels[step.alive[0]] <= _NEAR:
            yield from _of_sum(forward, steps)
    yield from _of_chain(forward)


def overwritten_flows(forward: Forward, contributions: Contributions) -> Iterator[Suspect]:
    """Yield passes in which the last of all turns at which something flows back to an entry counts alone.

    The turns are rounds of a loop, or places of a window.
    """
    for steps in forward.steps.at.values():
        if forward.steps.feed_each_other(steps) or forward.is_wide(steps):
            continue
        rounds = {i: k for k, step in enumerate(steps) for i in step.alive}
        for use in contributions.of(steps).values():
            if use.origin is None or isinstance(use.origin, str):
                continue
            for turns, told in (
                ([rounds[i] for i in use.nodes], "round"),
                (use.places if steps[0].primitive == "dot" else [], "place of the window"),
            ):
                if len({*zip(use.parents, turns)}) > len({*use.parents}) and len({*turns}) > 1:
                    yield from _of_one_turn(forward, use, turns, told)


def _of_one_turn(forward: Forward, use: Contribution, turns: Sequence[int], told: str) -> Iterator[Suspect]:
    """Yield passes in which the last turn at which an entry is used counts alone, and the first."""
    source = forward.steps.of[use.parents[0]]
    a = forward.steps.symbol(source, "x")
    known: dict[int, set[int]] = defaultdict(set)
    for parent, slope, turn in zip(use.parents, use.slopes, turns):
        if slope:
            known[parent].add(turn)
    for which, only in (("last", max), ("first", min)):
        kept = {parent: only(own) for parent, own in known.items()}
        slopes = [d if kept.get(p) == turn else 0.0 for p, d, turn in zip(use.parents, use.slopes, turns)]
        yield Suspect(
            "overwritten",
            f"with = instead of += in the loop that adds up d{a}: the {which} {told} alone",
            1.5,
            use.with_slopes(slopes),
            step=source,
            line=use.step.line,
            formula=Formula(f"d{a}[...] += ...", f"d{a}[...] = ..."),
        )


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
                if 0 < len(edges) < len(terms):
                    yield from _suspects(forward.changed({i: edges}), source, k, size)


def _of_chain(forward: Forward) -> Iterator[Suspect]:
    """Yield passes in which a loop that adds up its terms has one of them alone."""
    chain = max(_runs_of_sums(forward), key=len)
    if not 1 < len(chain) <= _MANY:
        return
    terms = [min(forward.edges[i], key=lambda edge: edge[0] in chain) for i in chain[:-1]]
    terms.append(forward.edges[chain[-1]][1])
    order = [*zip(chain, terms)][::-1]
    first = [edge for edge in forward.edges[chain[-1]] if edge not in terms]
    for k in range(len(order) + len(first)):
        edits = {}
        for place, (i, term) in enumerate(order, start=len(first)):
            edits[i] = tuple(
                e for e in forward.edges[i] if (e != term or place == k) and (e not in first or k == 0)
            )
        step = forward.steps.of[chain[0]]
        yield from _suspects(forward.changed(edits), step, k, len(order) + len(first))


def _runs_of_sums(forward: Forward) -> Iterator[list[int]]:
    """Yield the runs of sums of two on the way back from the loss, through factors and signs."""
    run: list[int] = []
    node = forward.loss
    while True:
        parents = [parent for parent, _ in forward.edges[node]]
        adds = forward.name_of(node) in ("add", "sub")
        if adds and len(parents) == 2:
            run.append(node)
        elif not adds:
            yield run
            run = []
        onward = [p for p in parents if forward.name_of(p) in ("add", "sub", "div", "mul", "neg")]
        if not onward or not (adds or forward.name_of(node) == "neg" or forward.is_weighted_sum(node)):
            break
        node = max(onward, key=lambda p: _sums_below(forward, p))
    yield run


def _sums_below(forward: Forward, node: int) -> int:
    """Count the sums of two that follow one another from a node on, through a factor."""
    count = 0
    while forward.edges[node] and count < _MANY:
        name = forward.name_of(node)
        if name not in ("add", "sub") and count:
            break
        count += name in ("add", "sub")
        node = forward.edges[node][0][0]
    return count


def _suspects(more: Extra, step: Step, k: int, size: int) -> Iterator[Suspect]:
    line = step.line
    formula = Formula("the gradient = the sum over all samples", f"the gradient = that of sample {k}")
    if k == size - 1:
        claim = "with = instead of += in the loop over the samples: the last one alone"
        yield Suspect("overwritten", claim, 1.35, more, line=line, formula=formula)
    yield Suspect("single_sample", f"with sample {k} alone", 1.45, more, line=line, formula=formula)
