"""Equations computed one by one, as far as they are asked for: of a `where` the chosen arm alone.

That is how a Program runs on Values and on other number types, where its compiled code does not serve.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..primitives import Primitive
from ..primitives.piecewise import select
from .equations import Equation, Index

Apply = Callable[[Primitive, Sequence[Any]], Any]


def demanded(
    equations: Sequence[Equation],
    results: Iterable[Index],
    given: Mapping[int, Any],
    apply: Apply,
    constant: Callable[[float], Any],
) -> list[Any]:
    """Return the results, where `apply` computes a primitive, `constant` makes a number of a float."""
    known = dict(given)

    def at(index: Index) -> Any:
        return known[index] if isinstance(index, int) else constant(index)

    def is_known(index: Index) -> bool:
        return not isinstance(index, int) or index in known

    wanted = list(results)
    pending = [index for index in reversed(wanted) if isinstance(index, int)]
    while pending:
        i = pending[-1]
        if i in known:
            pending.pop()
            continue
        primitive, operands, *_ = equations[i]
        needed = operands
        if primitive is select:
            condition, chosen, otherwise = operands
            if is_known(condition):
                needed = (chosen if at(condition) != 0.0 else otherwise,)
            else:
                needed = (condition,)
        missing = [index for index in needed if isinstance(index, int) and index not in known]
        if missing:
            pending += missing
        elif primitive is select:
            known[i] = at(needed[0])
        elif primitive is not None:
            known[i] = apply(primitive, [at(index) for index in operands])
    return [at(index) for index in wanted]
