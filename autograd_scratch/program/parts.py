"""The parts of a source: what it computes first, its backward part, and what it returns."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..wording import parsed
from .source import Source

BACKWARD = re.compile(r"^    # backward", re.M)


@dataclass(frozen=True)
class Parts:
    """The statements of a source: what it computes first, its backward part, and what it returns."""

    arguments: tuple[str, ...]
    tables: dict[str, Any]  # small ones without a name: nested lists of numbers
    taken_apart: list[ast.stmt]  # the arguments
    forward: list[ast.stmt]
    backward: list[ast.stmt]
    value: ast.expr
    derivatives: list[ast.expr]  # in the order of those that they are by
    second: list[ast.expr]  # the Hessian, row by row
    extras: list[tuple[str, ast.expr]]


def parts_of(source: Source, order: int) -> Parts:
    """Return the parts of a source."""
    module = parsed(source.code)
    function = module.body[-1]
    *body, last = function.body
    found = BACKWARD.search(source.code)
    first = source.code.count("\n", 0, found.start()) + 1 if found else len(source.code)
    statements = [*module.body[:-1], *(one for one in body if not _takes_apart(one))]
    taken_apart = [one for one in body if _takes_apart(one) and not isinstance(one, ast.Expr)]
    returned = last.value
    several = [*returned.elts] if isinstance(returned, ast.Tuple) else [returned]
    value, *results = several
    derivatives = _flat(results.pop(0)) if order else []
    second = _flat(results.pop(0)) if order > 1 else []
    return Parts(
        tuple(argument.arg for argument in function.args.args),
        dict(_tables(module.body[:-1])),
        taken_apart,
        [one for one in statements if one.lineno < first],
        [one for one in statements if one.lineno > first],
        value,
        derivatives,
        second,
        [*_entries(results[0])] if results else [],
    )


def _takes_apart(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring, or takes the entries out of an argument."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Assign(targets=[ast.Tuple()]):
            return True
        case ast.Assign(value=ast.Subscript(slice=ast.Constant(value=str()))):
            return True
    return False


def _tables(statements: list[ast.stmt]) -> Iterator[tuple[str, Any]]:
    """Yield the arrays that are written above a function."""
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.List() as entries])):
                yield name, ast.literal_eval(entries)


def _flat(tree: ast.expr) -> list[ast.expr]:
    """Return the entries of nested displays, in order."""
    match tree:
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return [entry for part in parts for entry in _flat(part)]
    return [tree]


def _entries(tree: ast.expr, name: str = "") -> Iterator[tuple[str, ast.expr]]:
    """Yield the entries of further outputs, with the keys that lead there."""
    match tree:
        case ast.Dict(keys=keys, values=parts):
            for key, part in zip(keys, parts):
                called = str(key.value) if isinstance(key, ast.Constant) else "x"
                yield from _entries(part, f"{name}_{called}" if name else called)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for i, part in enumerate(parts):
                yield from _entries(part, f"{name}_{i}")
        case _:
            yield name, tree
