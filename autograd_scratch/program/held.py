"""Arrays that a function or its object holds, as arguments of a Program: `wrt=["W1", "b1"]` of `net.loss`.

>>> import numpy as np
>>> class Net:
...     def __init__(self):
...         self.w = np.array([0.5, -1.0])
...     def loss(self, x):
...         return np.sum(self.w * x) ** 2
>>> from autograd_scratch import derive
>>> derive(Net().loss, wrt=["w"], inputs=[[1.0, 2.0]])([0.5, -1.0], [1.0, 2.0])
(2.25, (array([-3., -6.]),))
"""

from collections.abc import Callable, Mapping
from functools import wraps
from itertools import combinations
from typing import Any

from ..errors import ProgramError
from ..replicas import Holding, Stage, holdings

FEW = 12  # names in an error


class Held:
    """What is asked for by names that are no arguments, and is held by these."""

    def __init__(self, function: Any, wrt: Any, arguments: Mapping[str, Any]) -> None:
        asked = [wrt] if isinstance(wrt, str) else wrt if isinstance(wrt, (list, tuple)) else []
        names = [name for name in asked if isinstance(name, str) and name not in arguments]
        known = holdings(function) if names else {}
        found = {name: _called(name.removeprefix("self."), known) for name in names}
        self._holdings: dict[str, Holding] = {name: held for name, held in found.items() if held}
        for one, other in combinations(self._holdings, 2):
            if self._holdings[one] is self._holdings[other]:
                raise ProgramError(f"{one} and {other} are one array: ask for one of the two")
        self.known = list(known)

    @property
    def numbers(self) -> dict[str, Any]:
        """The arrays by their names."""
        return {name: holding.value for name, holding in self._holdings.items()}

    def told(self) -> str:
        """Say in an error which names there are."""
        more = ", ..." if len(self.known) > FEW else ""
        return f"; it holds {', '.join(self.known[:FEW])}{more}" if self.known else ""

    def staged(
        self, stage: Stage, function: Callable[..., Any], values: Mapping[str, Any]
    ) -> Callable[..., Any]:
        """Return a function as one that runs in its copy, which holds Values."""
        if not self._holdings:
            return stage.staged(function)

        def once(*args: Any, **kwargs: Any) -> Any:
            copy = stage.of(function)
            for name, holding in self._holdings.items():
                holding.put(stage.replica, values[name])
            return copy(*args, **kwargs)

        @wraps(function)
        def staged(*args: Any, **kwargs: Any) -> Any:
            return stage.run(lambda: once(*args, **kwargs))

        return staged


def _called(name: str, known: Mapping[str, Holding]) -> Holding | None:
    """Return what is held under a name, or, if it is one alone, in a dict or object under this key."""
    if name in known:
        return known[name]
    found = [holding for holding in known.values() if holding.is_called(name)]
    return found[0] if len(found) == 1 else None
