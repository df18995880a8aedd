"""What a function that is being traced may not do, and what to write instead.

A Program is right for all inputs. So the function that it is made from must not read the numbers that
it is called with while it is recorded: what is computed from them outside of the graph, and which way an
`if` takes, would stand in the Program once and for all.
"""

import ast
from textwrap import indent
from typing import Any, NoReturn

from . import modes
from .errors import TracingError
from .wording import expression, parsed, users_line

_GENERAL = (
    "Write where(condition, a, b), which keeps both; conditions are combined by & and |, and turned round "
    "by == 0. Entries of an array of values(...) are chosen by np.where, those of another by "
    "[where(x > 0, x, 0.0) for x in z]"
)
_UNORDERED = "Which number is the larger one differs from input to input: take max, min or where"
_OTHER_WORDS = {
    **dict.fromkeys(("sorted", "sort", "median", "unique", "partition"), _UNORDERED),
    "any": "Combine the conditions by |, as in (x > 0) | (y > 0)",
    "all": "Combine the conditions by &, as in (x > 0) & (y > 0)",
    "bool": "Write x != 0, which is a condition for where",
}


def refuse_truth(node: Any) -> NoReturn:
    """Raise, since `if` and its like take one way, and a Program needs both."""
    raise TracingError(
        f"a function that is being traced goes one way or another {_place()}, by whether "
        f"{expression(node)} is true; the Program would go the same way for all inputs. "
        + _remedy(users_line().source)
    )


def refuse_reading(how: str, instead: str = "") -> NoReturn:
    """Raise, since a number that is read now would be a constant of the Program."""
    raise TracingError(
        f"a function that is being traced reads the number of a Value {_place()}, by {how}; in the Program "
        "it would be the same number for all inputs. "
        + (instead or "Compute with the Value itself; to look at a number, print it")
    )


def refuse_writing(what: str, instead: str) -> NoReturn:
    """Raise, since what is written now is not written again when the Program runs."""
    raise TracingError(
        f"a function that is being traced changes {what} {_place()}, which would happen now, and not when "
        f"the Program runs. {instead}"
    )


def refuse_choosing(what: str, instead: str) -> NoReturn:
    """Raise, since nobody knows, while a Program is made, which entries a condition chooses."""
    raise TracingError(
        f"a function that is being traced needs to know which entries a condition chooses {_place()}, for "
        f"{what}; that differs from input to input. {instead}"
    )


def refuse_if_tracing(how: str, instead: str = "") -> None:
    """Refuse to read numbers while a function is being traced."""
    if modes.open_blocks and modes.is_tracing():
        refuse_reading(how, instead)


def _place() -> str:
    line = users_line()
    return f"at {line}, `{line.source}`" if line.source else f"at {line}"


def _remedy(source: str) -> str:
    """Return the advice for a line that asks whether a Value is true: the corrected line, if possible.

    >>> print(_remedy("return a if 0 < x < 1 and not y > 2 else b"))
    Write
        return where((0 < x) & (x < 1) & ((y > 2) == 0), a, b)
    >>> print(_remedy("y = max(x, 0.0)"))
    Write
        y = autograd_scratch.max(x, 0.0)
    >>> print(_remedy("def f(x): return x if x > 0 else 0.0"))
    Write
        def f(x):
            return where(x > 0, x, 0.0)
    """
    statement = _parsed(source)
    if statement is None:
        return _GENERAL
    before = ast.unparse(statement)
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(statement)}
    for correction in (_Conditions(), _Extremes()):
        statement = correction.visit(statement)
        if isinstance(statement, ast.If):
            test = ast.unparse(statement.test)
            return f"Compute what both branches give, and write where({test}, ..., ...)"
        if isinstance(statement, ast.While):
            return "Loop a number of times that is the same for all inputs, and choose in it by where"
        if isinstance(statement, ast.Assert):
            return "Leave the assert out, or test the numbers before"
        after = ast.unparse(statement)
        if after != before:
            return f"Write\n{indent(after, '    ')}"
    return next((advice for name, advice in _OTHER_WORDS.items() if name in names), _GENERAL)


def _parsed(source: str) -> ast.stmt | None:
    """Return the statement that a line holds; None where it is not to be had, or goes on elsewhere."""
    text = source.removeprefix("el")
    for candidate in (source, f"{text} pass"):
        try:
            statement: ast.stmt = parsed(candidate).body[0]
        except (SyntaxError, ValueError, IndexError):
            continue
        return statement
    return None


class _Conditions(ast.NodeTransformer):
    """Writes conditional expressions with `where`, `and` and `or` with & and |, and `not` as == 0.

    On plain booleans, outside of a trace, ~ would be something else: ~True is -2.
    """

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name("where"), [node.test, node.body, node.orelse], [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        return _joined(ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr(), node.values)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return (
            ast.Compare(node.operand, [ast.Eq()], [ast.Constant(0)])
            if isinstance(node.op, ast.Not)
            else node
        )

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        lefts = [node.left, *node.comparators]
        pairs = zip(lefts, node.ops, node.comparators)
        return _joined(ast.BitAnd(), [ast.Compare(left, [op], [right]) for left, op, right in pairs])


class _Extremes(ast.NodeTransformer):
    """Writes `max` and `min` as functions of this package."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
            node.func = ast.Attribute(ast.Name("autograd_scratch"), node.func.id)
        return node


def _joined(operator: ast.operator, terms: list[Any]) -> ast.expr:
    first, *others = terms
    for other in others:
        first = ast.BinOp(first, operator, other)
    joined: ast.expr = first
    return joined
