"""In which order the backward part is written: as lectures do, each gradient where it can be known.

A result that is but one sum away is written as soon as its operands are there, such as dW2 and db2 after
dZ2; several in the order in which they are asked for. All else keeps its order, and so do modules.
"""

from collections.abc import Sequence
from heapq import heappop, heappush

from ..operands import Operand
from ..rolled.structure import Put, Take, is_made_by
from ..variables import Variable

SHARED = -1  # the goal of what several results need, or is far from its result, or is forward


class Order:
    """Variables in the order in which they are written."""

    def __init__(self, variables: Sequence[Variable], results: Sequence[Operand]) -> None:
        self.variables: list[Variable] = []
        self.written: set[Variable] = set()
        self.goals = _goals(variables, results)
        self._given = variables
        self._places = {variable: i for i, variable in enumerate(variables)}
        self._users: dict[Variable, list[Variable]] = {}
        self._missing: dict[Variable, int] = {}
        self._ready: dict[str, list[tuple[int, int]]] = {}  # what can be written, by module
        for variable in variables:
            operands = {parent for parent in variable.parents if parent.__class__ is Variable}
            self._missing[variable] = len(operands)
            for operand in operands:
                self._users.setdefault(operand, []).append(variable)

    def write(self, variable: Variable) -> None:
        """Write a Variable, and note what can be written after it."""
        self.variables.append(variable)
        self.written.add(variable)
        for user in self._users.get(variable, ()):
            self._missing[user] -= 1
            is_view = user.place[0] and is_made_by(user, Take)
            if not self._missing[user] and (is_view or self.goals[user] != SHARED):
                key = self.goals[user], self._places[user]
                heappush(self._ready.setdefault(user.place[1], []), key)

    def write_ready(self, module: str) -> None:
        """Write all that can be written of a module, and is near to its result."""
        waiting = self._ready.get(module, [])
        while waiting:
            place = heappop(waiting)[-1]
            if self._given[place] not in self.written:
                self.write(self._given[place])


def in_order_of_lectures(variables: Sequence[Variable], results: Sequence[Operand]) -> list[Variable]:
    """Return Variables in another order, in which operands still come first."""
    order, module = Order(variables, results), ""
    for variable in variables:
        if order.goals[variable] != SHARED or variable in order.written:
            continue
        if variable.place[0] and variable.place[1] != module:
            module = variable.place[1]
            order.write_ready(module)
        order.write(variable)
        if variable.place[0]:
            order.write_ready(module)
    for variable in variables:
        if variable not in order.written:
            order.write(variable)
    return order.variables


def _goals(variables: Sequence[Variable], results: Sequence[Operand]) -> dict[Variable, int]:
    """Return of each Variable the place of the one result that it leads to and is near."""
    found: dict[Variable, int] = {}
    wanted = {*results}
    for i, result in enumerate(results):
        if result.__class__ is Variable:
            found[result] = SHARED if result in found else i
    sums: dict[int, int] = {}  # and what has a name, by goals
    for variable in reversed(variables):
        if not variable.place[0] or not variable.parents:
            found[variable] = SHARED
        goal = found[variable]
        is_step = is_made_by(variable, Put) or (variable.name and variable not in wanted)
        sums[goal] = sums.get(goal, 0) + bool(is_step)
        for parent in variable.parents:
            if parent.__class__ is Variable:
                found[parent] = goal if found.get(parent, goal) == goal else SHARED
    return {variable: goal if sums.get(goal, 0) < 2 else SHARED for variable, goal in found.items()}
