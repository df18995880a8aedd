"""What stands in a person's source where an operation is computed: its expression, and what that becomes.

Python remembers from where to where the expression of each instruction goes. The statement around it tells
which variable, attribute or entry it is assigned to: that is what a person calls it.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice, takewhile

from ..wording import lines_of, parsed
from .sites import Call

Place = tuple[int, int, int, int]  # first and last line, first and last column, in bytes


class Source:
    """The files of a forward pass."""

    def __init__(self) -> None:
        self._targets: dict[str, Mapping[Place, ast.expr]] = {}
        self._operations: dict[str, Mapping[Place, ast.BinOp | ast.AugAssign | ast.Call]] = {}
        self._places: dict[tuple[int, int], Place | None] = {}

    def expression(self, call: Call) -> str:
        """Return the expression that an instruction computes, on one line; '' where it is not known."""
        place = self._place(call)
        if place is None:
            return ""
        first, last, begin, end = place
        lines = lines_of(call.code.co_filename)[first - 1 : last]
        if len(lines) != last - first + 1:
            return ""
        texts = [line.encode() for line in lines]
        texts[-1] = texts[-1][:end]
        texts[0] = texts[0][begin:]
        return " ".join(b" ".join(texts).decode(errors="replace").split())

    def name(self, call: Call, part: int = -1) -> str:
        """Return to what an instruction's result is assigned, or the part of it with this number; or ''.

        What a starred target takes has no name, nor what follows it, and `_` is none.
        """
        target = self._target(call)
        if part >= 0:
            parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else []
            known = takewhile(lambda each: not isinstance(each, ast.Starred), parts)
            target = next(islice(known, part, None), None)
        if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
            name = ast.unparse(target)
            return name if name.strip("_") else ""
        return ""

    def operation(self, call: Call) -> ast.BinOp | ast.AugAssign | ast.Call | None:
        """Return the operator, assignment by one, or call that an instruction computes."""
        place = self._place(call)
        if place is None:
            return None
        file = call.code.co_filename
        if file not in self._operations:
            self._operations[file] = _operations("".join(lines_of(file)))
        return self._operations[file].get(place)

    def _place(self, call: Call) -> Place | None:
        key = id(call.code), call.instruction
        if key not in self._places:
            self._places[key] = _place(call)
        return self._places[key]

    def _target(self, call: Call) -> ast.expr | None:
        place = self._place(call)
        if place is None:
            return None
        file = call.code.co_filename
        if file not in self._targets:
            self._targets[file] = _targets("".join(lines_of(file)))
        return self._targets[file].get(place)


def _place(call: Call) -> Place | None:
    """Return where the expression of an instruction stands; None where Python does not know."""
    place = next(islice(call.code.co_positions(), call.instruction // 2, None), (None,) * 4)
    first, last, begin, end = place
    if first is None or last is None or begin is None or end is None:
        return None
    return first, last, begin, end


@lru_cache(maxsize=8)
def tree_of(text: str) -> ast.Module:
    """Return the tree of a file, which is empty where it cannot be read: a cell with `%magic`, say."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        tree: ast.Module = parsed(text)
        return tree
    return ast.Module([], [])


@lru_cache(maxsize=8)
def _targets(text: str) -> Mapping[Place, ast.expr]:
    """Return the places of what a file assigns, and to what."""
    return dict(_assignments(tree_of(text)))


@lru_cache(maxsize=8)
def _operations(text: str) -> Mapping[Place, ast.BinOp | ast.AugAssign | ast.Call]:
    """Return the operators and calls of a file by their places."""
    kinds = (ast.BinOp, ast.AugAssign, ast.Call)
    return {_where(node): node for node in ast.walk(tree_of(text)) if isinstance(node, kinds)}


def _assignments(tree: ast.Module) -> Iterator[tuple[Place, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from _pairs(node.targets[0], node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield _where(node.value), node.target
        elif isinstance(node, ast.AugAssign):
            yield _where(node), node.target


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[Place, ast.expr]]:
    """Yield what is assigned to what, each of several at once."""
    several = (ast.Tuple, ast.List)
    if isinstance(target, several) and isinstance(value, several) and len(target.elts) == len(value.elts):
        yield from ((_where(one), other) for one, other in zip(value.elts, target.elts))
    elif isinstance(value, ast.Dict):
        for key, each in zip(value.keys, value.values):
            if isinstance(key, ast.Constant):
                yield _where(each), ast.Subscript(target, key)
    else:
        yield _where(value), target


def _where(node: ast.expr | ast.stmt) -> Place:
    last, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return node.lineno, last, node.col_offset, end
