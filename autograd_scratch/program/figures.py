"""What each name of a source is at some inputs: each equation is computed as IEEE 754 has it, for LaTeX."""

import ast
from collections.abc import Callable, Mapping, Sequence
from math import inf, nan
from typing import Any

from ..latex.formulas import DIGITS
from ..latex.numbers import InNumbers
from ..latex.symbols import Derivative, Symbol, is_rounded, number
from ..primitives.arithmetic import add, div, mul, neg, sub
from ..primitives.piecewise import abs_
from ..primitives.powers import power
from .expressions import MATH
from .source import Source

_OPERATIONS: dict[type, Callable[..., Any]] = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: div}
_COMPARED: dict[type, Callable[[float, float], bool]] = {
    ast.Lt: float.__lt__,
    ast.LtE: float.__le__,
    ast.Gt: float.__gt__,
    ast.GtE: float.__ge__,
    ast.Eq: float.__eq__,
}


class Figures:
    r"""The values of names, computed one after the other.

    >>> figures = Figures({"x": 3.0, "y": 0.5}, {})
    >>> figures.compute("z", ast.parse("x * y + 1.0", mode="eval").body, figures.setter({}))
    [('=', '3 \\cdot 0.5 + 1'), ('=', '2.5')]
    >>> figures.values["z"]
    2.5
    """

    def __init__(self, values: Mapping[str, float], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.values = {"inf": inf, "nan": nan, **values}
        self._functions = functions

    @classmethod
    def of(cls, source: Source, taken_apart: Sequence[ast.stmt], arguments: Mapping[str, Any]) -> "Figures":
        """Return those of a source, whose arguments have these values, and are taken apart first."""
        scope = {**dict(source.constants), **arguments}
        exec(compile(ast.Module([*taken_apart], []), "<arguments>", "exec"), scope)
        numbers = {name: x for name, x in scope.items() if x.__class__ is float}
        functions = {name: primitive for primitive, name in MATH.items()} | dict(source.primitives)
        return cls(numbers, {**functions, "abs": abs_, "max": max})

    def setter(self, symbols: Mapping[str, Symbol | Derivative]) -> InNumbers:
        """Return what sets expressions in numbers, and names that have none as symbols."""
        return InNumbers(self.values, symbols, self.holds)

    def compute(self, name: str, value: ast.expr, setter: InNumbers) -> list[tuple[str, str]]:
        """Give a name its value, and return how that comes about: in numbers, and the number."""
        setter.is_rounded = False
        try:
            x = float(self._value(value))
        except KeyError:  # of an arm that is not taken
            return []
        inserted, result = " ".join(setter.signed(value, ())), number(x, DIGITS)
        if name:
            self.values[name] = x
        sign = r"\approx" if setter.is_rounded else "="
        last = r"\approx" if is_rounded(x, DIGITS) or setter.is_rounded else "="
        if isinstance(value, ast.Constant):
            return []
        return [(last, result)] if inserted == result else [(sign, inserted), (last, result)]

    def holds(self, condition: ast.expr) -> bool:
        """Say whether a condition holds."""
        try:
            return bool(self._value(condition))
        except KeyError:
            return False

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=x):
                return x
            case ast.Name(id=name):
                return self.values[name]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return neg(self._value(inner))
            case ast.UnaryOp(operand=inner):
                return not self._value(inner)
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return power(self._value(exponent))(self._value(base))
            case ast.BinOp():
                return self._chain(node)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return _COMPARED[type(sign)](float(self._value(left)), float(self._value(right)))
            case ast.BoolOp(op=op, values=parts):
                return (all if isinstance(op, ast.And) else any)(map(self._value, parts))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return self._value(body if self._value(test) else otherwise)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._functions[name](*map(self._value, arguments))
        raise KeyError(ast.unparse(node))

    def _chain(self, node: ast.expr) -> Any:
        """Compute a long sum from the left, however long it is."""
        pending: list[tuple[type, ast.expr]] = []
        while isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            pending.append((type(node.op), node.right))
            node = node.left
        x = self._value(node)
        for kind, right in reversed(pending):
            x = _OPERATIONS[kind](x, self._value(right))
        return x
