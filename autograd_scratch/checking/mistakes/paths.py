"""Ways by which an array influences the loss, and which a backward pass forgets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..passes.forward import Edges, Forward
from ..passes.softmaxes import Softmax
from ..passes.steps import Key, Step
from .suspects import Formula, Suspect

_MANY = 12  # occurrences of one instruction that are tried one by one


def path_mistakes(forward: Forward, softmaxes: Sequence[Softmax]) -> Iterator[Suspect]:
    """Yield passes that forget one use of an array, or treat it as a constant."""
    weights = {_key(softmax.step) for softmax in softmaxes}
    for steps in forward.steps.at.values():
        yield from _forgotten(forward, steps)
        yield from _constant(forward, steps, {_key(steps[0])} <= weights)
        yield from _one_side(forward, steps)
    yield from _statistics(forward)
    yield from _cut_in_time(forward)


def _forgotten(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes without the edges from one instruction to another."""
    sources: dict[Key, list[Step]] = defaultdict(list)
    for step in steps:
        for i in step.alive:
            for parent, _ in forward.edges[i]:
                source = forward.steps.of.get(parent)
                if source is not None and (
                    not sources[_key(source)] or sources[_key(source)][-1] is not source
                ):
                    sources[_key(source)].append(source)
    if len(sources) < 2 and not any(_uses(forward, found[0]) > 1 for found in sources.values()):
        return
    for key, found in sources.items():
        again = _key(steps[0]) in forward.steps.below(key)
        only = sum(user in forward.steps.below(key) for user in forward.steps.users[key]) == 1
        kind = "detached" if again and only else "path_missing"
        layers = forward.steps.layers(steps)
        groups: list[Sequence[Step]] = [steps, *(layers if len(layers) > 1 else ())]
        if 1 < len(steps) <= _MANY:
            groups += [[step] for step in steps]
            groups += [steps[1:], steps[:-1]] * (len(steps) > 2)
        for group in groups:
            edits: dict[int, Edges] = {}
            for step in group:
                for i in step.alive:
                    kept = tuple(
                        edge
                        for edge in forward.edges[i]
                        if (source := forward.steps.of.get(edge[0])) is None or _key(source) != key
                    )
                    if len(kept) < len(forward.edges[i]):
                        edits[i] = kept
            a, b = forward.steps.called(found[0]), forward.steps.called(steps[0])
            line = steps[0].line
            where = f" in line {line.number}" if line else ""
            if edits:
                yield Suspect(
                    kind,
                    f"with what `{a}` does to `{b}`{where} left out"
                    + ("" if len(group) == len(steps) else ", once"),
                    1.8 + 0.4 * (len(group) < len(steps)) - 0.1 * again,
                    edits,
                    layer=a,
                    line=line,
                    formula=Formula(f"d{a} = ... + what flows back from {b}{where}", f"d{a} = ..."),
                )


def _constant(forward: Forward, steps: Sequence[Step], is_softmax: bool) -> Iterator[Suspect]:
    """Yield passes in which an array is treated as a constant."""
    edits: dict[int, Edges] = {i: () for step in steps for i in step.alive}
    a, line = forward.steps.called(steps[0]), steps[0].line
    yield Suspect(
        "detached",
        f"with `{a}`{f' of line {line.number}' if line else ''} treated as a constant",
        1.25 if is_softmax else 1.9,
        edits,
        layer=a,
        line=line,
        formula=Formula(f"d{a} = what flows back to it", f"d{a} = 0"),
    )


def _uses(forward: Forward, step: Step) -> int:
    """Count the instructions that use a step."""
    return len(
        {_key(user) for i in step.alive for j in forward.consumers[i] if (user := forward.steps.of.get(j))}
    )


def _key(step: Step) -> Key:
    return step.site, step.primitive


def _one_side(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes without one operand of a sum or difference, both of which come from one array."""
    first = steps[0]
    nodes = [i for step in steps for i in step.alive]
    if first.primitive not in ("add", "sub", "mul") or any(len(forward.edges[i]) != 2 for i in nodes):
        return
    if any(len({forward.steps.key_of(parent) for parent, _ in forward.edges[i]}) > 1 for i in nodes):
        return
    line = first.line
    for side in (0, 1):
        yield Suspect(
            "path_missing",
            f"with the {('first', 'second')[side]} operand alone of line {line.number if line else '?'}",
            1.9,
            {i: (forward.edges[i][side],) for i in nodes},
            layer=forward.steps.called(first),
            line=line,
        )


def _cut_in_time(forward: Forward) -> Iterator[Suspect]:
    """Yield passes in which a state that a loop hands on is a constant in the next round."""
    for key, users in forward.steps.users.items():
        again = [user for user in users if user in forward.steps.below(key)]
        if len(again) < 2:
            continue
        edits: dict[int, Edges] = {}
        for user in again:
            for step in forward.steps.at[user]:
                for i in step.alive:
                    edits[i] = tuple(e for e in forward.edges[i] if forward.steps.key_of(e[0]) != key)
        state = forward.steps.at[key][0]
        a = forward.steps.called(state)
        yield Suspect(
            "detached", f"with `{a}` treated as a constant in the next round of the loop", 1.6, edits,
            layer=a, line=state.line, formula=Formula(f"d{a} = ... + what flows back from the next round", f"d{a} = ..."),
        )  # fmt: skip


def _statistics(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which all sums that are used for every entry, as a mean and a variance are, are constants."""
    broadcast = [
        step
        for step in forward.steps.all
        if step.primitive in ("sum", "mean", "max", "min") and _is_broadcast(forward, step)
    ]
    lines = sorted({step.line.number for step in broadcast if step.line})
    if len({_key(step) for step in broadcast}) > 1:
        yield Suspect(
            "detached",
            f"with the statistics of line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))} treated as constants",
            1.7,
            {i: () for step in broadcast for i in step.alive},
            layer=forward.steps.called(broadcast[0]),
            line=broadcast[0].line,
        )


def _is_broadcast(forward: Forward, step: Step) -> bool:
    """Say whether what is computed from a step alone meets many entries again."""
    i = step.alive[0]
    while len(forward.consumers[i]) == 1 and forward.sources[forward.consumers[i][0]] == i:
        i = forward.consumers[i][0]
    users = [forward.steps.of.get(j) for j in forward.consumers[i]]
    return any(user is not None and users.count(user) > 1 for user in users)
