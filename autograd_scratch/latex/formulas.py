"""How expressions of Python are set: derived code is the text, its tree what is walked.

An array is set with an index for each axis. Without letters that is the array itself; with letters it is
one entry, as in a sum over i and j, and what it is computed from has the same letters.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, count, groupby

from . import arrays
from .fractions import constant, in_lowest_terms, literal
from .functions import function
from .pieces import (
    ATOM,
    FRACTION,
    Piece,
    cases,
    indicator,
    power,
    product,
    quotient,
    signed_terms,
    total,
)
from .setting import Index, Shape, index_of_operand, is_open, is_whole, joined, whole_index
from .symbols import Derivative, Symbol, escaped
from .symbols import verbatim as verbatim_name
from .trees import addends_of, arms_of, choices_of, extremum_of, factors_of, is_zero, unsigned

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_RELATION = r"[<>=]|\\(?:[lg]e|ne|land|lor|lnot)\b"
_LETTERS = "ijklmnpqrsuv"
DIGITS = 4  # of a number that stands for a name


class Typesetter:
    """Sets expressions whose names are symbols, and whose shapes are known."""

    def __init__(
        self, names: Mapping[str, Symbol | Derivative], shape: Callable[[ast.expr], Shape]
    ) -> None:
        self.shape = shape
        self._names = names
        self._texts = {named.text for named in names.values()}
        self._counting: set[str] = set()
        self._conditions: dict[str, ast.expr] = {}

    def define(self, name: str, condition: ast.expr) -> None:
        """Have the condition stand wherever its name does."""
        self._conditions[name] = condition

    def named(self, name: str, index: str = "") -> Symbol | Derivative:
        found = self._names.get(name) or verbatim_name(name)
        if not index:
            return found
        entry = found.at(index)
        return found.in_parentheses().at(index) if entry.text in self._texts else entry

    def fresh(self, axes: Sequence[int]) -> list[str]:
        letters: list[str] = []
        for axis in axes:
            rest = (f"i_{{{n}}}" for n in count(1))
            wanted = (*_LETTERS[axis : axis + 1], *_LETTERS)
            taken = {*self._names, *self._counting}
            letters.append(next(letter for letter in chain(wanted, rest) if letter not in taken))
            self._counting.add(letters[-1])
        return letters

    def release(self, letters: Collection[str]) -> None:
        self._counting.difference_update(letters)

    def whole(self, node: ast.expr) -> Piece:
        return self.piece(node, whole_index(self.shape(node)))

    def piece(self, node: ast.expr, index: Index) -> Piece:
        match node:
            case ast.Constant(value=bool() | str() | None | bytes()):
                return verbatim(node)
            case ast.Constant(value=int() | float() as x):
                return literal(x)
            case ast.Name():
                return self.name(node, index)
            case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp(op=ast.USub()):
                return total(self.terms(node, index))
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self._chain(node, index)
            case ast.BinOp(op=ast.Pow()):
                return power(self._operand(node.left, index), self._operand(node.right, index).text)
            case ast.BinOp(op=ast.MatMult()):
                return arrays.matrix_product(self, node, index)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
                return indicator(self.condition(node, index), is_open(index))
            case ast.IfExp():
                return self.choice(node, index)
            case ast.Call():
                return self._call(node, index)
            case ast.Attribute(attr="T"):
                return arrays.transposed(self, node, index)
            case ast.Attribute(attr="inf" | "nan" as name):
                return constant(float(name))
            case ast.Subscript():
                return arrays.entry(self, node, index)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return arrays.listed(self, parts, index)
            case ast.Starred(value=value):
                return self.whole(value)
        return verbatim(node)

    def name(self, node: ast.Name, index: Index) -> Piece:
        """Return a name at an index."""
        if node.id in self._conditions:
            return self.piece(self._conditions[node.id], index)
        if node.id in ("inf", "nan") and node.id not in self._names:
            return constant(float(node.id))
        named = self.named(node.id, "" if is_whole(index) else joined(index))
        is_derivative = isinstance(named, Derivative)
        return Piece(named.text, FRACTION if is_derivative else ATOM, is_open(index), is_derivative)

    def terms(self, node: ast.expr, index: Index) -> list[tuple[str, Piece]]:
        """Return the terms of a sum, with their signs, but for those that are zero."""
        found: list[tuple[str, Piece]] = []
        for sign, term in addends_of(node):
            if not self.is_nothing(term):
                is_negative, piece = self._term(term, self._own(term, index))
                found.append(("-" if (sign == "-") != is_negative else "+", piece))
        return found or [("+", Piece("0"))]

    def is_nothing(self, term: ast.expr) -> bool:
        """Say whether a term is zero where all names are of finite numbers, as they are in mathematics."""
        return is_zero(term)

    def signed(self, node: ast.expr, index: Index) -> list[str]:
        """Return the texts of the terms of an expression, with their signs."""
        return signed_terms(self.terms(node, self._own(node, index)))

    def _term(self, node: ast.expr, index: Index) -> tuple[bool, Piece]:
        """Return a term, and whether there is a minus sign in front of it."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return True, self.piece(inner, index)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                above, below = factors_of(node)
                signs = [unsigned(factor) for factor in (*above, *below)]
                is_negative = sum(is_negative for is_negative, _ in signs) % 2 == 1
                stripped = [factor for _, factor in signs]
                return is_negative, self._product(stripped[: len(above)], stripped[len(above) :], index)
        return False, self.piece(node, index)

    def _chain(self, node: ast.BinOp, index: Index) -> Piece:
        if self.is_nothing(node):
            return Piece("0")
        is_negative, piece = self._term(node, index)
        return total([("-", piece)]) if is_negative else piece

    def _product(self, above: Sequence[ast.expr], below: Sequence[ast.expr], index: Index) -> Piece:
        outer = arrays.outer_product(self, above, below, index)
        if outer is not None:
            return outer
        numbers, upper = self._factors(above, index)
        divisors, lower = self._factors(below, index)
        numbers, divisors = in_lowest_terms(numbers, divisors, bool(below))
        upper = [*(literal(x) for x in numbers if x != 1), *upper] or [Piece("1")]
        lower = [*(literal(x) for x in divisors), *lower]
        return quotient(upper, lower) if lower else product(upper)

    def _factors(self, factors: Sequence[ast.expr], index: Index) -> tuple[list[float], list[Piece]]:
        """Return the plain numbers among factors, and the others."""
        numbers = [x for factor in factors if (x := _number(factor)) is not None]
        return numbers, self._powers([factor for factor in factors if _number(factor) is None], index)

    def _powers(self, factors: Sequence[ast.expr], index: Index) -> list[Piece]:
        """Return factors; names that are equal, side by side, become a power."""
        found: list[Piece] = []
        for _, same in groupby(factors, ast.unparse):
            equal = [*same]
            pieces = [self._operand(factor, index) for factor in equal]
            is_power = len(equal) > 1 and not isinstance(equal[0], ast.Constant)
            found += [power(pieces[0], str(len(equal)))] if is_power else pieces
        return found

    def _operand(self, node: ast.expr, index: Index) -> Piece:
        return self.piece(node, self._own(node, index))

    def _own(self, node: ast.expr, index: Index) -> Index:
        return index_of_operand(index, self.shape(node))

    def condition(self, node: ast.expr, index: Index) -> str:
        match node:
            case ast.Name(id=name) if name in self._conditions:
                return self.condition(self._conditions[name], index)
            case ast.UnaryOp(op=ast.Not(), operand=inner) if (other := self._negated(inner)) is not None:
                return self.condition(other, index)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                x, y = (self._operand(side, index).text for side in (left, right))
                return f"{x} {_COMPARED[type(sign)]} {y}"
            case ast.BoolOp(op=op, values=values):
                return _joined(r"\land" if isinstance(op, ast.And) else r"\lor", values, self, index)
            case ast.BinOp(op=ast.BitAnd(), left=left, right=right):
                return _joined(r"\land", [left, right], self, index)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return _joined(r"\lor", [left, right], self, index)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=inner):
                return rf"\lnot {_nested(inner, self, index)}"
        text = self._operand(node, index).text
        is_array = isinstance(node, (ast.Name, ast.Subscript)) and self.shape(node)
        return rf"{text} \ne 0" if is_array else text

    def _negated(self, node: ast.expr) -> ast.expr | None:
        """Return what holds where a condition does not, but for nan; None where that is no comparison."""
        match node:
            case ast.Name(id=name) if name in self._conditions:
                return self._negated(self._conditions[name])
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return inner
            case ast.Compare(left=left, ops=[sign], comparators=others):
                return ast.Compare(left, [_NEGATED[type(sign)]()], others)
        return None

    def choice(self, node: ast.expr, index: Index) -> Piece:
        """Return a choice with all its arms, but for one that only nan gets to."""
        extremum = extremum_of(node)
        if extremum is not None:
            name, *sides = extremum
            return function(name, [self._operand(side, index) for side in sides])
        return cases(
            [
                (self._operand(chosen, index), self._case(condition, index))
                for condition, chosen in choices_of(node)
            ]
        )

    def _case(self, condition: ast.expr | None, index: Index) -> str:
        if condition is None:
            return r"\text{otherwise}"
        return rf"\text{{if }} {self.condition(condition, index)}"

    def _call(self, node: ast.Call, index: Index) -> Piece:
        if arms_of(node) is not None:
            return self.choice(node, index)
        special = arrays.called(self, node, index)
        if special is not None:
            return special
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        return function(name, [self._operand(argument, index) for argument in node.args])


def verbatim(node: ast.AST) -> Piece:
    """Return what has no notation as Python has it."""
    return Piece(rf"\mathtt{{{escaped(ast.unparse(node))}}}")


def _number(node: ast.expr) -> float | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) else None


def _joined(sign: str, values: Sequence[ast.expr], setter: Typesetter, index: Index) -> str:
    return f" {sign} ".join(_nested(value, setter, index) for value in values)


def _nested(node: ast.expr, setter: Typesetter, index: Index) -> str:
    text = setter.condition(node, index)
    is_atom = isinstance(node, (ast.Name, ast.Call, ast.Subscript)) and not re.search(_RELATION, text)
    return text if is_atom else f"({text})"
