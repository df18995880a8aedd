"""Which of the arrays that a loss holds are meant by `at`: by name, all of a name, or given themselves."""

from collections.abc import Mapping
from typing import Any

from ..errors import DataError, look_up
from ..ieee import describe
from ..replicas import Holding
from ..wording import shown
from .paths import leaves

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Told:
    """The arrays that `at` tells of: `at` by their names, `held` with the places where they stand.

    `rows` are the names in the order of `at`, one row for each entry of it: W may be that of every layer,
    and weights a list of arrays. Without `at` there are none, and all that is held is known.
    """

    def __init__(self, at: Any, held: Mapping[str, Holding]) -> None:
        self.held = dict(held)
        self.at: dict[str, Any] = {}
        self.rows: list[list[str]] = []
        if at is None:
            return
        if isinstance(at, Mapping):
            for name, given in at.items():
                self._add_arrays(str(name), given)
        else:
            for name in [at] if isinstance(at, str) else at:
                self._add_names(name)
        self.held = {name: self.held[name] for name in self.at}

    def in_order(self, hand: Any) -> Any:
        """Return gradients in the order of `at` by name; anything else as it is."""
        if not isinstance(hand, (tuple, list)) or len(hand) != len(self.rows):
            return hand
        named: dict[str, Any] = {}
        for names, part in zip(self.rows, hand):
            if len(names) == 1:
                named[names[0]] = part
            elif isinstance(part, (tuple, list)) and len(part) == len(names):
                named |= dict(zip(names, part))
            else:
                return hand
        return named

    def _add_names(self, name: Any) -> None:
        """Add what a name stands for: one array, those in a list or dict, or all that are called so."""
        if not isinstance(name, str):
            raise DataError(f"at names the arrays, as at=['W1', 'b1'], and {describe(name)} is no name")
        name = name.removeprefix("self.")
        inside = [each for each in self.held if each.startswith((f"{name}[", f"{name}."))]
        called = [each for each, holding in self.held.items() if holding.is_called(name)]
        found = [name] if name in self.held else inside or called
        if not found:
            look_up(name, self.held, "array that the loss holds")
        self.rows.append(found)
        self.at |= {each: self.held[each].value for each in found}

    def _add_arrays(self, name: str, given: Any) -> None:
        """Add arrays that are given themselves, under the name that they are given."""
        row = []
        for path, array in leaves(given):
            own = name + "".join(f"[{shown(key)}]" for key in path)
            self.held[own] = self._holding_of(own, array)
            self.at[own] = array
            row.append(own)
        self.rows.append(row)

    def _holding_of(self, name: str, array: Any) -> Holding:
        """Return where an array stands: itself, or what is called so."""
        for holding in self.held.values():
            if holding.value is array:
                return holding
        called = [holding for holding in self.held.values() if holding.is_called(name)]
        return called[0] if len(called) == 1 else look_up(name, self.held, "array that the loss holds")
