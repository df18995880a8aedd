"""An independent engine, as naive as can be: programs, and the chain rule word for word.

A program is a list of statements over shared numbers. Beside each derivative stands its bulk: the same
sum with all contributions taken positive. Rounding errors are proportional to the bulk, and not to the
derivative, in which contributions may cancel; so it is what tolerances are relative to.
"""

import math
from typing import NamedTuple

from textbook import OPERATIONS, Dual, lift

EPSILON = 2.0**-52
UNDERFLOW = 1e-150  # a product that underflows loses 5e-324, and at most a dozen factors of 1e12 follow


class Statement(NamedTuple):
    """An operation, and its operands: a float is a constant, an int is the number of a node."""

    operation: str
    operands: tuple


class Program(NamedTuple):
    """Nodes 0, 1, ... are the inputs, and each statement adds one."""

    inputs: tuple
    statements: tuple

    def of(self, nodes, places):
        """Return the operands at these places."""
        return tuple(nodes[x] if type(x) is int else x for x in places)

    def run(self, inputs, operations):
        """Return all nodes, given what does the operations."""
        nodes = list(inputs)
        for operation, places in self.statements:
            nodes.append(operations[operation](*self.of(nodes, places)))
        return nodes


def admits(operation, operands, errors, limit):
    """Say whether an operation is smooth here, in spite of rounding errors, and of a moderate size."""
    try:
        numbers = (operation.function(*operands), *operation.slopes(*operands), *operands)
        margin = operation.margin(*operands)
    except (ArithmeticError, ValueError):
        return False
    return margin > 1e3 * max(errors) and margin > 1.0 / limit and all(abs(x) <= limit for x in numbers)


def rounding(operation, operands, errors):
    """Bound the error of a result, given those of the operands."""
    result, slopes = operation.function(*operands), operation.slopes(*operands)
    own = sum(abs(s * x) for s, x in zip(slopes, operands, strict=True)) + abs(result)
    return sum(abs(s) * e for s, e in zip(slopes, errors, strict=True)) + 8.0 * EPSILON * own


class Witness:
    """The derivatives of all nodes of a program whose nodes have these numbers."""

    def __init__(self, program, numbers):
        self.count = len(program.inputs)
        self.steps = []  # of each statement: derivatives of the operation, operands, places of nodes
        for operation, places in program.statements:
            operands = program.of(numbers, places)
            nodes = [(k, x) for k, x in enumerate(places) if type(x) is int]
            self.steps.append((OPERATIONS[operation].slopes, operands, nodes))

    def first(self, i):
        """Return the derivative of each node by input `i`, and its bulk."""
        found = [(float(node == i), float(node == i)) for node in range(self.count)]
        for step in self.steps:
            found.append(added(straight(step, found)))
        return found

    def second(self, i, j):
        """Return the second derivative of each node by inputs `i` and `j`, and its bulk."""
        by_i, by_j = self.first(i), self.first(j)
        found = [(0.0, 0.0)] * self.count
        for step in self.steps:
            found.append(added([*straight(step, found), *bent(step, by_i, by_j)]))
        return found


def straight(step, found):
    """Yield the derivative by each parent, times that of the parent; and the bulks."""
    slopes_of, operands, nodes = step
    slopes = slopes_of(*operands)
    for k, x in nodes:
        derivative, bulk = found[x]
        yield slopes[k] * derivative, abs(slopes[k]) * bulk


def bent(step, by_i, by_j):
    """Yield the second derivative by each two parents, times the first ones of these; and the bulks."""
    slopes_of, operands, nodes = step
    for k, x in nodes:
        slopes = slopes_of(*(Dual(o, float(m == k), float(m == k)) for m, o in enumerate(operands)))
        for m, y in nodes:
            bend = lift(slopes[m])
            yield bend.slope * by_i[x][0] * by_j[y][0], bend.bulk * by_i[x][1] * by_j[y][1]


def added(terms):
    terms = list(terms)
    return math.fsum(term for term, _ in terms), math.fsum(bulk for _, bulk in terms)
