"""Which equations of a trace are computed round by round: those from what rounds carry on to it again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from ...primitives import Primitive
from ..variables import Trace, Variable

Users = Mapping[Variable, Sequence[Variable]]
Groups = Mapping[Variable, frozenset[Variable]]


def cycles(trace: Trace, order: Sequence[Variable], beside: Set[Primitive]) -> tuple[Users, Groups]:
    """Return who uses each Variable, in rounds after too, and for what belongs to a loop all that does.

    What is computed by functions `beside` others belongs to the loop of its first operand.
    """
    users: dict[Variable, list[Variable]] = {}
    for variable in order:
        for parent in operands(trace, variable):
            users.setdefault(parent, []).append(variable)
    groups: dict[Variable, frozenset[Variable]] = {}
    for loop in order:
        if loop in trace.loops and loop not in groups:
            below = _reached(loop, lambda x: operands(trace, x))
            group = frozenset(x for x in _reached(loop, lambda x: users.get(x, ())) if x in below)
            groups.update(dict.fromkeys(group, group))
    for x in order:
        first = x.parents[0] if x.primitive in beside else None
        if first in groups and first not in trace.loops:
            group = groups[first] | {x}
            groups.update(dict.fromkeys(group, group))
    return users, groups


def operands(trace: Trace, variable: Variable) -> Iterator[Variable]:
    """Yield what a Variable is computed from, in earlier rounds too."""
    for parent in dict.fromkeys((*variable.parents, trace.loops.get(variable))):
        if parent.__class__ is Variable:
            yield parent


def _reached(start: Variable, step: Callable[[Variable], Iterable[Variable]]) -> dict[Variable, None]:
    """Return what can be reached, with the start if that can."""
    found: dict[Variable, None] = {}
    pending = [start]
    while pending:
        for each in step(pending.pop()):
            if each not in found:
                found[each] = None
                pending.append(each)
    return found
