"""How trees of Python are taken apart: sums in terms, products in factors, choices in arms."""

import ast
from collections.abc import Sequence

Term = tuple[str, ast.expr]


def addends_of(node: ast.expr) -> list[Term]:
    """Return the terms of a sum; one with a minus sign is taken apart only where it is a product."""
    found: list[Term] = []
    pending: list[Term] = [("+", node)]
    while pending:
        sign, term = pending.pop()
        match term:
            case ast.BinOp(op=ast.Add(), left=left, right=right) if sign == "+":
                pending += [("+", right), ("+", left)]
            case ast.BinOp(op=ast.Sub(), left=left, right=right) if sign == "+":
                pending += [("-", right), ("+", left)]
            case _:
                found.append((sign, term))
    return found


def factors_of(node: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """Return what is multiplied, and what it is divided by; a quotient in parentheses stays one."""
    above: list[ast.expr] = []
    below: list[ast.expr] = []
    pending = [(node, True, True)]
    while pending:
        factor, is_above, is_first = pending.pop()
        match factor:
            case ast.BinOp(op=ast.Mult(), left=left, right=right) if is_first or not _is_quotient(factor):
                pending += [(right, is_above, False), (left, is_above, is_first)]
            case ast.BinOp(op=ast.Div(), left=left, right=right) if is_first:
                pending += [(right, not is_above, False), (left, is_above, True)]
            case _:
                (above if is_above else below).append(factor)
    return above, below


def _is_quotient(node: ast.expr) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        node = node.left
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def unsigned(node: ast.expr) -> tuple[bool, ast.expr]:
    """Return whether there are minus signs, of which two are none, and what they stand before."""
    is_negative = False
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        is_negative, node = not is_negative, node.operand
    return is_negative, node


def arms_of(node: ast.expr) -> tuple[ast.expr, ast.expr, ast.expr] | None:
    """Return condition and arms of a choice."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return test, body, otherwise
        case ast.Call(
            func=ast.Attribute(attr="where") | ast.Name(id="where"), args=[test, body, otherwise]
        ):
            return test, body, otherwise
    return None


def choices_of(node: ast.expr) -> list[tuple[ast.expr | None, ast.expr]]:
    """Return the arms of a choice with their conditions, of which the last has none.

    What is left where one number is neither less than another, equal nor greater, as nan is, is left out.
    """
    found: list[tuple[ast.expr | None, ast.expr]] = []
    conditions: list[ast.expr] = []
    while (arms := arms_of(node)) is not None:
        condition, chosen, node = arms
        conditions.append(condition)
        found.append((condition, chosen))
    if _are_all(conditions):
        return [*found[:-1], (None, found[-1][1])]
    return [*found, (None, node)]


def extremum_of(node: ast.expr) -> tuple[str, ast.expr, ast.expr] | None:
    """Return max or min, and of which two, where a choice is that.

    >>> extremum = extremum_of(ast.parse("x if y <= x else y if x <= y else x + y", mode="eval").body)
    >>> [part if isinstance(part, str) else part.id for part in extremum]
    ['max', 'x', 'y']
    """
    first = arms_of(node)
    second = arms_of(first[2]) if first is not None else None
    if first is None or second is None:
        return None
    (condition, x, _), (other, y, rest) = first, second
    texts = [ast.unparse(one) for one in (condition, other, rest)]
    a, b = ast.unparse(x), ast.unparse(y)
    for name, wanted in (("max", [f"{b} <= {a}", f"{a} <= {b}"]), ("min", [f"{a} <= {b}", f"{b} <= {a}"])):
        if texts == [*wanted, f"{a} + {b}"]:
            return name, x, y
    return None


def is_zero(node: ast.expr) -> bool:
    """Say whether a term is zero, or a product of zero and names.

    >>> [is_zero(ast.parse(text, mode="eval").body) for text in ("w * 0.0", "0.0", "w * 2.0")]
    [True, True, False]
    """
    above, below = factors_of(unsigned(node)[1])
    factors = [unsigned(factor)[1] for factor in above]
    zeros = [factor for factor in factors if isinstance(factor, ast.Constant) and factor.value == 0]
    is_simple = all(isinstance(factor, (ast.Constant, ast.Name, ast.Subscript)) for factor in factors)
    return bool(zeros) and is_simple and not below


_HOLDS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "=",
}
_TURNED = str.maketrans("<>", "><")


def _are_all(conditions: Sequence[ast.expr]) -> bool:
    """Say whether conditions on two numbers are all that there can be, but for nan."""
    pairs: set[tuple[str, str]] = set()
    holds = ""
    for condition in conditions:
        match condition:
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _HOLDS:
                pair = ast.unparse(left), ast.unparse(right)
                ordered = min(pair), max(pair)
                pairs.add(ordered)
                holds += _HOLDS[type(sign)] if pair == ordered else _HOLDS[type(sign)].translate(_TURNED)
            case _:
                return False
    return len(pairs) == 1 and {*holds} == {*"<=>"}
