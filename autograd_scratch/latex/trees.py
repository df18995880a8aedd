"""How trees of Python are taken apart: sums in terms, products in factors, choices in arms."""

import ast

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
