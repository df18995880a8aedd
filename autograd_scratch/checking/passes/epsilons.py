"""Small constants that guard a logarithm, a root or a division, as the 1e-7 in `np.log(y + 1e-7)`.

People often derive the gradient of the loss without them, which differs in the seventh digit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ...wording import Line, number, place
from .forward import Edges, Forward

_MOST = 1e-3  # that is a guard, and no number of the model
_SMALL = 0.01  # of what it is added to, at most, wherever that has an influence
_GUARDED = ("log", "log2", "log10", "sqrt", "reciprocal")


class Epsilon(NamedTuple):
    """A constant, the line that adds it, and the nodes there, with what they are without it."""

    constant: float
    line: Line | None
    without: Mapping[int, float]

    def __str__(self) -> str:
        where = f" that {place(self.line.file, self.line.number)} adds" if self.line else ""
        return f"the {number(self.constant)}{where}"


def epsilons(forward: Forward) -> list[Epsilon]:
    """Return the small constants of a forward pass."""
    found: dict[tuple[float, Line | None], dict[int, float]] = defaultdict(dict)
    for step in forward.steps.all:
        if step.primitive == "add":
            for i, constant, rest in _sums(forward, step.alive):
                found[constant, step.line][i] = rest
    return [
        Epsilon(constant, line, without)
        for (constant, line), without in found.items()
        if all(abs(constant) <= _SMALL * abs(rest) for rest in without.values())
    ]


def edits_without(forward: Forward, left_out: Iterable[Epsilon]) -> dict[int, Edges]:
    """Return the edges of the forward pass as they are without some constants."""
    changes: dict[int, float] = {}
    for epsilon in left_out:
        changes |= epsilon.without
    return forward.replayed(changes)


def _sums(forward: Forward, nodes: Iterable[int]) -> Iterator[tuple[int, float, float]]:
    """Yield nodes that are a number and a small constant, and have an influence; with both."""
    for i in nodes:
        constants = [x for x in forward.nodes[i].parents if x.__class__ is float]
        is_small = len(constants) == 1 and 0.0 < constants[0] <= _MOST
        if is_small and forward.adjoints[i] and _guards(forward, i):
            (x,) = (x for x in forward.nodes[i].parents if x.__class__ is not float)
            yield i, constants[0], x._data


def _guards(forward: Forward, i: int) -> bool:
    """Say whether a node is divided by, or a logarithm or a power is taken of it."""
    for user in forward.consumers[i]:
        name, _, exponent = forward.name_of(user).removesuffix("]").partition("[")
        if name == "div":
            divisor = forward.nodes[user].parents[1]
            if divisor.__class__ is not float and forward.numbers[divisor] == i:
                return True
        elif name in _GUARDED or (name == "power" and float(exponent) < 1.0):
            return True
    return False
