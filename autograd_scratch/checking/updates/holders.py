"""Parameters that objects of a person hold, with their gradients beside them: layers, tensors, networks.

Their numbers are found under the names that they have there: `data` and `grad` of a tensor, `W` and `dW` of
a layer, the same key in `params` and `grads`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ...arrays.containers import extent
from ...errors import DataError
from ...ieee import describe
from ...replicas import holdings
from ..precision import is_single
from .blocks import Numbers, checked, like, read, zeros
from .memory import Memories
from .pairing import alone_in, are_handed, gradients_for, pairs_in, rows_in
from .person import Begun, Person
from .roles import Role, role_of
from .ways import Way


class Holders:
    """The parameters in objects, by name, with what they start at.

    Their gradients stand beside them, or are `handed` in arguments of a step that are called after them.
    """

    is_named = False

    def __init__(self, at: Any, names: Sequence[str] = (), handed: Sequence[str] = ()) -> None:
        self.at = at
        numbers = holdings(at, whole=False)
        found = pairs_in(numbers) or rows_in(numbers)
        self.is_beside = bool(found) or not are_handed(numbers, handed)
        found = found if self.is_beside else alone_in(numbers)
        self.held = {name: pair for name, pair in found.items() if not names or name in names}
        if not self.held:
            raise DataError(
                f"compare_update found no parameters with gradients in {describe(at)}: they are to stand "
                "side by side, as p.data and p.grad, layer.W and layer.dW, or params['W'] and grads['W']; "
                "otherwise write at={'W': W}, and a step that is handed gradients, as def step(W, dW): ..."
            )
        trees = {name: pair.value.value for name, pair in self.held.items()}
        self.starts = {name: read(tree, name) for name, tree in trees.items()}
        self.shapes = {name: extent(tree) for name, tree in trees.items()}
        self.is_single = is_single([*trees.values()])

    def arrays(self, numbers: Numbers) -> dict[str, Any]:
        """Return other numbers in the form of each parameter."""
        return {name: like(pair.value.value, numbers[name]) for name, pair in self.held.items()}

    def whole(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters by their names."""
        return dict(arrays)

    def parts(self, whole: Any) -> dict[str, Any] | None:
        """Return the parameters in a dict; None if it has not all of them."""
        has_all = isinstance(whole, Mapping) and {*self.held} <= {*whole}
        return {name: whole[name] for name in self.held} if has_all else None


class HeldCall:
    """A step that changes objects which hold their parameters and gradients."""

    returns_moves = is_stale = False
    sign = 0

    def __init__(self, person: Person, holders: Holders, way: Way, state: Any = None) -> None:
        self._person, self._holders = person, holders
        self._begun = Begun(person)
        self._memories = Memories(person, way, self._begun.replica, state)
        self._begun.replica.of(holders.at)
        self.points: dict[str, Sequence[float]] = {}
        self.told = f"{person.name}({', '.join(person.roles)})"

    def start(self) -> None:
        """Begin anew."""
        self._kept: dict[str, Any] = {}
        self._begun.anew(self._begun.replica.of(self._holders.at))

    def take(self, t: int, gradients: Numbers) -> dict[str, Sequence[float]]:
        """Make a step, and return the parameters after it."""
        replica = self._begun.replica
        for name, gradient in self._holders.arrays(gradients).items():
            for place in self._holders.held[name].places:
                place.put(replica, gradient)
        args: dict[str, Any] = {}
        for name, role in self._person.roles.items() if not self._person.takes_any else ():
            is_guessed = role is Role.GRADIENTS and role_of(name) is None
            if role in (Role.PARAMETERS, Role.LAYER) or is_guessed:
                args[name] = replica.of(self._holders.at)
            elif name in self._kept:
                args[name] = self._kept[name]
            elif role is Role.TIME:
                args[name] = t
            elif role is Role.SETTING:
                args[name] = self._person.given[name]
            elif role in (Role.STATE, Role.BUFFER, Role.SETTINGS):
                args[name] = self._kept[name] = self._memories.at_first(name, self._whole, self._blank)
            elif role is Role.GRADIENTS and self._handed(name, gradients) is not None:
                args[name] = self._handed(name, gradients)
            else:
                raise DataError(
                    f"{self._person.name} takes {name}, and the parameters in at have their gradients "
                    "beside them; write a function of what is in at, as def step(layer): ..."
                )
        self._begun.run(args)
        told = f"step {t} of {self._person.name}"
        return {
            name: checked(name, pair.value.places[0].get(replica), self._holders.shapes[name], told)
            for name, pair in self._holders.held.items()
        }

    def _handed(self, name: str, gradients: Numbers) -> Any:
        if self._holders.is_beside:
            return None
        return gradients_for(name, self._holders.held, self._holders.arrays(gradients))

    def _blank(self) -> list[Any]:
        return [zeros(pair.value.value) for pair in self._holders.held.values()]

    def _whole(self) -> Any:
        return dict(zip(self._holders.held, self._blank()))
