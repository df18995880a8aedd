"""Ways by which an array influences the loss, and which a backward pass forgets."""

from collections.abc import Iterator, Mapping, Sequence

from ...stepping.groups import Key, Step
from ..passes.forward import Edges, Forward
from ..passes.softmaxes import Softmax
from .suspects import Formula, Suspect

_MANY = 12  # occurrences of one instruction that are tried one by one
_STATISTICS = ("sum", "mean", "max", "min")


def path_mistakes(forward: Forward, softmaxes: Sequence[Softmax]) -> Iterator[Suspect]:
    """Yield passes that forget one use of an array, or treat it as a constant."""
    weights = {softmax.step.key for softmax in softmaxes}
    for key, steps in forward.steps.at.items():
        for source in forward.steps.feeds.get(key, ()):
            yield from _forgotten(forward, steps, source)
        yield from _one_side(forward, steps)
        known = 1.25 if key in weights else 1.1 if _is_mean(forward, steps[0]) else 1.9
        yield _constant(forward, steps, known)
    yield from _statistics(forward)
    yield from _cut_in_time(forward)


def _suspect(
    kind: str,
    claim: str,
    rank: float,
    edits: Mapping[int, Edges],
    step: Step,
    layer: str,
    formula: Formula | None = None,
) -> Suspect:
    return Suspect(kind, claim, rank, edits, layer=layer, line=step.line, formula=formula)


def _forgotten(forward: Forward, steps: Sequence[Step], source: Key) -> Iterator[Suspect]:
    """Yield passes without the edges from one instruction back to another: of all its steps, or of some."""
    sources, user = forward.steps.feeds[steps[0].key], steps[0].key
    if len(sources) < 2 and len(forward.steps.users[source]) < 2:
        return
    again = user in forward.steps.below(source)
    only = sum(other in forward.steps.below(source) for other in forward.steps.users[source]) == 1
    first = forward.steps.at[source][0]
    layer = a = forward.steps.called(first)
    b = forward.steps.called(steps[0])
    inside = source[0] is user[0] and source != user  # of one instruction, as the mean of a variance
    if a == b:  # x = x + f(x)
        a, b = "" if inside else a, forward.steps.written(steps[0])
    at = f"{_quoted(b, steps[0])}{steps[0].where if b else ''}"
    x = forward.steps.symbol(first, f"({a or '...'})")
    for group in _groups(forward, steps):
        edits = _without(forward, group, source)
        if edits:
            some = len(group) < len(steps)
            yield _suspect(
                "detached" if again and only else "path_missing",
                f"with what {_quoted(a, first)} does to {at} left out{', not always' if some else ''}",
                1.8 + 0.4 * some - 0.1 * again + 0.2 * inside,
                edits,
                steps[0],
                layer,
                Formula(f"d{x} = ... + what flows back from {b or at}", f"d{x} = ..."),
            )


def _quoted(name: str, step: Step) -> str:
    return f"`{name}`" if name else f"the {step.primitive}{step.where}"


