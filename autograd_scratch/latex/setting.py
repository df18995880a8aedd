"""What those who set a part of a formula ask of who sets the whole."""

import ast
from collections.abc import Iterable, Sequence
from typing import Protocol

from .pieces import Piece
from .symbols import Derivative, Symbol

Shape = tuple[int, ...]
Index = tuple[str | None, ...]  # for each axis a letter, ":", or None where there is one entry

WHOLE = ":"


class Setter(Protocol):
    """Sets expressions of Python; each with an index for each axis of its array."""

    def piece(self, node: ast.expr, index: Index) -> Piece:
        """Return an expression at an index."""

    def whole(self, node: ast.expr) -> Piece:
        """Return an expression without an index."""

    def condition(self, node: ast.expr, index: Index) -> str:
        """Return the text of a condition."""

    def shape(self, node: ast.expr) -> Shape:
        """Return the shape of an expression; () where it is not known."""

    def named(self, name: str, index: str = "") -> Symbol | Derivative:
        """Return what a name is set as, at an index if there is one."""

    def fresh(self, axes: Sequence[int]) -> Sequence[str]:
        """Return a letter for each axis, which is no name, and counts nothing else here."""

    def release(self, letters: Sequence[str]) -> None:
        """Say that these letters count nothing any more."""


def whole_index(shape: Shape) -> Index:
    """Return the index of all entries."""
    return tuple(WHOLE if size > 1 else None for size in shape)


def index_of_operand(index: Index, shape: Shape) -> Index:
    """Return the index of an operand that is broadcast to an array, of which the index is given.

    >>> index_of_operand(("i", "j"), (1, 4)), index_of_operand(("i", "j"), (4,))
    ((None, 'j'), ('j',))
    """
    own = (WHOLE,) * (len(shape) - len(index)) + index[max(len(index) - len(shape), 0) :]
    return tuple(None if size == 1 else place for size, place in zip(shape, own))


def is_whole(index: Index) -> bool:
    """Say whether no axis has a letter."""
    return all(place in (WHOLE, None) for place in index)


def is_open(index: Index) -> bool:
    """Say whether an axis has no letter."""
    return WHOLE in index


def joined(places: Iterable[str | None]) -> str:
    """Return an index as it stands below a symbol.

    >>> joined(["i", None, "j"]), joined([":", "j"]), joined(["i", ":"])
    ('ij', ':,j', 'i')
    """
    shown = [place for place in places if place is not None]
    while shown and shown[-1] == WHOLE and not any(place.startswith("\\") for place in shown):
        shown.pop()
    return ("" if all(place.isalpha() and len(place) == 1 for place in shown) else ",").join(shown)


def at(piece: Piece, index: Index) -> Piece:
    """Return an array at an index."""
    if is_whole(index):
        return piece
    return Piece(
        f"{piece.parenthesized}_{{{joined(index)}}}", is_open=is_open(index), is_tall=piece.is_tall
    )
