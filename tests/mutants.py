"""Every single small change of a backward pass that is right: what people mistype, made on purpose.

A name is taken for the two that look most like it and stand for an array of the same shape.
`mutants_of(network)` are those whose gradients are others than the right ones, finite and of the same
shapes, one for each gradient.
"""

import ast
import copy
import inspect
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from mutated import NETWORKS

SAME = 1e-9  # so near, relative to a block's largest entry, are gradients that are equal
TURNED = {ast.Add: ast.Sub, ast.Sub: ast.Add}
PRODUCTS = {ast.Mult: "factor dropped", ast.MatMult: "matrix left out"}


class Mutant(NamedTuple):
    network: Any
    kind: str  # of mutation
    before: str  # the line
    after: str  # the line with the mutation
    hand: dict  # the gradients that come out

    @property
    def name(self):
        return f"{short(self.network)}: {self.before} -> {self.after}"


def short(network):
    return network.__name__.rpartition(".")[2]


def gradients(network, source):
    """Return what a backward pass of this source gives, in a copy of the network's module."""
    names = dict(vars(network))
    exec(compile(source, "<mutant>", "exec"), names)
    with np.errstate(all="ignore"):
        return names["backward"](**copy.deepcopy(network.at))


@cache
def source_of(network):
    return ast.unparse(ast.parse(inspect.getsource(network.backward)))


class Locals(ast.NodeTransformer):
    """Let a function return its local variables."""

    def visit_Return(self, node):
        node.value = ast.parse("locals()", mode="eval").body
        return node


def kinds_of_locals(network):
    """Return for each local variable its type and shape: what may stand for what."""
    tree = ast.fix_missing_locations(Locals().visit(ast.parse(source_of(network))))
    return {name: kind_of(value) for name, value in gradients(network, ast.unparse(tree)).items()}


def kind_of(value):
    if isinstance(value, (list, dict, tuple)):
        return type(value), len(value)
    return ("integer" if isinstance(value, int) else "numbers"), np.shape(value)


def slots(tree, within=()):
    """Yield each expression and statement, where it is kept, and the nodes around it with their fields."""
    for field, value in ast.iter_fields(tree):
        for i, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, (ast.expr, ast.stmt)):
                put = (value, i) if isinstance(value, list) else (vars(tree), field)
                yield node, put, (*within, (tree, field))
            if isinstance(node, ast.AST):
                yield from slots(node, (*within, (tree, field)))


def sources(network):
    """Yield the kind and the source of every single change, whatever comes of it."""
    tree, known = ast.parse(source_of(network)), kinds_of_locals(network)
    body = tree.body[0]
    for node, (holder, place), within in [*slots(body)]:
        if any(field == "args" and isinstance(parent, ast.FunctionDef) for parent, field in within):
            continue
        for kind, other in changes(node, within, known):
            holder[place] = other
            yield kind, ast.unparse(tree)
            holder[place] = node


def changes(node, within, known):
    """Yield what may stand for a node, and the kind of change."""
    parent, field = within[-1]
    match node:
        case ast.BinOp(left, op, right):
            yield from of_operation(left, op, right)
        case ast.AugAssign(target, ast.Add() | ast.Sub() as op, value):
            yield "= for +=", ast.Assign([target], value, lineno=0)
            yield "sign turned", ast.AugAssign(target, TURNED[type(op)](), value)
        case ast.AugAssign(target, ast.Div(), value):
            yield "division dropped", ast.Pass()
        case ast.UnaryOp(ast.USub(), operand):
            yield "sign turned", operand
        case ast.Attribute(value, "T"):
            yield ".T dropped", value
        case ast.Constant(value):
            yield from of_constant(value, parent, field, within)
        case ast.Name(name, ast.Load()) if name in known:
            alike = [other for other, kind in known.items() if kind == known[name] and other != name]
            for other in get_close_matches(name, alike, n=2, cutoff=0.0):
                yield "another variable", ast.Name(other, ast.Load())
    is_index = field == "slice" or (isinstance(parent, ast.Tuple) and within[-2][1] == "slice")
    if is_index and is_integer(node, known):
        for step, op in ((1, ast.Add()), (1, ast.Sub())):
            yield "index moved", ast.BinOp(node, op, ast.Constant(step))


def of_operation(left, op, right):
    """Yield what may stand for an operation of two operands."""
    match op:
        case ast.Mult() | ast.MatMult():
            yield PRODUCTS[type(op)], left
            yield PRODUCTS[type(op)], right
        case ast.Div():
            yield "division dropped", left
        case ast.Add() | ast.Sub():
            yield "term dropped", left
            yield "term dropped", right if isinstance(op, ast.Add) else ast.UnaryOp(ast.USub(), right)
            yield "sign turned", ast.BinOp(left, TURNED[type(op)](), right)


def of_constant(value, parent, field, within):
    """Yield what may stand for a constant: 1 for 2, a lower power, the other axis."""
    if type(value) is not int:
        return
    if any(isinstance(holder, ast.keyword) and holder.arg == "axis" for holder, _ in within):
        yield "another axis", ast.Constant(3 - value if isinstance(parent, ast.UnaryOp) else 1 - value)
    elif isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and field == "right":
        yield "another power", ast.Constant(value - 1)
    elif value in (1, 2) and all(each != "slice" for _, each in within):
        yield "another constant", ast.Constant(3 - value)


def is_integer(node, known):
    match node:
        case ast.Name(name):
            return known.get(name) == ("integer", ())
        case ast.BinOp(left, ast.Add() | ast.Sub(), ast.Constant(int())):
            return is_integer(left, known)
    return False


def flat(hand, at):
    """Return the gradients as arrays by the names of their blocks."""
    arrays = {}
    for name, block in at.items():
        many = isinstance(block, list)
        parts = hand[name] if many else [hand[name]]
        arrays |= {
            f"{name}[{i}]" if many else name: np.asarray(each, float) for i, each in enumerate(parts)
        }
    return arrays


def key(hand, right):
    """Return what equal gradients have in common, at nine digits."""
    scaled = [hand[name] / max(np.max(np.abs(g)), 1e-300) for name, g in right.items()]
    return tuple((np.round(g / SAME) * SAME + 0.0).tobytes() for g in scaled)


@cache
def mutants_of(network):
    """Return the mutants of a network's backward pass that give other gradients, none twice."""
    right = flat(gradients(network, source_of(network)), network.at)
    seen, found = {key(right, right)}, []
    for kind, source in sources(network):
        try:
            hand = gradients(network, source)
            parts = flat(hand, network.at)
        except (ArithmeticError, LookupError, NameError, TypeError, ValueError):
            continue
        fits = all(parts[name].shape == g.shape for name, g in right.items())
        finite = all(np.isfinite(g).all() for g in parts.values())
        if not finite or not (fits or kind == "another axis"):
            continue
        equal = fits and all(near(parts[name], g) for name, g in right.items())
        if not equal and (mark := key(parts, right)) not in seen:
            seen.add(mark)
            found.append(Mutant(network, kind, *lines(source_of(network), source), hand))
    return found


def near(hand, right):
    return np.max(np.abs(hand - right)) <= SAME * np.max(np.abs(right))


def lines(source, other):
    """Return the first line that differs, in both."""
    pairs = zip(source.splitlines(), other.splitlines())
    return next((a.strip(), b.strip()) for a, b in pairs if a != b)


def all_mutants():
    return [mutant for network in NETWORKS for mutant in mutants_of(network)]
