"""On which arrays of data the variables of a person's functions depend, as their source tells.

What was computed from data is a plain number in a trace, and what it chose is no number at all: a branch,
how many rounds a loop has, the entries of a mask. So the assignments are followed from the arrays on. The
shape of an array is not what is in it.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

from ..wording import lines_of
from .recorder import Recorder
from .source import tree_of

SHAPES = frozenset(("shape", "size", "ndim", "dtype"))
BLIND = frozenset(("len", "zeros_like", "ones_like", "empty_like", "enumerate"))  # to what an array holds
Names = frozenset[str]


class Dependence:
    """Tells on which arrays variables depend.

    `chosen` are those that chose what was computed, or from which a function made others, its `own`.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._of: dict[CodeType, _Known] = {}
        self.chosen: set[str] = set()
        self.own: set[str] = set()
        for code, arrays in recorder.codes.items() if recorder.plain else ():
            scope = _scopes("".join(lines_of(code.co_filename))).get((code.co_firstlineno, code.co_name))
            if scope is not None:
                around = _Known({*recorder.plain}, {})
                for each in scope.outward[:0:-1]:
                    around.assign(each)
                known = self._of[code] = _Known(arrays, around.of)
                known.assign(scope)
                for name in {target for target, _ in scope.assigned} & arrays:
                    others = known.of[name] - {name}
                    if not any(self._share(name, other) for other in others):  # else it is a view
                        self.own.add(name)
                        self.chosen |= others
                for names in scope.tests:
                    self.chosen |= known.arrays(names)
                for names in scope.places:  # named arrays of whole numbers are arguments
                    self.chosen |= known.arrays(names) - recorder.integers.keys()

    def _share(self, name: str, other: str) -> bool:
        """Say whether arrays have memory in common."""
        import numpy

        return bool(numpy.may_share_memory(self._recorder.plain[name], self._recorder.plain[other]))

    def of(self, code: CodeType, names: Names) -> Names:
        """Return the arrays on which variables of a function depend that hold plain numbers."""
        known = self._of.get(code)
        plain = frozenset(name for name in names if name not in self._recorder.variables)
        return known.arrays(plain) if known is not None else plain & self._recorder.plain.keys()


class _Known:
    """On which arrays the variables of a scope depend; `data` are those that are arrays."""

    def __init__(self, data: set[str], of: Mapping[str, Names]) -> None:
        self._data = data
        self.of = dict(of)

    def assign(self, scope: "_Scope") -> None:
        """Follow all assignments of a scope."""
        for _ in range(2):  # a loop takes what it has left
            for target, names in scope.assigned:
                if target not in self._data or not scope.is_module:
                    own = {target} & self._data
                    self.of[target] = self.of.get(target, frozenset()) | own | self.arrays(names)

    def arrays(self, names: Names) -> Names:
        """Return the arrays on which some variables depend."""
        return frozenset().union(*(self.of.get(name, {name} & self._data) for name in names))


class _Scope(NamedTuple):
    """What a function or a module assigns, of which variables, and by which it chooses."""

    assigned: list[tuple[str, Names]]
    tests: list[Names]
    places: list[Names]
    outward: Sequence["_Scope"]  # itself, and those around it
    is_module: bool = False


@lru_cache(maxsize=8)
def _scopes(text: str) -> Mapping[tuple[int, str], _Scope]:
    """Return the functions of a file, by the line that begins them and by name."""
    found: dict[tuple[int, str], _Scope] = {}
    pending: list[tuple[ast.AST, tuple[_Scope, ...]]] = [(tree_of(text), ())]
    while pending:
        node, around = pending.pop()
        scope = _Scope([], [], [], (), isinstance(node, ast.Module))
        outward = (scope, *around)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            found[first, getattr(node, "name", "<lambda>")] = scope._replace(outward=outward)
        inner = around if isinstance(node, ast.ClassDef) else outward
        pending += [(each, inner) for each in _read(node, scope)]
    return found


def _read(node: ast.AST, scope: _Scope) -> Iterator[ast.AST]:
    """Note what a function or module does itself; yield what it defines."""
    left = [*ast.iter_child_nodes(node)]
    while left:
        part = left.pop(0)
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield part
            continue
        if isinstance(part, ast.Assign):
            for target in part.targets:
                scope.assigned.extend(_pairs(target, part.value))
        elif isinstance(part, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and part.value is not None:
            scope.assigned.extend(_pairs(part.target, part.value))
        elif isinstance(part, (ast.For, ast.comprehension)):
            scope.assigned.extend(_elements(part.target, part.iter))
            scope.tests.extend(used(test) for test in getattr(part, "ifs", ()))
        elif isinstance(part, (ast.If, ast.While, ast.IfExp)):
            scope.tests.append(used(part.test))
        elif isinstance(part, ast.Subscript):
            scope.places.append(used(part.slice))
        elif isinstance(part, ast.Call) and name_of(part.func) == "range":
            scope.tests.extend(map(used, part.args))
        left[:0] = ast.iter_child_nodes(part)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, Names]]:
    """Yield the variables that are assigned, each with what it is computed from."""
    if isinstance(target, (ast.Tuple, ast.List)):
        values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        for i, each in enumerate(target.elts):
            yield from _pairs(each, values[i] if len(values) == len(target.elts) else value)
    elif name_of(target):
        yield name_of(target), used(value)


def _elements(target: ast.expr, whole: ast.expr) -> Iterator[tuple[str, Names]]:
    """Yield the variables of a loop, each with what its values are taken from."""
    called = name_of(whole.func) if isinstance(whole, ast.Call) else ""
    if isinstance(target, ast.Tuple) and isinstance(whole, ast.Call):
        if called == "zip" and len(whole.args) == len(target.elts):
            for each, own in zip(target.elts, whole.args):
                yield from _elements(each, own)
            return
        if called == "enumerate" and len(target.elts) == 2 and whole.args:
            yield from _elements(target.elts[1], whole.args[0])
            return
    yield from _pairs(target, whole)


def name_of(part: ast.AST) -> str:
    """Return what a variable is called, or an attribute of self; '' of all else."""
    if isinstance(part, ast.Name):
        return part.id
    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
        return part.attr
    return ""


def used(expression: ast.AST | None) -> Names:
    """Return the variables of which an expression takes more than the shape.

    >>> sorted(used(ast.parse("n * X.shape[0] + len(y) * self.m", mode="eval").body))
    ['m', 'n', 'self']
    """
    found: set[str] = set()
    left: list[ast.AST] = [expression] if expression is not None else []
    while left:
        part = left.pop()
        is_blind = isinstance(part, ast.Call) and _last(part.func) in BLIND
        if not is_blind and not (isinstance(part, ast.Attribute) and part.attr in SHAPES):
            found.add(name_of(part))
            left += ast.iter_child_nodes(part)
    return frozenset(found - {""})


def _last(part: ast.AST) -> str:
    return part.attr if isinstance(part, ast.Attribute) else name_of(part)
