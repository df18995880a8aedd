"""Which gradient is of which block: hand-written gradients as they come, and the blocks by name.

They come in dicts by names like dW1, nested as the arrays are or not; in lists and tuples in the order of
the arrays; as one array, or one vector of all numbers; and with the loss beside them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import prod
from typing import Any, NamedTuple

from ..arrays.containers import blocks, extent, is_array, shape_of
from ..errors import DataError, UnknownNameError
from ..ieee import describe
from ..wording import shown
from .naming import Names
from .parts import Part

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Given(NamedTuple):
    """A gradient as it was given, and where; a piece of one vector of all has the shape of its block."""

    place: str
    tree: Any
    is_piece: bool = False


@dataclass
class Matched:
    """Gradients by block; what is of no block, by its key; the loss that came with them; what to say."""

    gradients: dict[str, Given] = field(default_factory=dict)
    others: dict[str, Given] = field(default_factory=dict)
    loss: Any = None
    notes: list[str] = field(default_factory=list)


Assigned = list[tuple[Given, Part]]


def matched(hand: Any, root: Part) -> Matched:
    """Return hand-written gradients by the blocks that they are of.

    A name that is that of a block as it stands counts for more than one with something before or after it.
    Two gradients for one block, and a name that several blocks have, are an UnknownNameError; what has
    neither names nor an order is a DataError.
    """
    found = Matched()
    _Matching(found).take(Given("hand", hand), root)
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
            assigned = self._in_a_row(given, scope) if given.tree is not None else None
            if assigned is None:
                names = ", ".join(block.name for block in scope.blocks())
                raise DataError(
                    f"{given.place} has the gradients by name, as {{'W1': dW1, 'b1': db1}}, or all of "
                    f"{names} in this order; or hand is a function that is called as backward(**at) and "
                    f"returns them so; not {describe(given.tree)}"
                )
            for each, part in assigned:
                self.take(each, part)

    def _take_one(self, given: Given, block: Part) -> None:
        first = self._found.gradients.setdefault(block.name, given)
        if first is not given:
            raise UnknownNameError(
                f"hand has two gradients for {block.name}, {first.place} and {given.place}; leave one of "
                "them out"
            )

    def _take_named(self, given: Given, scope: Part) -> None:
        """Take gradients by name: exact names first, and what is only like one last."""
        names, left = Names(scope), dict(_listed(given))
        for part_of in (names.exact, names.of_gradient):
            for key in [*left]:
                part = part_of(key)
                if part is not None:
                    self.take(left.pop(key), part)
        for key in [*left]:
            part = names.alike(key)
            if part is not None and _fits(left[key].tree, part) and not self._has(part):
                self.take(left.pop(key), part)
        for key, part in names.of_numbers(left).items():
            self.take(left.pop(key), part)
        for key, each in left.items():
            parts = names.of_list(key, [inner for inner, _ in _listed(each)])
            if not isinstance(key, str):
                raise DataError(
                    f"the gradients have names, and {describe(key)} is none; write hand={{'W1': dW1}}"
                )
            if parts:
                for (_, inner), part in zip(_listed(each), parts):
                    self.take(inner, part)
            elif isinstance(each.tree, Mapping) and each.tree:
                self._take_named(each, scope)
            else:
                names.refuse_several(key)
                self._found.others[key] = each

    def _has(self, part: Part) -> bool:
        """Say whether a part has a gradient already."""
        return any(block.name in self._found.gradients for block in part.blocks())

    def _in_a_row(self, given: Given, scope: Part) -> Assigned | None:
        """Return gradients without names with what they are of, the likeliest reading first."""
        for reading in (
            _in_order,
            _whole,
            _cut,
            self._first_ones,
            self._beside_the_loss,
            self._by_shape,
            _of_other_shapes,
        ):
            assigned = reading(given, scope)
            if assigned is not None:
                return assigned
        return None

    def _beside_the_loss(self, given: Given, scope: Part) -> Assigned | None:
        """Return the gradients of (loss, gradients), or of these in the other order."""
        each = [inner for _, inner in _listed(given)]
        named = [inner for inner in each if isinstance(inner.tree, Mapping)]
        if len(named) == 1 and len(each) > 1:
            numbers = [inner.tree for inner in each if _is_number(inner.tree)]
            self._found.loss = numbers[0] if numbers else None
            return [(named[0], scope)]
        for loss, rest in ((each[:1], each[1:]), (each[-1:], each[:-1])):
            if rest and _is_number(loss[0].tree):
                gradients = rest[0] if len(rest) == 1 else Given(given.place, [g.tree for g in rest])
                if isinstance(gradients.tree, Mapping) or self._in_a_row(gradients, scope) is not None:
                    self._found.loss = loss[0].tree
                    return [(gradients, scope)]
        return None

    def _first_ones(self, given: Given, scope: Part) -> Assigned | None:
        """Return the gradients of the first blocks, where they have the shapes of these."""
        each = [inner for _, inner in _listed(given)]
        first = scope.blocks()[: len(each)]
        if len(each) < 2 or len(each) > len(first):
            return None
        if not all(_has_shape(inner.tree, part) for inner, part in zip(each, first)):
            return None
        return self._told(each, first)

    def _by_shape(self, given: Given, scope: Part) -> Assigned | None:
        """Return gradients with the only blocks of their shapes."""
        each = [inner for _, inner in _listed(given)] or [given]
        if any(_is_number(inner.tree) or isinstance(inner.tree, Mapping) for inner in each):
            return None
        for order in _orders(scope):
            found = [[part for part in order if _has_shape(inner.tree, part)] for inner in each]
            if all(len(parts) == 1 for parts in found) and len({p[0].name for p in found}) == len(found):
                return self._told(each, [parts[0] for parts in found])
        return None

    def _told(self, each: Sequence[Given], parts: Sequence[Part]) -> Assigned:
        """Return gradients with their blocks, and note that no name told which these are."""
        names = ", ".join(part.name for part in parts)
        note = f"The gradients without names are taken for those of {names}, whose shapes they have."
        if note not in self._found.notes:
            self._found.notes.append(note)
        return [*zip(each, parts)]


def _in_order(given: Given, scope: Part) -> Assigned | None:
    """Return gradients in the order of the parts, or of the blocks in these."""
    each = [inner for _, inner in _listed(given)]
    for order in _orders(scope):
        if len(order) == len(each) and all(_fits(g.tree, part) for g, part in zip(each, order)):
            return [*zip(each, order)]
    return None


def _whole(given: Given, scope: Part) -> Assigned | None:
    """Return the gradient of the only block."""
    (block, *others) = scope.blocks()
    return [(given, block)] if not others and _fits(given.tree, block) else None


def _cut(given: Given, scope: Part) -> Assigned | None:
    """Return the pieces of one vector of all numbers."""
    vector = _vector(given.tree)
    for scope_blocks in (scope.blocks(), *(part.blocks() for part in _only_container(scope))):
        ends = [*accumulate((_count(block.tree) for block in scope_blocks), initial=0)]
        if vector is not None and len(vector) in ends[2:]:
            pieces = [vector[start:end] for start, end in pairwise(ends) if end <= len(vector)]
            return [
                (Given(given.place, piece, is_piece=True), block)
                for piece, block in zip(pieces, scope_blocks)
            ]
    return None


def _of_other_shapes(given: Given, scope: Part) -> Assigned | None:
    """Return as many gradients as there are parts, or the gradient of the only block, of whatever shape."""
    each = [inner for _, inner in _listed(given)]
    if len(scope.blocks()) == 1:
        return [(given, scope.blocks()[0])]
    if all(_is_number(inner.tree) for inner in each):
        return None
    return next(([*zip(each, order)] for order in _orders(scope) if len(order) == len(each)), None)


def _orders(scope: Part) -> Iterator[Sequence[Part]]:
    """Yield the parts, and the blocks, that gradients in a row may be of."""
    for part in (scope, *_only_container(scope)):
        yield part.parts
        yield part.blocks()


def _only_container(scope: Part) -> list[Part]:
    """Return the part of a part that has parts itself, if there is one such."""
    found = [part for part in scope.parts if part.parts]
    return found if len(found) == 1 else []


def _listed(given: Given) -> list[tuple[Any, Given]]:
    """Return what is in a dict, or in a row, by key; nothing of an array of numbers, or of a number."""
    tree = given.tree
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(tree, Mapping):
        inside = tree.items()
    elif isinstance(tree, (list, tuple)) or (is_array(tree) and tree.dtype == object and tree.ndim == 1):
        inside = enumerate(tree)
    return [(key, Given(f"{given.place}[{shown(key)}]", each)) for key, each in inside]


def _fits(tree: Any, part: Part) -> bool:
    """Say whether something may be the gradient of a part: it has as many numbers, or parts."""
    if not part.parts:
        return not isinstance(tree, Mapping) and _count(tree) == _count(part.tree)
    if isinstance(tree, Mapping):
        return True
    given = Given("", tree)
    return _in_order(given, part) is not None or _cut(given, part) is not None


def _has_shape(tree: Any, part: Part) -> bool:
    """Say whether something has the shapes of a part."""
    if isinstance(tree, Mapping) or not part.parts:
        return not isinstance(tree, Mapping) and extent(tree) == extent(part.tree)
    each = [inner.tree for _, inner in _listed(Given("", tree))]
    return len(each) == len(part.parts) and all(map(_has_shape, each, part.parts))


def _vector(tree: Any) -> Any:
    """Return the numbers of an array that has no two long axes, or of a list of numbers; None of others."""
    if is_array(tree):
        return tree.ravel() if max(tree.shape) == tree.size else None
    return tree if isinstance(tree, (list, tuple)) and all(map(_is_number, tree)) else None


def _is_number(tree: Any) -> bool:
    """Say whether something is one number, in an array or not."""
    return not isinstance(tree, (Mapping, str, bytes)) and _count(tree) == 1


def _count(tree: Any) -> int:
    """Return how many numbers there are in nested lists and arrays."""
    return sum(prod(shape_of(block)) for _, block in blocks(tree))
