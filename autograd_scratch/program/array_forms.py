"""How arrays come into a Program of arrays and go out: as people have them, arrays or nested lists.

In the trees of such a Program a leaf is an array: of NumPy's, or a nest of lists as regular as one, or one
number. A `Lot` knows its shape, and in what it comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arrays.containers import blocks, entries, extent, is_array, replaced
from ..errors import ShapeError
from ..stepping.maps import Shape
from .forms import Block, Tree


@dataclass(frozen=True)
class Lot:
    """Numbers that make one array of a Program: their shape, and whether people have them in an array."""

    shape: Shape
    in_array: bool = True

    def given(self, thing: Any) -> Any:
        """Return what somebody gives as an array of floats, or as a float; what does not fit raises."""
        import numpy

        if thing.__class__ is numpy.ndarray and thing.dtype == float and thing.shape == self.shape:
            return thing if self.shape else float(thing)
        if thing.__class__ is float and not self.shape:
            return thing
        found = numpy.asarray(thing)
        if found.shape != self.shape or found.dtype.kind not in "fiub":
            raise ShapeError(f"not of shape {self.shape}")
        return found.astype(float) if self.shape else float(found)

    def taken(self, result: Any, shared: Sequence[Any]) -> Any:
        """Return a result as people have it; one that is an argument, or a view, as an array of its own."""
        if not self.shape:
            return float(result)
        if not self.in_array:
            return result.tolist()
        if result.base is not None or any(result is each for each in shared):
            return result.copy()
        return result


def lots(tree: Any) -> tuple[Tree, list[list[Any]]]:
    """Return a tree with a `Lot` for each array, each regular nest of lists, and each number beside these.

    The entries of each come with it, in order.

    >>> tree, found = lots({"W": [[1.0, 2.0], [3.0, 4.0]], "b": 0.5})
    >>> tree["W"], found
    (Lot(shape=(2, 2), in_array=False), [[1.0, 2.0, 3.0, 4.0], [0.5]])
    """
    found: list[list[Any]] = []
    return _lots(tree, found), found


def _lots(tree: Any, found: list[list[Any]]) -> Tree:
    if isinstance(tree, Mapping):
        return {key: _lots(branch, found) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)) and not _is_regular(tree):
        return (tuple if isinstance(tree, tuple) else list)([_lots(branch, found) for branch in tree])
    found.append([entry for _, entry in entries(tree)])
    if isinstance(tree, (list, tuple)):
        return Lot(extent(tree), in_array=False)
    return Lot(tree.shape) if is_array(tree) else Lot(())


def _is_regular(rows: Sequence[Any]) -> bool:
    """Say whether nested lists and tuples of numbers are like an array of at least one entry."""
    level: list[Any] = list(rows)
    while level and isinstance(level[0], (list, tuple)):
        if any(not isinstance(part, (list, tuple)) or len(part) != len(level[0]) for part in level):
            return False
        level = [entry for part in level for entry in part]
    return bool(level) and not any(isinstance(x, (list, tuple, Mapping)) or is_array(x) for x in level)


def lots_in(tree: Tree, place: str = "") -> Iterator[tuple[str, Lot]]:
    """Yield the place and the lot of each array of a tree of these, in order."""
    return blocks(tree, place)


def given(tree: Tree, thing: Any) -> Any:
    """Return what somebody gives with arrays of floats in it, arranged as a tree of lots.

    What does not fit raises: TypeError, ValueError, LookupError.
    """
    if tree.__class__ is Lot:
        return tree.given(thing)
    if isinstance(tree, dict):
        if len(thing) != len(tree):
            raise LookupError("there are other keys")
        return {key: given(branch, thing[key]) for key, branch in tree.items()}
    return type(tree)([given(branch, part) for branch, part in zip(tree, thing, strict=True)])


def taken(tree: Tree, result: Any, shared: Sequence[Any]) -> Any:
    """Return results as people have them, arranged as a tree of lots."""
    if tree.__class__ is Lot:
        return tree.taken(result, shared)
    if isinstance(tree, dict):
        return {key: taken(branch, result[key], shared) for key, branch in tree.items()}
    return type(tree)([taken(branch, part, shared) for branch, part in zip(tree, result)])


def in_lists(tree: Tree) -> Tree:
    """Return a tree of lots with nested lists for these."""
    return replaced(tree, lambda lot: _nest(lot.shape))


def _nest(shape: Shape) -> Any:
    if not shape:
        return 0.0
    return [_nest(shape[1:]) for _ in range(shape[0])]


def as_form(tree: Tree) -> Tree:
    """Return a tree of lots as the form of a Program of numbers: what people have in arrays is a Block."""
    return replaced(tree, lambda lot: Block(lot.shape) if lot.in_array and lot.shape else _nest(lot.shape))
