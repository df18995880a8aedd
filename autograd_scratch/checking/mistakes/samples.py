"""One sample alone: the gradient of one of the terms that the loss adds up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...stepping.groups import Step
from ..passes.contributions import Contribution, Contributions
from ..passes.forward import Edges, Forward
from ..passes.table import Extra
from .suspects import Formula, Suspect

_NEAR = 8  # operations from the loss within which terms are added up
_MANY = 64


def sample_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes that go back from one sample's loss alone."""
    for step, samples in samples_of(forward):
        for k, more in enumerate(samples):
            line = step.line
            right, wrong = "the gradient = the sum over all samples", f"the gradient = that of sample {k}"
            formula = Formula(right, wrong)
            if k == len(samples) - 1:
                claim = "with = instead of += in the loop over the samples: the last one alone"
                yield Suspect("overwritten", claim, 1.35, more, line=line, formula=formula)
            yield Suspect("single_sample", f"with sample {k} alone", 1.45, more, line=line, formula=formula)


def samples_of(forward: Forward) -> Iterator[tuple[Step, Sequence[Extra]]]:
    """Yield what adds up samples, and what a pass that goes back from each of them alone has on top."""
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


def _of_sum(forward: Forward, steps: Sequence[Step]) -> Iterator[tuple[Step, Sequence[Extra]]]:
    """Yield the passes in which a sum has the terms of one row alone, for each axis."""
    for i in (i for step in steps for i in step.alive):
        terms = forward.edges[i]
        source = forward.steps.of.get(terms[0][0]) if terms else None
        if source is None or any(forward.steps.of.get(parent) is not source for parent, _ in terms):
            continue
        for axis, size in enumerate(source.shape):
            if not 1 < size <= _MANY:
                continue
            rows = [tuple(edge for edge in terms if edge[0] in row) for row in map(set, source.rows(axis))]
            if max(map(len, rows)) < len(terms):
                yield source, [forward.changed({i: edges}) for edges in rows]


def _of_chain(forward: Forward) -> Iterator[tuple[Step, Sequence[Extra]]]:
    """Yield the passes in which a loop that adds up its terms has those of one round alone."""
    chain = max(_runs_of_sums(forward), key=len)
    if not 1 < len(chain) <= _MANY:
        return
    terms = [(i, min(forward.edges[i], key=lambda edge: edge[0] in chain)) for i in chain[:-1]]
    first, second = forward.edges[chain[-1]]
    terms += [(chain[-1], second), (chain[-1], first)]
    rounds = [round_of(forward, i) for i in chain] + [round_of(forward, first[0])]
    if not _are_alike(rounds[::-1]):
        rounds = [*range(len(terms))][::-1]
    alone = []
    for k in sorted({*rounds}):
        edits: dict[int, Edges] = {}
        for (i, term), own in zip(terms, rounds):
            edges = edits.get(i, forward.edges[i])
            edits[i] = edges if own == k else tuple(edge for edge in edges if edge != term)
        alone.append(forward.changed(edits))
    yield forward.steps.of[chain[0]], alone


def _are_alike(rounds: Sequence[int]) -> bool:
    """Say whether rounds follow one another, each with as many terms; no line is left out in some."""
    size = rounds.count(rounds[0])
    return len({*rounds}) > 1 and [*rounds] == [k // size for k in range(len(rounds))]


def round_of(forward: Forward, node: int) -> int:
    """Return in which round of a loop an instruction made a node."""
    step = forward.steps.of.get(node)
    return forward.steps.occurrences(step).index(step) if step else 0


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
        adds, scales = name in ("add", "sub"), name == "neg" or forward.is_weighted_sum(node)
        if not adds and (count or not scales):
            break
        count += adds
        node = forward.edges[node][0][0]
    return count
