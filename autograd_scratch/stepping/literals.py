"""Plain numbers that a person calls by name: `m` in `np.sum(error ** 2) / m`, or `1 / m`.

What stands for a number in the source, beside the operator of an instruction, is an expression of names; it
is taken for the number where its value is the same.
"""

import ast
import operator
from collections.abc import Mapping
from types import CodeType
from typing import Any

from .recorder import Recorder
from .sites import Site
from .source import Source

OPERATORS: Mapping[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
DEEPEST = 6  # operators inside each other


def is_named(expression: ast.AST) -> bool:
    """Say whether an expression is a variable, or an attribute of one, as self.lam is."""
    return isinstance(expression, ast.Name) or (
        isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name)
    )


class Literals:
    """Finds the expressions of numbers in a person's source."""

    def __init__(self, recorder: Recorder) -> None:
        self._numbers = recorder.numbers
        self._source = Source()

    def expression(self, site: Site | None, position: int, number: float) -> ast.expr | None:
        """Return the expression of names for an operand of an instruction; None for a bare number."""
        side = self.side(site, position)
        if side is None or site is None or not any(map(is_named, ast.walk(side))):
            return None
        return side if self.value(site.calls[-1].code, side) == number else None

    def side(self, site: Site | None, position: int) -> ast.expr | None:
        """Return what stands for an operand of an operator, or for an argument of a call of two."""
        operation = self._source.operation(site.calls[-1]) if site is not None and site.calls else None
        if isinstance(operation, ast.AugAssign):
            return operation.value if position == 1 else None
        sides = [operation.left, operation.right] if isinstance(operation, ast.BinOp) else []
        if isinstance(operation, ast.Call):
            sides = operation.args
            if isinstance(operation.func, ast.Attribute) and operation.func.attr == "dot":
                sides = [operation.func.value, *sides][-2:]
        return sides[position] if position < len(sides) == 2 else None

    def is_plain(self, site: Site | None, position: int) -> bool:
        """Say whether an operand is written with plain numbers and names of such alone."""
        side = self.side(site, position)
        if side is None or site is None:
            return False
        code = site.calls[-1].code
        known = self._numbers.get(code, {})
        names = (part.id for part in ast.walk(side) if isinstance(part, ast.Name))
        return all(name in known or name not in code.co_varnames for name in names)

    def value(self, code: CodeType, expression: ast.expr, depth: int = DEEPEST) -> float | None:
        """Return the value of an expression of names and numbers; None of any other, or a deep one."""
        if depth == 0:
            return None
        if is_named(expression):
            return self._numbers.get(code, {}).get(ast.unparse(expression))
        if isinstance(expression, ast.Constant):
            number = expression.value
            return float(number) if isinstance(number, (int, float)) else None
        if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
            number = self.value(code, expression.operand, depth - 1)
            return None if number is None else -number
        if isinstance(expression, ast.BinOp) and type(expression.op) in OPERATORS:
            sides = [self.value(code, side, depth - 1) for side in (expression.left, expression.right)]
            if None in sides or (isinstance(expression.op, ast.Div) and sides[1] == 0.0):
                return None
            return float(OPERATORS[type(expression.op)](*sides))
        return None
