"""What is in `at`, taken apart: each array inside a list or dict is a block with a name of its own.

Numbers in plain nested lists are one block, as a matrix is that is written so. A loss is called with the
person's own lists and dicts all the same.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ..arrays.containers import is_array
from ..wording import shown

__tracebackhide__ = True  # pytest shows the lines of people, not these

_LAST = re.compile(r"[.'\]]([^\W\d]\w*)(?:'\])?$")  # of layers.0.w, layers[0].w and layers[0]['w']


class Part(NamedTuple):
    """An argument, or a part of one: a list or dict has parts again, and a block has none."""

    name: str  # as one writes it: layers[0]['w']
    key: Any  # by which what it is in has it
    tree: Any
    parts: "tuple[Part, ...]" = ()

    @property
    def own_name(self) -> str:
        """The last name in its name; '' where there is none, as in `params[0]`."""
        last = _LAST.search(self.name)
        return last[1] if last else self.key if isinstance(self.key, str) else ""

    def levels(self) -> "Iterator[tuple[Part, ...]]":
        """Yield the parts that are equally deep inside of it, the outermost first."""
        level = self.parts
        while level:
            yield level
            level = tuple(below for part in level for below in part.parts)

    def blocks(self) -> "list[Part]":
        """Return its blocks in order; it is the only one itself if it has no parts."""
        return [block for part in self.parts for block in part.blocks()] if self.parts else [self]


def parts_of(at: Mapping[str, Any]) -> Part:
    """Return arguments with all their parts.

    >>> [block.name for block in parts_of({"net": {"W": [[1.0, 2.0]], "b": 0.5}, "c": [3.0]}).blocks()]
    ["net['W']", "net['b']", 'c']
    """
    return Part("", None, at, tuple(_part(name, name, tree) for name, tree in at.items()))


def _part(name: str, key: Any, tree: Any) -> Part:
    if not has_parts(tree):
        return Part(name, key, tree)
    if isinstance(tree, dict):
        found = [(f"{name}[{shown(inner)}]", inner) for inner in tree]
    else:
        fields = getattr(tree, "_fields", None)
        found = [(f"{name}.{fields[i]}" if fields else f"{name}[{i}]", i) for i in range(len(tree))]
    return Part(name, key, tree, tuple(_part(inner, k, tree[k]) for inner, k in found))


def has_parts(tree: Any) -> bool:
    """Say whether something is a dict, or a list that holds arrays or dicts."""
    if isinstance(tree, (list, tuple)):
        return any(is_array(each) or has_parts(each) for each in tree)
    return isinstance(tree, dict) and bool(tree)


def taken_apart(
    loss: Callable[..., Any], root: Part, names: Collection[str]
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return a loss as a function of blocks, and these, by name.

    An argument none of whose blocks is named stays whole.
    """
    whole = {part.name for part in root.parts if not any(block.name in names for block in part.blocks())}
    apart = [[part] if part.name in whole else part.blocks() for part in root.parts]
    at = {block.name: block.tree for found in apart for block in found}
    if all(part.name in at for part in root.parts):
        return loss, at

    def loss_of_blocks(**blocks: Any) -> Any:
        return loss(
            **{
                part.key: blocks[part.name] if part.name in whole else put_together(part, blocks)
                for part in root.parts
            }
        )

    return loss_of_blocks, at


def put_together(part: Part, blocks: Mapping[str, Any]) -> Any:
    """Return a list or dict as the person has it, of these blocks."""
    if not part.parts:
        return blocks[part.name]
    inner = [put_together(each, blocks) for each in part.parts]
    if isinstance(part.tree, dict):
        filled = part.tree.copy()  # a dict of another kind stays one
        filled.update(zip(part.tree, inner))
        return filled
    return type(part.tree)(*inner) if hasattr(part.tree, "_fields") else type(part.tree)(inner)
