"""A formula as a list of steps for a stack, read from its text, which is never run."""

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import accumulate
from math import inf
from typing import Any, NamedTuple

from ..errors import AutogradError, FormulaError
from ..wording import cut, parsed
from .grammar import check
from .places import wrong
from .vocabulary import CONSTANTS, FUNCTIONS, OPERATIONS


class Step(NamedTuple):
    """Put on a stack a number or variable, `operand`, or what `call` gives of its last `arity` entries."""

    column: int
    operand: float | str = 0.0
    call: Callable[..., Any] | None = None
    arity: int = 0


class Formula:
    """A formula that was read; called with the values of its variables, by name, it gives its own.

    `text` is what was typed, `variables` are in the order in which they first stand there, and `columns`
    says where that is. Values may be floats or Values; without a Value among them the answer is a float.
    `number` is what is made of each number in the text.

    >>> formula = read("2*x**2 + y")
    >>> formula.variables, formula({"x": 3.0, "y": 1.0})
    (('x', 'y'), 19.0)
    """

    def __init__(self, text: str, steps: tuple[Step, ...]) -> None:
        self.text = text
        self.steps = steps
        self.columns: dict[str, int] = {}
        for step in steps:
            if isinstance(step.operand, str):
                self.columns.setdefault(step.operand, step.column)
        self.variables = tuple(self.columns)

    def __call__(self, values: Mapping[str, Any], number: Callable[[float], Any] = float) -> Any:
        stack: list[Any] = []
        for step in self.steps:
            if step.call is None:
                operand = step.operand
                stack.append(values[operand] if isinstance(operand, str) else number(operand))
                continue
            arguments = stack[len(stack) - step.arity :]
            del stack[len(stack) - step.arity :]
            try:
                stack.append(step.call(*arguments))
            except AutogradError as error:
                raise wrong(self.text, step.column, str(error)) from error
        return stack.pop()

    def __repr__(self) -> str:
        return f"<formula {cut(self.text, 48)}>"


def read(text: str, known: Collection[str] = ()) -> Formula:
    """Read a formula, or raise a FormulaError that shows the place and says what to write instead.

    `known` are names of variables, which mean nothing else then: `e`, say.

    >>> read("e**x"), read("e**x").variables, read("e**x", known=["e", "x"]).variables
    (<formula e**x>, ('x',), ('e', 'x'))
    """
    text = text.strip()
    check(text, known)
    on_one_line = "".join(" " if sign.isspace() else sign for sign in text)
    try:
        tree = parsed(f"({on_one_line})", "eval")
    except SyntaxError as error:  # of a number, such as 007
        raise wrong(text, max((error.offset or 2) - 2, 0), f"Python's parser says: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise FormulaError(
            f"Python's parser has no room for {cut(text, 48)}: write a shorter formula, or Values in Python"
        ) from error
    return Formula(text, steps_of(tree.body, text, known))


def steps_of(tree: ast.expr, text: str, known: Collection[str] = ()) -> tuple[Step, ...]:
    """Return the steps of a tree, whose text stood in parentheses, or refuse what is none of a formula."""
    columns = _columns(text)
    found: list[Step] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        column = columns.get(node.col_offset - 1, 0)
        step, operands = _step(node, text, column, known)
        found.append(step)
        waiting += operands
    return tuple(reversed(found))


def _columns(text: str) -> dict[int, int]:
    """Return the place of each character by the number of bytes before it, which is what a tree tells."""
    sizes = accumulate((len(sign.encode()) for sign in text), initial=0)
    return {size: column for column, size in enumerate(sizes)}


def _step(
    node: ast.expr, text: str, column: int, known: Collection[str]
) -> tuple[Step, Sequence[ast.expr]]:
    """Return the step of a node, and its operands."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Step(column, _float(number)), ()
        case ast.Name(id=name):
            is_constant = name in CONSTANTS and name not in known
            return Step(column, CONSTANTS[name] if is_constant else name), ()
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return Step(column, call=OPERATIONS[type(op)], arity=2), (left, right)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATIONS:
            return Step(column, call=OPERATIONS[type(op)], arity=1), (operand,)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            function, count = FUNCTIONS[name], len(arguments)
            if not function.fewest <= count <= (function.most or count):
                raise wrong(text, column, f"{name} takes {function.takes()}, and is given {count}")
            return Step(column, call=function.call, arity=count), arguments
    raise wrong(text, column, "a formula has numbers, names, + - * / ** and calls, and this is none")


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # a whole number
        return inf
