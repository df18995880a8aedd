"""What a primitive of many terms writes of arrays: its formula, and its partials along the terms."""

from collections.abc import Callable, Sequence
from typing import Any

from ..operands import Operand
from ..variables import Trace, Variable
from .structure import Along
from .terms import Roller

Rule = Callable[[Trace, Sequence[Any]], Sequence[Any]]


def rolled(trace: Trace, primitive: Along, operands: Sequence[Operand], write: Rule) -> Operand:
    """Return the array that a rule writes of all terms as one result."""
    roller = Roller(trace, operands, primitive.terms)
    return roller.one(*write(roller.scratch, roller.symbols))


def rolled_partials(
    trace: Trace, primitive: Along, out: Variable, operands: Sequence[Operand]
) -> list[Any]:
    """Return the partial of a primitive of many terms by each operand, along the axis of its terms."""
    roller = Roller(trace, operands, primitive.terms)
    partials = list(primitive.inner.partials(roller.one_more(out), *roller.symbols))
    found: list[Any] = []
    for count in primitive.terms:
        own, partials = partials[: count or 1], partials[count or 1 :]
        found.append(roller.together(own) if count else roller.one(own[0]))
    return found
