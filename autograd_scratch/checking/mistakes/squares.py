"""The square of a difference, of which one term alone is multiplied back: `-a` for `p - a`."""

from collections.abc import Iterator, Sequence

from ...stepping.groups import Step
from ..passes.forward import Edges, Forward
from .suspects import Formula, Suspect


def square_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes in which the derivative by an operand of a difference has one of both terms."""
    found = [step for step in forward.steps.all if _is_square_of_difference(forward, step)]
    groups = [[step] for step in found] + ([found] if len(found) > 1 else [])
    for group in groups:
        for operand in (0, 1):
            for term in (0, 1):
                yield _with_one_term(forward, group, operand, term)


def _is_square_of_difference(forward: Forward, step: Step) -> bool:
    """Say whether a step squares the difference of two arrays that nothing else uses."""
    if step.primitive not in ("square", "power[2]", "power[2.0]"):
        return False
    differences = [forward.edges[i][0][0] for i in step.alive]
    return all(
        forward.name_of(j) == "sub" and len(forward.edges[j]) == 2 and len(forward.consumers[j]) == 1
        for j in differences
    )


def _with_one_term(forward: Forward, group: Sequence[Step], operand: int, term: int) -> Suspect:
    edits: dict[int, Edges] = {}
    for i in (i for step in group for i in step.alive):
        ((j, _),) = forward.edges[i]
        (target, sign), other = forward.edges[j][operand], forward.edges[j][1 - operand]
        parent, of_term = forward.edges[j][term]
        edits[j] = (other,)
        edits[i] = (
            (j, forward.edges[i][0][1]),
            (target, 2.0 * sign * of_term * forward.nodes[parent]._data),
        )
    first = forward.steps.of[forward.edges[group[0].alive[0]][0][0]]
    names = [
        forward.steps.symbol(forward.steps.of[p], "ab"[k]) if p in forward.steps.of else "ab"[k]
        for k, (p, _) in enumerate(forward.edges[first.alive[0]])
    ]
    d, kept = names[operand], ("" if term == 0 else "-") + names[term]
    return Suspect(
        "path_missing",
        f"with one term of the difference{first.where} alone in the gradient of {d}",
        1.8,
        forward.changed(edits),
        step=first,
        formula=Formula(f"d{d} = 2 * ({names[0]} - {names[1]}) * ...", f"d{d} = 2 * ({kept}) * ..."),
    )
