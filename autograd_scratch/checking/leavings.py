"""Where the gradients are that a backward pass gives or leaves: in results, attributes, variables.

What it returns by name counts first, then what it leaves in objects under a name such as dW1, or in their
`grads`; and last what its own variables are called.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import FrameType
from typing import Any

from ..arrays.containers import is_array
from ..errors import DataError
from ..replicas import Holding
from ..wording import is_users
from .calls import alone
from .paths import Path, Ways, leaves

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Gradients:
    """Gradients by the arrays that are held.

    `known` has these, and others that are not asked for, and `whole` those of whole numbers.
    """

    def __init__(
        self,
        held: Mapping[str, Holding],
        known: Mapping[str, Holding],
        whole: Mapping[str, Holding],
        notes: list[str],
    ) -> None:
        self._held, self._notes = held, notes
        self._whole = Ways({name: each.paths for name, each in whole.items()})
        self._ways = Ways({name: [(name,), *each.paths] for name, each in known.items()})

    def found(self, result: Any, frames: "Frames", left: Mapping[str, Holding], backward: str) -> Any:
        """Return the gradients among what a backward function gives, leaves, or has in its variables."""
        if alone(result) is not result:
            result = result[1] if len(result) == 2 else result[1:]
        if isinstance(result, Mapping) and result:
            return self.by_way(result)
        if result is not None:
            named = self.by_way(frames.names(result))
            if isinstance(named, Mapping) and named and named.keys() <= self._held.keys():
                return named
        kept = self._named((path, holding.value) for holding in left.values() for path in holding.paths)
        if kept:
            return kept
        if isinstance(result, (tuple, list)):
            return self.by_way(result)
        variables = self._named(((name,), part) for name, part in frames.variables.items())
        if variables:
            self._notes.append(
                f"{backward} neither returns nor keeps gradients by name; its variables that are called "
                f"so, of {', '.join(variables)}, are taken for them."
            )
            return variables
        if result is not None:
            return result
        raise DataError(
            f"{backward} returns nothing, and leaves nothing that is called like the gradient of an array "
            "that the loss holds, as self.dW1 is for self.W1, or grads['W1']; return the gradients by "
            "name, as {'W1': dW1}, or, where it updates at once, give (before - after) / lr"
        )

    def by_way(self, hand: Any) -> Any:
        """Return gradients by the arrays that they are of, if the ways to all tell; else as given."""
        if not isinstance(hand, (Mapping, list)):
            return hand
        named: dict[str, Any] = {}
        for path, part in leaves(hand):
            name = self._ways.to(path, is_gradient=False)
            if name is None:
                self._note_whole(path)
            if name is None or name in named:
                return hand
            named[name] = part
        return {name: part for name, part in named.items() if name in self._held} or hand

    def _named(self, found: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
        """Return, by the arrays that they are of, what is called like their gradients."""
        named: dict[str, dict[int, Any]] = {}
        for path, part in found:
            name = self._ways.to(path, is_gradient=True)
            if name is None:
                self._note_whole(path)
            elif name in self._held:
                named.setdefault(name, {}).setdefault(id(part), part)
        return {name: self._of_all_uses(name, [*parts.values()]) for name, parts in named.items()}

    def _note_whole(self, path: Path) -> None:
        """Note that a gradient is of an array that has none: of whole numbers."""
        name = self._whole.to(path, is_gradient=True)
        note = (
            f"{name} is an array of whole numbers, and so none to differentiate by: its gradient is left "
            f"out. Write {name}.astype(float)"
        )
        if name is not None and note not in self._notes:
            self._notes.append(note)

    def _of_all_uses(self, name: str, parts: Sequence[Any]) -> Any:
        """Return the gradient of an array; if several layers have it, the sum of those that they have."""
        owners = {path[:-1] for path in self._held[name].paths}
        alike = all(map(is_array, parts)) and len({getattr(part, "shape", None) for part in parts}) == 1
        if not alike or not 1 < len(parts) <= len(owners):
            return parts[0]
        self._notes.append(
            f"The gradient of {name} is the sum of {len(parts)}, one for each place that has it."
        )
        return sum(parts[1:], parts[0])


class Frames:
    """What functions have in their variables when they return."""

    def __init__(self) -> None:
        self._returned: list[tuple[Any, dict[str, Any]]] = []
        self.variables: dict[str, Any] = {}

    def watch(self, frame: FrameType, event: str, result: Any) -> None:
        """Note the variables of a person's function that returns."""
        if event == "return" and is_users(frame):
            self._returned.append((result, dict(frame.f_locals)))
            self.variables.update(frame.f_locals)

    def names(self, result: Any) -> Any:
        """Return results by the variables that they were in, if the function that returned them had such.

        That is what `return dW1, db1` says.
        """
        parts = [*result] if isinstance(result, (tuple, list)) else [result]
        for returned, variables in self._returned:
            if returned is result:
                by_id = {id(part): name for name, part in variables.items()}
                names = [by_id.get(id(part)) for part in parts]
                if None not in names and len({*names}) == len(names):
                    return dict(zip(names, parts))
        return result
