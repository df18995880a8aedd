"""Whether the numbers of a graph are still those that its operations give."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import isclose, isnan
from typing import Any

from ...errors import AutogradError
from ...value import Value

_ROUNDING = 1e-9  # of what is computed in another way than it was


def stale(things: Sequence[Any], numbers: Sequence[float], names: Sequence[str]) -> list[str]:
    """Say which number is the first that its operation does not give, as one below it was changed since."""
    known: Mapping[int, float] = {id(thing): number for thing, number in zip(things, numbers)}
    for thing, number, name in zip(things, numbers, names):
        if isinstance(thing, Value) and thing.primitive is not None and thing.parents:
            operands = [known.get(id(x), x.data if isinstance(x, Value) else x) for x in thing.parents]
            if not _gives(thing.primitive, operands, number):
                return [
                    f"{name} was computed before a number below it was changed: the numbers are those of "
                    "then until a drag or an update computes them anew."
                ]
    return []


def _gives(primitive: Any, operands: Sequence[Any], number: float) -> bool:
    with suppress(ArithmeticError, ValueError, TypeError, AutogradError):
        floats = [*map(float, operands)]
        found = primitive.evaluate(*floats)
        room = _ROUNDING * max(1.0, *(x * x for x in floats))  # for sums of products that cancel
        return isclose(found, number, rel_tol=_ROUNDING, abs_tol=room) or isnan(found) or isnan(number)
    return True
