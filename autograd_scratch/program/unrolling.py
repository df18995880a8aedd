"""A few rows written out, instead of a loop over them.

Each equation stands there once for each row, side by side: processors compute independent exponentials at
once, where in a loop each row waits for the one before.
"""

from dataclasses import replace

from ..arrays.containers import arrange
from ..primitives.reductions import sum_p
from .equations import Equation, Equations, Index
from .forms import Tree, leaves
from .loops import ROWS


def written_out(equations: Equations, count: int) -> Equations:
    """Return the equations of value and gradient added up over `count` rows.

    The arguments that vary from row to row become one, `rows`, with a tuple of their numbers for each row.
    """
    row = [index for key in equations.varying for index in leaves(equations.arguments[key])]
    varying = set(row)
    made: list[Equation] = []
    places: list[list[int]] = []  # of each equation, one for each row, or one for all rows
    for i, equation in enumerate(equations.equations):
        if not varying.isdisjoint(equation.operands):
            varying.add(i)
        copies = count if i in varying else 1
        places.append([len(made) + k for k in range(copies)])
        for k in range(copies):
            operands = tuple(_at(places, operand, k) for operand in equation.operands)
            name = f"{equation.name}_{k}" if equation.name and copies > 1 else equation.name
            made.append(equation._replace(operands=operands, name=name))

    def total(index: Index) -> Index:
        if isinstance(index, float):
            return index * count
        place = made[places[index][0]].place
        made.append(Equation(sum_p, tuple(_at(places, index, k) for k in range(count)), None, place))
        return len(made) - 1

    fixed = {key: tree for key, tree in equations.arguments.items() if key in equations.fixed}
    moved = {key: _moved(tree, places) for key, tree in fixed.items()}
    matrix = [tuple(_at(places, index, k) for index in row) for k in range(count)]
    value, gradient = total(equations.value), [total(slope) for slope in equations.gradient]
    return replace(
        equations,
        equations=made,
        arguments={**moved, ROWS: matrix},
        fixed=(*equations.fixed, ROWS),
        frozen={places[i][0]: number for i, number in equations.frozen.items()},
        wrt=_moved(equations.wrt, places),
        value=value,
        gradient=gradient,
        extras={},
    )


def _moved(tree: Tree, places: list[list[int]]) -> Tree:
    return arrange(tree, [_at(places, index, 0) for index in leaves(tree)])


def _at(places: list[list[int]], index: Index, k: int) -> Index:
    """Return where the copy of an equation for row `k` is."""
    if isinstance(index, float):
        return index
    return places[index][k] if len(places[index]) > 1 else places[index][0]
