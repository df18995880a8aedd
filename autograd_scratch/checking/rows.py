"""Gradients without names: which is of which block, by their order, their counts and their shapes.

There are several readings of a list, a tuple or an array. The first one that fits is taken.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from itertools import accumulate, pairwise
from math import prod
from typing import Any, NamedTuple

from ..arrays.containers import blocks, extent, is_array, shape_of
from ..wording import shown
from .naming import Names
from .parts import Part


class Given(NamedTuple):
    """A gradient as it was given, and where; a piece of one vector of all has the shape of its block."""

    place: str
    tree: Any
    is_piece: bool = False
    row: "tuple[Given, ...]" = ()  # what it was put together of

    def listed(self) -> "list[tuple[Any, Given]]":
        """Return what is in a dict, or in a row, by key; nothing of an array of numbers, or of a number."""
        tree = self.tree
        if self.row:
            return [*enumerate(self.row)]
        if isinstance(tree, Mapping):
            inside = [*tree.items()]
        else:
            is_row = is_array(tree) and tree.dtype == object and tree.ndim == 1
            inside = [*enumerate(tree)] if is_row or isinstance(tree, (list, tuple)) else []
        return [(key, given_at(f"{self.place}[{shown(key)}]", each)) for key, each in inside]

    def each(self) -> "list[Given]":
        """Return what is in a row, or in a dict."""
        return [inner for _, inner in self.listed()]


def given_at(place: str, tree: Any) -> Given:
    """Return a gradient as given: of views and iterators a list, of a matrix the array."""
    if isinstance(tree, (Iterator, ValuesView)):
        return Given(place, [*tree])
    numpy = sys.modules.get("numpy")
    is_matrix = numpy is not None and isinstance(tree, numpy.matrix)
    return Given(place, tree.A if is_matrix else tree)


class Reading(NamedTuple):
    """Gradients with what they are of; the loss beside them; what is left; whether shapes alone told it."""

    pairs: Sequence[tuple[Given, Part]]
    loss: Any = None
    left: Sequence[Given] = ()
    is_by_shape: bool = False


def reading_of(given: Given, scope: Part) -> Reading | None:
    """Return the likeliest reading of gradients without names; None if there is none."""
    found = (read(given, scope) for read in _READINGS if given.tree is not None)
    return next((reading for reading in found if reading is not None), None)


def fits(tree: Any, part: Part) -> bool:
    """Say whether something may be the gradient of a part: it has as many numbers, or parts."""
    if not part.parts:
        return not isinstance(tree, Mapping) and _count(tree) == _count(part.tree)
    given = Given("", tree)
    return isinstance(tree, Mapping) or any(read(given, part) for read in (_in_order, _whole, _cut))


def _in_order(given: Given, scope: Part) -> Reading | None:
    """Read gradients in the order of the parts, or of the blocks in these."""
    each = given.each()
    for order in _orders(scope):
        if len(order) == len(each) and all(fits(g.tree, part) for g, part in zip(each, order)):
            return Reading([*zip(each, order)])
    return None


def _whole(given: Given, scope: Part) -> Reading | None:
    """Read the gradient of the only block."""
    first, *others = scope.blocks()
    return Reading([(given, first)]) if not others and fits(given.tree, first) else None


def _cut(given: Given, scope: Part) -> Reading | None:
    """Read one vector of all numbers."""
    vector = _vector(given.tree)
    for part in (scope, *_only_container(scope)):
        ends = [*accumulate((_count(block.tree) for block in part.blocks()), initial=0)]
        if vector is not None and len(vector) in ends[2:]:
            pieces = (vector[start:end] for start, end in pairwise(ends) if end <= len(vector))
            return Reading(
                [(Given(given.place, piece, True), block) for piece, block in zip(pieces, part.blocks())]
            )
    return None


def _in_pairs(given: Given, scope: Part) -> Reading | None:
    """Read gradients of layers, each a pair or a dict, where the blocks are in no layers."""
    leaves, each = [*_leaves(given)], given.each()
    if len(leaves) == len(each) and all(leaf.tree is inner.tree for leaf, inner in zip(leaves, each)):
        return None
    row = _row(given, leaves)
    reading = _in_order(row, scope) or _by_shape(row, scope)
    return reading and reading._replace(is_by_shape=True)


def _first_ones(given: Given, scope: Part) -> Reading | None:
    """Read the gradients of the first blocks, by their shapes; what comes after them is left."""
    each, order = given.each(), scope.blocks()
    pairs = [*zip(each, order)]
    if len(pairs) < min(2, len(order)) or not all(_has_shape(g.tree, part) for g, part in pairs):
        return None
    if not any(_count(g.tree) > 1 for g, _ in pairs):
        return None
    return Reading(pairs, left=each[len(pairs) :], is_by_shape=True)


def _beside_the_loss(given: Given, scope: Part) -> Reading | None:
    """Read (loss, gradients), or these in the other order."""
    each, names = given.each(), Names(scope)
    dicts = [inner for inner in each if isinstance(inner.tree, Mapping)]
    named = dicts if len(dicts) == 1 else [g for g in dicts if any(map(names.is_of_part, g.tree))]
    if len(named) == 1 < len(each):
        numbers = [inner for inner in each if _is_number(inner.tree)]
        left = [inner for inner in each if inner not in (named[0], *numbers[:1])]
        return Reading([(named[0], scope)], numbers[0].tree if numbers else None, left)
    for loss, rest in ((each[:1], each[1:]), (each[-1:], each[:-1])):
        if rest and _is_number(loss[0].tree):
            row = rest[0] if len(rest) == 1 else _row(given, rest)
            reading = reading_of(row, scope)
            if reading is not None:
                return reading._replace(loss=loss[0].tree)
    return None


def _by_shape(given: Given, scope: Part) -> Reading | None:
    """Read gradients that have the shape of one block alone."""
    each = given.each() or [given]
    if any(_is_number(inner.tree) for inner in each):
        return None
    for order in _orders(scope):
        found = [[part for part in order if _has_shape(inner.tree, part)] for inner in each]
        pairs = [(inner, part) for inner, parts in zip(each, found) for part in parts]
        names = {part.name for _, part in pairs}
        if pairs and all(len(parts) < 2 for parts in found) and len(names) == len(pairs):
            left = [inner for inner, parts in zip(each, found) if not parts]
            return Reading(pairs, left=left, is_by_shape=True)
    return None


def _of_other_shapes(given: Given, scope: Part) -> Reading | None:
    """Read as many gradients as there are parts, or that of the only block, of whatever shape."""
    each = given.each()
    if len(scope.blocks()) == 1:
        return Reading([(given, scope.blocks()[0])])
    if all(_is_number(inner.tree) for inner in each):
        return None
    return next((Reading([*zip(each, order)]) for order in _orders(scope) if len(order) == len(each)), None)


_READINGS: tuple[Callable[[Given, Part], Reading | None], ...] = (
    _in_order,
    _whole,
    _cut,
    _first_ones,
    _beside_the_loss,
    _in_pairs,
    _by_shape,
    _of_other_shapes,
)


def _orders(scope: Part) -> Iterator[Sequence[Part]]:
    """Yield the parts, and the blocks, that gradients in a row may be of."""
    for part in (scope, *_only_container(scope)):
        yield part.parts
        yield part.blocks()


def _only_container(scope: Part) -> list[Part]:
    """Return the part of a part that has parts itself, if there is one such."""
    found = [part for part in scope.parts if part.parts]
    return found if len(found) == 1 else []


def _leaves(given: Given) -> Iterator[Given]:
    """Yield the arrays, numbers and lists of numbers in nested rows and dicts."""
    for inner in given.each():
        if isinstance(inner.tree, Mapping) or any(is_array(each.tree) for each in inner.each()):
            yield from _leaves(inner)
        else:
            yield inner


def _has_shape(tree: Any, part: Part) -> bool:
    """Say whether something has the shapes of a part."""
    if isinstance(tree, Mapping) or not part.parts:
        return not isinstance(tree, Mapping) and extent(tree) == extent(part.tree)
    each = Given("", tree).each()
    return len(each) == len(part.parts) and all(_has_shape(g.tree, p) for g, p in zip(each, part.parts))


def _row(given: Given, each: Sequence[Given]) -> Given:
    """Return some of what was given as a row."""
    return Given(given.place, [inner.tree for inner in each], row=tuple(each))


def _vector(tree: Any) -> Any:
    """Return the numbers of an array that has no two long axes, or of a list of numbers; None of others."""
    if is_array(tree):
        return tree.reshape(-1).tolist() if max(tree.shape) == tree.size else None
    return tree if isinstance(tree, (list, tuple)) and all(map(_is_number, tree)) else None


def _is_number(tree: Any) -> bool:
    """Say whether something is one number, in an array or not."""
    return not isinstance(tree, (Mapping, str, bytes)) and tree is not None and _count(tree) == 1


def _count(tree: Any) -> int:
    """Return how many numbers there are in nested lists and arrays."""
    return sum(prod(shape_of(block)) for _, block in blocks(tree))
