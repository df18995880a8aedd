"""How arrays come into a Program of arrays and go out: as people have them, arrays or nested lists.

In the trees of such a Program a leaf is an array: of NumPy's, or a nest of lists as regular as one, or one
number. A `Lot` knows its shape, and in what it comes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...arrays.containers import blocks, entries, extent, is_array, replaced
from ...errors import ShapeError
from ...stepping.maps import Shape
from ..forms import Block, Tree
from ..naming import Keys

Known = tuple[Shape, tuple[int, ...]]  # what tells one lot apart from any other: shape and entries


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

    def handed(self, result: Any) -> Any:
        """Return a result as people have it."""
        found = as_lot(result, self.shape)
        return found if self.in_array else found.tolist()


def as_lot(result: Any, shape: Shape) -> Any:
    """Return a result in its shape, as an array of its own; as a float where it has no axis."""
    import numpy

    found = numpy.array(result).reshape(shape)
    return found if shape else float(found)


def lots(tree: Any, known: Collection[Known] | None = None) -> tuple[Tree, list[list[Any]]]:
    """Return a tree with a `Lot` for each array, each regular nest of lists, and each number beside these.

    The entries of each come with it, in order. With `known`, the keys of other lots, only
    what is one of these is a lot, and a nest of such is a nest.

    >>> tree, found = lots({"W": [[1.0, 2.0], [3.0, 4.0]], "b": 0.5})
    >>> tree["W"], found
    (Lot(shape=(2, 2), in_array=False), [[1.0, 2.0, 3.0, 4.0], [0.5]])
    """
    found: list[list[Any]] = []
    return _lots(tree, found, known), found


def key_of(shape: Shape, found: Iterable[Any]) -> Known:
    """Return what tells a lot apart from any other."""
    return shape, tuple(map(id, found))


def _lots(tree: Any, found: list[list[Any]], known: Collection[Known] | None) -> Tree:
    if isinstance(tree, Mapping):
        return {key: _lots(branch, found, known) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        is_one = _is_regular(tree)
        if is_one and known is not None:
            is_one = key_of(extent(tree), (entry for _, entry in entries(tree))) in known
        if not is_one:
            return (tuple if isinstance(tree, tuple) else list)([_lots(b, found, known) for b in tree])
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


def fitting(trees: Sequence[Tree], keys: Keys) -> str:
    """Return the text that says whether arguments a0, a1, ... are arrays of floats as trees of lots tell.

    >>> fitting([Lot((2, 3)), Lot(())], Keys())
    'a0.__class__ is ndarray and a0.dtype is FLOAT and a0.shape == (2, 3) and a1.__class__ is float'
    """
    return (
        " and ".join(test for i, tree in enumerate(trees) for test in _tests(tree, f"a{i}", keys)) or "True"
    )


def _tests(tree: Tree, name: str, keys: Keys) -> Iterator[str]:
    if tree.__class__ is Lot:
        if tree.shape:
            yield f"{name}.__class__ is ndarray and {name}.dtype is FLOAT and {name}.shape == {tree.shape}"
        else:
            yield f"{name}.__class__ is float"
        return
    yield f"{name}.__class__ is {type(tree).__name__} and len({name}) == {len(tree)}"
    for place, branch in _places(tree, name, keys):
        yield from _tests(branch, place, keys)


def squaring(tree: Tree, name: str, keys: Keys) -> Iterator[str]:
    """Yield the texts of the sums of squares of all arrays of a tree that is called `name`."""
    if tree.__class__ is Lot:
        square = f"{name} * {name} if {name}.__class__ is float64 else "
        yield f"vdot({name}, {name})" if tree.shape else f"({square}vdot({name}, {name}))"
    else:
        for place, branch in _places(tree, name, keys):
            yield from squaring(branch, place, keys)


def taking(tree: Tree, name: str, keys: Keys) -> str:
    """Return the text of results as people have them: a view, say, as an array of its own.

    Code may give a number for an array of one entry, and the reverse: `lot` sees to what is no such array.
    """
    if tree.__class__ is Lot:
        if not tree.shape:
            return f"float({name}) if {name}.__class__ is float64 else lot({name}, ())"
        if not tree.in_array:
            return f"lot({name}, {tree.shape}).tolist()"
        is_own = f"{name}.__class__ is ndarray and {name}.base is None and {name}.shape == {tree.shape}"
        return f"{name} if {is_own} else lot({name}, {tree.shape})"
    parts = [(place, taking(branch, place, keys)) for place, branch in _places(tree, name, keys)]
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{keys(key)}: {text}' for key, (_, text) in zip(tree, parts))}}}"
    inside = ", ".join(text for _, text in parts)
    return f"[{inside}]" if isinstance(tree, list) else f"({inside},)"


def _places(tree: Tree, name: str, keys: Keys) -> Iterator[tuple[str, Tree]]:
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield f"{name}[{keys(key)}]", branch
