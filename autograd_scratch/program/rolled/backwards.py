"""How adjoints go back through the rounds of a loop: they are carried in the other direction.

What a round makes has two users, the rest of the program and the round after. The adjoint that comes from
the latter is not there yet when that of the former is written: it is carried, and closed when the adjoint
of what the rounds find is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ... import graph
from ...guards import Adjoint
from ..variables import Trace, Variable
from .carried import begun, close
from .structure import taken


class After:
    """The round after, as a user of what a round makes."""

    def __init__(self, made: Any) -> None:
        self.parents = (made,)


class Instead(NamedTuple):
    """The partial of what rounds carry on by its start: the adjoint is what is carried back to there."""

    number: Any


class BackInTime:
    """The loops among some Variables, in an order in which these can be computed."""

    def __init__(self, trace: Trace, order: Sequence[Variable], wrt: Iterable[Variable]) -> None:
        self._trace = trace
        self.path = self._above(order, wrt)
        self._after: dict[Variable, After] = {
            loop: After(trace.loops[loop]) for loop in order if loop in trace.loops and loop in self.path
        }
        users: dict[Any, list[Any]] = {}
        for after in self._after.values():
            users.setdefault(after.parents[0], []).append(after)
        self.order: list[Any] = [
            each for variable in order for each in (variable, *users.get(variable, ()))
        ]
        self._back: dict[Variable, Variable] = {}

    def _above(self, order: Sequence[Any], wrt: Iterable[Any]) -> set[Any]:
        """Return what depends on some Variables, by earlier rounds too."""
        path = graph.above(wrt, order)
        while True:
            found = {loop for loop in order if self._trace.loops.get(loop) in path} - path
            if not found:
                return path
            path = graph.above(path | found, order)

    def cotangents(self, kind: type[Adjoint]) -> dict[Any, Adjoint]:
        """Return the adjoints that come from the rounds after."""
        found: dict[Any, Adjoint] = {}
        for loop, after in self._after.items():
            primitive: Any = loop.primitive
            self._trace.place = (True, loop.place[1])
            turned: Any = begun(
                self._trace, 0.0, primitive.count, primitive.shape, not primitive.is_reversed
            )
            turned.name = after.parents[0].name and f"d{after.parents[0].name}_next"
            self._back[loop] = turned
            found[after] = kind(taken(turned.primitive.found, turned))
        return found

    def close(self, adjoints: Mapping[Any, Adjoint]) -> None:
        """Close what is carried back, given all adjoints."""
        for loop, back in self._back.items():
            primitive: Any = loop.primitive
            self._trace.place = back.place
            adjoint = adjoints.get(loop)
            number = 0.0 if adjoint is None else adjoint.outside()
            close(back, taken(primitive.found, number))

    def rule(self, partials: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], tuple[Any, ...]]:
        """Return a rule of partials for what is carried, too."""

        def found(node: Any) -> tuple[Any, ...]:
            if node.__class__ is After:
                return (1.0,)
            if node in self._back:
                return (Instead(taken(node.primitive.first, self._back[node])),)
            return partials(node)

        return found