def _groups(forward: Forward, steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Yield all steps of an instruction, those of each layer, each one, and all but the first or last."""
    yield from forward.steps.groups(steps)
    if 1 < len(steps) <= _MANY:
        yield from ([step] for step in steps)
        yield from (steps[1:], steps[:-1]) if len(steps) > 2 else ()


def _without(forward: Forward, steps: Sequence[Step], source: Key) -> dict[int, Edges]:
    """Return the edges of steps without those that lead back to an instruction."""
    edits = {}
    for i in (i for step in steps for i in step.alive):
        kept = tuple(edge for edge in forward.edges[i] if forward.steps.key_of(edge[0]) != source)
        if len(kept) < len(forward.edges[i]):
            edits[i] = kept
    return edits


def _one_side(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes without one operand of a sum or product, both of which come from one array."""
    nodes = [i for step in steps for i in step.alive]
    if steps[0].primitive not in ("add", "sub", "mul"):
        return
    sources = {forward.steps.key_of(parent) for i in nodes for parent, _ in forward.edges[i]}
    if len(sources) > 1 or any(len(forward.edges[i]) != 2 for i in nodes):
        return
    where = steps[0].where
    for side, left in ((0, "second"), (1, "first")):
        edits = {i: (forward.edges[i][side],) for i in nodes}
        claim = f"with the {left} operand{where} left out"
        yield _suspect("path_missing", claim, 1.9, edits, steps[0], forward.steps.called(steps[0]))


def _constant(forward: Forward, steps: Sequence[Step], rank: float) -> Suspect:
    """Return the pass in which an array is treated as a constant."""
    a = forward.steps.called(steps[0])
    claim = f"with {forward.steps.told(steps[0])} treated as a constant"
    edits: dict[int, Edges] = {i: () for step in steps for i in step.alive}
    x = forward.steps.symbol(steps[0], f"({a or '...'})")
    formula = Formula(f"d{x} = what flows back to it", f"d{x} = 0")
    return _suspect("detached", claim, rank, edits, steps[0], a, formula)


def _cut_in_time(forward: Forward) -> Iterator[Suspect]:
    """Yield passes in which a state that a loop hands on is a constant in the next round."""
    for key, users in forward.steps.users.items():
        again = [user for user in users if user in forward.steps.below(key)]
        if len(again) < 2:
            continue
        edits: dict[int, Edges] = {}
        for user in again:
            edits |= _without(forward, forward.steps.at[user], key)
        state = forward.steps.at[key][0]
        a = forward.steps.called(state)
        claim = f"with {_quoted(a, state)} treated as a constant in the next round of the loop"
        h = forward.steps.symbol(state, "h")
        formula = Formula(f"d{h} = ... + what flows back from the next round", f"d{h} = ...")
        yield _suspect("detached", claim, 1.6, edits, state, a, formula)


def _statistics(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which sums that meet every entry again, as mean and variance do, are constants."""
    found = [step for step in forward.steps.all if _is_statistic(forward, step)]
    if len({step.key for step in found}) > 1:
        lines = " and ".join(line.short for line in sorted({step.line for step in found if step.line}))
        claim = f"with the statistics of {lines} treated as constants"
        edits: dict[int, Edges] = {i: () for step in found for i in step.alive}
        first = next((step for step in found if step.primitive in ("sum", "mean")), found[0])
        yield _suspect("detached", claim, 1.7, edits, first, forward.steps.called(first))


def _is_statistic(forward: Forward, step: Step) -> bool:
    """Say whether a step adds up what it meets again, as means and variances do."""
    return step.primitive in _STATISTICS and _meets_entries_again(forward, step.alive[0])


def _is_mean(forward: Forward, step: Step) -> bool:
    """Say whether what a step adds up, or the squares of it, meets what becomes of the sum: x - mean."""
    node = step.alive[0]
    terms = {parent for parent, _ in forward.edges[node]}
    terms |= {parent for term in terms for parent, _ in forward.edges[term]}
    users = forward.consumers[_last_of_its_own(forward, node)]
    met = sum(any(parent in terms for parent, _ in forward.edges[user]) for user in users)
    return step.primitive in ("sum", "mean") and met > 1


def _meets_entries_again(forward: Forward, node: int) -> bool:
    """Say whether what is computed from a node alone goes into many entries of one step."""
    users = [forward.steps.key_of(user) for user in forward.consumers[_last_of_its_own(forward, node)]]
    return any(users.count(user) > 1 for user in users)


def _last_of_its_own(forward: Forward, node: int) -> int:
    """Return the last of the nodes that are computed one from the other, and from nothing else."""
    while len(forward.consumers[node]) == 1 and forward.sources[forward.consumers[node][0]] == node:
        node = forward.consumers[node][0]
    return node
