"""What is put into entries of an array right after it is made, told as one equation of its entries."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from .changes import is_made, put
from .formulas import Typesetter
from .pieces import Piece, cases, indicator, product
from .places import is_counting, parts_of, place_of
from .setting import Index, index_of_operand

ONE = Piece("1")


class Filled(NamedTuple):
    """The terms of an entry, with their signs, and the index of the entry."""

    places: Index
    terms: list[tuple[str, Piece]]


class _Part(NamedTuple):
    condition: str
    sign: str
    piece: Piece


def filled(setter: Typesetter, first: ast.Assign, others: Sequence[ast.stmt]) -> Filled | None:
    """Return the entry of an array that is made, and gets others then; None where it is not so simple."""
    (target,) = first.targets
    shape = setter.shape(target)
    axes = [axis for axis, size in enumerate(shape) if size > 1]
    letters = iter(fresh := setter.fresh(axes))
    index: Index = tuple(next(letters) if size > 1 else None for size in shape)
    parts = [_part(setter, statement, index) for statement in others]
    whole = [part for part in parts if part is not None]
    found = None
    if len(whole) == len(parts) and len({bool(part.sign) for part in whole}) == 1:
        found = Filled(index, _terms(setter, first.value, index, whole))
    setter.release(fresh)
    return found


def _terms(
    setter: Typesetter, value: ast.expr, index: Index, parts: Sequence[_Part]
) -> list[tuple[str, Piece]]:
    is_zero = is_made(value, "zeros")
    base = [] if is_zero else setter.terms(value, index)
    if parts[0].sign:
        return [*base, *((part.sign, _where(part)) for part in parts)]
    otherwise = Piece("0") if is_zero else setter.piece(value, index)
    rows = [(part.piece, rf"\text{{if }} {part.condition}") for part in reversed(parts)]
    return [("+", cases([*rows, (otherwise, r"\text{otherwise}")]))]


def _where(part: _Part) -> Piece:
    """Return what is added where a condition holds."""
    holds = indicator(part.condition, False)
    return holds if part.piece == ONE else product([part.piece, holds])


def _part(setter: Typesetter, statement: ast.stmt, index: Index) -> _Part | None:
    """Return where an entry is one of those that a statement fills, and with what."""
    found = put(statement)
    if found is None:
        return None
    target, sign, value = found
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return None
    if any(isinstance(node, ast.Name) and node.id == target.value.id for node in ast.walk(value)):
        return None
    shape = setter.shape(target.value)
    parts = parts_of(target)
    arrays = [
        axis for axis, part in enumerate(parts) if not isinstance(part, ast.Slice) and setter.shape(part)
    ]
    counters = [
        axis
        for axis in arrays
        if is_counting(parts[axis]) and setter.shape(parts[axis]) == shape[axis : axis + 1]
    ]
    if len(parts) > len(index) or (arrays and (not counters or arrays[-1] - arrays[0] >= len(arrays))):
        return None
    conditions: list[str] = []
    taken: list[str | None] = []  # the index of what is put there
    for axis, part in enumerate(parts):
        letter = index[axis]
        if isinstance(part, ast.Slice):
            if part.lower or part.upper or part.step:
                return None
            taken.append(letter)
        elif axis in arrays:
            if axis == arrays[0]:
                taken.append(index[counters[0]])
            if axis != counters[0]:
                if len(setter.shape(part)) > 1 or letter is None:
                    return None
                conditions.append(f"{letter} = {setter.piece(part, (index[counters[0]],)).text}")
        elif letter is not None:
            conditions.append(f"{letter} = {place_of(setter, part, shape[axis])}")
    if not conditions:
        return None
    own = index_of_operand((*taken, *index[len(parts) :]), setter.shape(value))
    return _Part(r" \land ".join(conditions), sign, setter.piece(value, own))
