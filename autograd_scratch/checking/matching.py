"""Which gradient is of which block: hand-written gradients as they come, and the blocks by name.

They come in dicts by names like dW1, nested as the arrays are or not; in lists and tuples in the order of
the arrays; as one array, or one vector of all numbers; and with the loss beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import DataError, UnknownNameError
from ..ieee import describe
from .names import plain
from .naming import Names
from .parts import Part
from .rows import Given, fits, given_at, reading_of

__tracebackhide__ = True  # pytest shows the lines of people, not these

_ALL = ("grad", "grads", "gradient", "gradients")  # what is called so is of all blocks


@dataclass
class Matched:
    """Gradients by block; what is of no block, by its key; the loss that came with them; what to say."""

    gradients: dict[str, Given] = field(default_factory=dict)
    others: dict[str, Given] = field(default_factory=dict)
    loss: Any = None
    notes: list[str] = field(default_factory=list)


def matched(hand: Any, root: Part) -> Matched:
    """Return hand-written gradients by the blocks that they are of.

    A name that is that of a block as it stands counts for more than one with something before or after it.
    Two gradients for one block, and a name that several blocks have, are an UnknownNameError; what has
    neither names nor an order is a DataError.
    """
    found = Matched()
    _Matching(found).take(given_at("hand", hand), root)
    return found


class _Matching:
    """Gradients on the way to their blocks."""

    def __init__(self, found: Matched) -> None:
        self._found = found

    def take(self, given: Given, scope: Part) -> None:
        """Take the gradients of all blocks in a part, or of some."""
        if not scope.parts:
            self._take_one(given, scope)
        elif isinstance(given.tree, Mapping):
            self._take_named(given, scope)
        else:
            self._take_row(given, scope)

    def _take_row(self, given: Given, scope: Part) -> None:
        """Take gradients without names."""
        reading = reading_of(given, scope)
        if reading is None:
            names = ", ".join(block.name for block in scope.blocks())
            raise DataError(
                f"{given.place} has the gradients by name, as {{'W1': dW1, 'b1': db1}}, or all of "
                f"{names} in this order; or hand is a function that is called as backward(**at) and "
                f"returns them so; not {describe(given.tree)}"
            )
        for each, part in reading.pairs:
            self.take(each, part)
        self._found.loss = self._found.loss if reading.loss is None else reading.loss
        if reading.is_by_shape:
            names = ", ".join(part.name for _, part in reading.pairs)
            self._found.notes.append(
                f"The gradients without names are taken for those of {names}, whose shapes they have."
            )
        if reading.left:
            places = ", ".join(each.place for each in reading.left)
            self._found.notes.append(f"What is in {places} is left out: there is no array that it is of.")

    def _take_one(self, given: Given, block: Part) -> None:
        first = self._found.gradients.setdefault(block.name, given)
        if first is not given:
            raise UnknownNameError(
                f"hand has two gradients for {block.name}, {first.place} and {given.place}; leave one of "
                "them out"
            )

    def _take_named(self, given: Given, scope: Part) -> None:
        """Take gradients by name: exact names first, and what is only like one last."""
        names, left = Names(scope), dict(given.listed())
        for part_of in (names.exact, names.of_gradient):
            for key in [*left]:
                part = part_of(key)
                if part is not None:
                    self.take(left.pop(key), part)
        for key in [*left]:
            part = names.alike(key)
            if part is not None and fits(left[key].tree, part) and not self._has(part):
                self.take(left.pop(key), part)
        for key, part in names.of_numbers(left).items():
            self.take(left.pop(key), part)
        for key, each in left.items():
            parts = names.of_list(key, [inner for inner, _ in each.listed()])
            if not isinstance(key, str):
                raise DataError(
                    f"the gradients have names, and {describe(key)} is none; write hand={{'W1': dW1}}"
                )
            if parts:
                for inner, part in zip(each.each(), parts):
                    self.take(inner, part)
            elif isinstance(each.tree, Mapping) and each.tree:
                self._take_named(each, scope)
            elif plain(key) in _ALL and fits(each.tree, scope):
                self.take(each, scope)
            else:
                names.refuse_several(key)
                self._found.others[key] = each

    def _has(self, part: Part) -> bool:
        """Say whether a part has a gradient already."""
        return any(block.name in self._found.gradients for block in part.blocks())
