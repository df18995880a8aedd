"""How numbers are arranged: nested lists, tuples, dicts and NumPy arrays.

What is not one of these containers is an entry. `entries` takes an arrangement apart, with the place
of each entry as one writes it in Python; `arrange` puts others into the same order:

    >>> W = {"w": [1.0, 2.0], "b": 3.0}
    >>> list(entries(W, "W"))
    [("W['w'][0]", 1.0), ("W['w'][1]", 2.0), ("W['b']", 3.0)]
    >>> arrange(W, [10.0, 20.0, 30.0])
    {'w': [10.0, 20.0], 'b': 30.0}

An array is a container of one block: `blocks` keeps it in one piece. NumPy is imported only where an
array is met, so it is there already.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product
from math import prod
from typing import Any

from ..ieee import is_array_of_one
from ..wording import shown
from .subclass import block_of


def is_array(thing: Any) -> bool:
    """Say whether `thing` is a NumPy array with at least one axis; one without is a number."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(thing, numpy.ndarray) and thing.shape != ()


def shape_of(block: Any) -> tuple[int, ...]:
    """Return the shape of an array; that of a number is ()."""
    return block.shape if is_array(block) else ()


def extent(tree: Any) -> tuple[int, ...]:
    """Return the shape of an array, or of nested lists; rows of several lengths count as one list.

    >>> extent([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), extent([[1.0], [2.0, 3.0]]), extent(4.0)
    ((2, 3), (3,), ())
    """
    shape: tuple[int, ...] = ()
    level = [tree]
    while level and all(isinstance(part, (list, tuple)) for part in level):
        lengths = {len(part) for part in level}
        if len(lengths) > 1:
            return (sum(1 for _ in entries(tree)),)
        shape += (lengths.pop(),)
        level = [entry for part in level for entry in part]
    shapes = {shape_of(part) for part in level}
    return shape + shapes.pop() if len(shapes) == 1 else (sum(1 for _ in entries(tree)),)


def blocks(tree: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the place and the block of each array and of each entry outside of arrays, in order."""
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from blocks(branch, f"{place}[{shown(key)}]")
    elif isinstance(tree, (list, tuple)):
        for i, branch in enumerate(tree):
            yield from blocks(branch, f"{place}[{i}]")
    else:
        yield place, tree.item() if is_array_of_one(tree) else tree


def entries(tree: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the place and the entry of each entry of nested containers, in order."""
    for where, block in blocks(tree, place):
        if is_array(block):
            index = product(*([*map(str, range(size))] for size in block.shape))
            for place, entry in zip(map(", ".join, index), block.ravel().tolist()):
                yield f"{where}[{place}]", entry
        else:
            yield where, block


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the keys and numbers on the way to each entry of nested lists, tuples and dicts, in order.

    >>> list(paths({"w": [1.0, 2.0], "b": 3.0}))
    [('w', 0), ('w', 1), ('b',)]
    """
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from paths(branch, (*path, key))
    elif isinstance(tree, (list, tuple)):
        for i, branch in enumerate(tree):
            yield from paths(branch, (*path, i))
    else:
        yield path


def indices(array: Any) -> Iterator[tuple[int, ...]]:
    """Return the indices of an array's entries, in order."""
    import numpy

    return iter(numpy.ndindex(array.shape))


def unit(i: int, size: int) -> list[float]:
    """Return the unit vector with its 1.0 in place `i`.

    >>> unit(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(i == j) for j in range(size)]


def arrange(like: Any, parts: Iterable[Any]) -> Any:
    """Return containers of the same kinds as in `like`, with `parts` for its entries."""
    parts = iter(parts)
    shapes = [shape_of(block) for _, block in blocks(like)]
    return arrange_blocks(like, [block_of(shape, list(islice(parts, prod(shape)))) for shape in shapes])


def arrange_blocks(like: Any, parts: Iterable[Any]) -> Any:
    """Return containers of the same kinds as in `like`, with `parts` for its blocks."""
    parts = iter(parts)
    return replaced(like, lambda _: next(parts))


def replaced(tree: Any, new: Callable[[Any], Any]) -> Any:
    """Return containers of the same kinds as in `tree`, with `new(block)` for each block.

    >>> replaced({"w": [1.0, 2.0], "b": 3.0}, lambda x: -x)
    {'w': [-1.0, -2.0], 'b': -3.0}
    """
    if isinstance(tree, dict):
        filled = tree.copy()  # a dict of another kind stays one
        for key, branch in tree.items():
            filled[key] = replaced(branch, new)
        return filled
    if isinstance(tree, (list, tuple)):
        row = [replaced(branch, new) for branch in tree]
        if isinstance(tree, list):
            return row
        return type(tree)(*row) if hasattr(tree, "_fields") else type(tree)(row)
    return new(tree)
