"""In which containers numbers come and go: nested lists, tuples, dicts and arrays, as people have them.

A form is the containers alone: None stands for a number, and a Block for an array.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from typing import Any

from ..arrays.containers import arrange_blocks, entries, is_array
from .naming import Keys

Tree = Any  # nested lists, tuples and dicts

_FEW = 20  # terms of a sum: Python does not compile one of thousands


@dataclass(frozen=True)
class Block:
    """An array of which only the shape is known."""

    shape: tuple[int, ...]


def form_of(tree: Any) -> Tree:
    """Return the form of a tree.

    >>> form_of({"w": [1.0, (2.0, 3.0)]})
    {'w': [None, (None, None)]}
    """
    if is_array(tree):
        return Block(tree.shape)
    if isinstance(tree, Mapping):
        return {key: form_of(branch) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        return (tuple if isinstance(tree, tuple) else list)(map(form_of, tree))
    return None


def plain(tree: Any) -> Tree:
    """Return a tree with nested lists for arrays, and plain tuples and dicts."""
    if is_array(tree):
        return plain(tree.tolist())
    if isinstance(tree, Mapping):
        return {key: plain(branch) for key, branch in tree.items()}
    if isinstance(tree, (list, tuple)):
        return (tuple if isinstance(tree, tuple) else list)(map(plain, tree))
    return tree


def leaves(tree: Tree) -> list[Any]:
    """Return the entries of nested lists, tuples and dicts, in order."""
    return [entry for _, entry in entries(tree)]


def has_arrays(form: Tree) -> bool:
    """Say whether a form has an array somewhere."""
    return any(isinstance(entry, Block) for entry in leaves(form))


def dressed(result: Any, form: Tree) -> Any:
    """Return a result of nested lists with arrays where the form has them."""
    if isinstance(form, Block):
        import numpy

        return numpy.array(result)
    if isinstance(form, dict):
        parts = zip(result.values(), form.items())  # in the same order
        return {key: dressed(part, branch) for part, (key, branch) in parts}
    if isinstance(form, (list, tuple)):
        return type(form)([dressed(part, branch) for part, branch in zip(result, form)])
    return result


def dressed_rows(rows: Any, form: Tree) -> Any:
    """Return a Hessian's rows arranged by blocks: for arrays of shapes s and t an array of shape s + t.

    >>> dressed_rows([[1.0, 2.0], [2.0, 3.0]], {"w": None, "b": None})
    {'w': {'w': 1.0, 'b': 2.0}, 'b': {'w': 2.0, 'b': 3.0}}
    """
    flat = leaves(rows)
    shapes = [block.shape if isinstance(block, Block) else () for block in leaves(form)]
    sizes = [*map(prod, shapes)]
    ends = [*accumulate(sizes)]
    width = sum(sizes)

    def block(i: int, j: int) -> Any:
        own = range(ends[i] - sizes[i], ends[i])
        entries = [flat[r * width + c] for r in own for c in range(ends[j] - sizes[j], ends[j])]
        shape = shapes[i] + shapes[j]
        return _array(entries, shape) if shape else entries[0]

    count = range(len(shapes))
    return arrange_blocks(form, [arrange_blocks(form, [block(i, j) for j in count]) for i in count])


def _array(entries: list[float], shape: tuple[int, ...]) -> Any:
    import numpy

    return numpy.array(entries).reshape(shape)


def adding(tree: Tree, name: str, keys: Keys) -> str:
    """Return the text that adds up the numbers of a container called `name`, arranged as `tree`.

    >>> adding([0, [1, 2]], "r", Keys()), adding({"w": 0}, "r", Keys())
    ('r[0] + sum(r[1])', "r['w']")
    """
    if not is_container(tree):
        return name
    if is_row(tree):
        return f"sum({name})"
    parts = [adding(branch, place, keys) for branch, place in _branches(tree, name, keys)]
    if len(parts) > _FEW:
        return f"sum([{', '.join(parts)}])"
    return " + ".join(parts) or "0.0"


def all_floats(tree: Tree, name: str, keys: Keys) -> str:
    """Return the text that says whether a container called `name`, arranged as `tree`, has floats alone.

    >>> all_floats(0, "x", Keys()), all_floats([0, 1], "x", Keys())
    ('x.__class__ is float', '{*map(type, x)} == {float}')
    """
    if not is_container(tree):
        return f"{name}.__class__ is float"
    if is_row(tree):
        return f"{{*map(type, {name})}} == {{float}}"
    tests = [all_floats(branch, place, keys) for branch, place in _branches(tree, name, keys)]
    if isinstance(tree, dict):
        tests.insert(0, f"len({name}) == {len(tree)}")
    return " and ".join(tests)


def all_keys(tree: Tree, name: str, keys: Keys) -> str:
    """Return the text that says whether no dict in a container called `name` has keys that `tree` has not.

    >>> all_keys({"w": 0}, "x", Keys()), all_keys([0, 1], "x", Keys())
    ('len(x) == 1', '')
    """
    if not is_container(tree):
        return ""
    tests = [all_keys(branch, place, keys) for branch, place in _branches(tree, name, keys)]
    if isinstance(tree, dict):
        tests.insert(0, f"len({name}) == {len(tree)}")
    return " and ".join(filter(None, tests))


def is_container(tree: Tree) -> bool:
    """Say whether a tree is a list, tuple or dict, and not a number."""
    return isinstance(tree, (list, tuple, dict))


def is_row(tree: Tree) -> bool:
    """Say whether a tree is a list or tuple of numbers alone."""
    return isinstance(tree, (list, tuple)) and not any(map(is_container, tree))


def _branches(tree: Tree, name: str, keys: Keys) -> Iterator[tuple[Tree, str]]:
    """Yield the branches of a container called `name`, and what these are called."""
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield branch, f"{name}[{keys(key)}]"
