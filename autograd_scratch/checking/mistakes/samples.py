"""One sample alone: the gradient of one of the terms that the loss adds up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...stepping.groups import Key, Step
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


def overwritten_flows(forward: Forward) -> Iterator[Suspect]:
    """Yield passes in which what several rounds of a loop hand back to an array is that of the last one."""
    for steps in forward.steps.at.values():
        for source in forward.steps.feeds.get(steps[0].key, ()) if len(steps) > 1 else ():
            users: dict[int, set[int]] = defaultdict(set)
            for k, step in enumerate(steps):
                for i in step.alive:
                    for parent, partial in forward.edges[i]:
                        if partial and forward.steps.key_of(parent) == source:
                            users[parent].add(k)
            if max(map(len, users.values()), default=0) > 1 and not forward.steps.feed_each_other(steps):
                yield from _of_one_round(forward, steps, source, users)


def _of_one_round(
    forward: Forward, steps: Sequence[Step], source: Key, users: Mapping[int, set[int]]
) -> Iterator[Suspect]:
    """Yield passes in which the last round that uses an entry counts alone, and the first."""
    a, line = forward.steps.symbol(forward.steps.at[source][0], "x"), steps[0].line
    for which, only in (("last", max), ("first", min)):
        edits = {}
        for k, step in enumerate(steps):
            for i in step.alive:
                edits[i] = tuple(e for e in forward.edges[i] if e[0] not in users or only(users[e[0]]) == k)
        claim = f"with = instead of += in the loop that adds up d{a}: the {which} round alone"
        formula = Formula(f"d{a}[...] += ...", f"d{a}[...] = ...")
        layer = forward.steps.called(forward.steps.at[source][0])
        more = forward.changed(edits)
        yield Suspect("overwritten", claim, 1.5, more, layer=layer, line=line, formula=formula)


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
