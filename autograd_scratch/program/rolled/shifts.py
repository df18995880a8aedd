"""Shifts that cancel: what is taken off before `exp`, and divided out again, has no derivative.

    e = exp(z - top)
    p = e / e.sum(axis=1)

is the same whatever `top` is, as long as it is one number for all entries that are added up. People take
the maximum of z, so that nothing overflows; its derivatives by all paths add up to zero, but for rounding.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from ...primitives.arithmetic import div, sub
from ...primitives.exponential import exp
from ..operands import Operand, is_variable
from ..variables import Variable
from .structure import Along, Put, Take
from .terms import SUMS

Users = Mapping[Variable, Sequence[Variable]]


def cancelled(order: Sequence[Variable], loops: Mapping[Variable, Operand]) -> set[Variable]:
    """Return the differences of arrays whose second operand has no influence on what reads them.

    `loops` are read by the rounds after.
    """
    candidates = [variable for variable in order if is_variable(variable, sub) and variable.shape]
    if not candidates:
        return set()
    users: dict[Any, list[Variable]] = defaultdict(list)
    for variable in order:
        for parent in dict.fromkeys(variable.parents):
            if parent.__class__ is Variable:
                users[parent].append(variable)
    for loop, made in loops.items():
        users[made].append(loop)
    return {variable for variable in candidates if _is_cancelled(variable, users)}


def _is_cancelled(difference: Variable, users: Users) -> bool:
    """Say whether z - top is read by one exponential, and this only as a share of its sums."""
    readers = users[difference]
    if len(readers) != 1 or not is_variable(readers[0], exp):
        return False
    (e,) = readers
    shifts = _entries(difference.parents[1], prod(e.shape))
    quotients = {user for user in users[e] if is_variable(user, div) and user.parents[0] is e}
    divisors: dict[Operand, list[int]] = {}  # with the shift of the sum at each place
    for reader in users[e]:
        if reader in quotients:
            continue
        total, groups, entries = _sum(reader, users)
        if total is None:
            return False
        shift_of: dict[int, int] = {}
        if any(shift_of.setdefault(g, shifts[i]) != shifts[i] for g, i in zip(groups, entries)):
            return False
        for user in users[total]:
            divisor = user if user.primitive.__class__ is Take else total
            if not quotients.issuperset(users[divisor]):
                return False
            divisors[divisor] = [shift_of[g] for g in _entries(divisor, len(shifts), within=total)]
    return all(divisors.get(quotient.parents[1]) == shifts for quotient in quotients)


def _entries(operand: Operand, places: int, within: Operand | None = None) -> Sequence[int]:
    """Return which entry of what it takes from an operand has at each place; a single number has one."""
    if operand.__class__ is not Variable or not operand.shape:
        return [0] * places
    if operand.primitive.__class__ is Take and operand is not within:
        return operand.primitive.map.positions()
    return range(places)


def _sum(reader: Variable, users: Users) -> tuple[Variable | None, Sequence[int], Sequence[int]]:
    """Return the sum that reads an array, and for each term where it goes, and which entry it is."""
    primitive = reader.primitive
    if primitive.__class__ is Put:
        return reader, primitive.map.positions(), range(primitive.map.size)
    entries: Sequence[int] = range(prod(reader.parents[0].shape))
    if primitive.__class__ is Take:
        entries = primitive.map.positions()
        if len(users[reader]) != 1:
            return None, (), ()
        (reader,) = users[reader]
        primitive = reader.primitive
    if not isinstance(primitive, Along) or primitive.inner not in SUMS or len(primitive.terms) != 1:
        return None, (), ()
    count = primitive.terms[0] or 1
    return reader, [i // count for i in range(len(entries))], entries
