"""Nests of what is written in a trace, or of a Program: its equations are written for speed first."""

from collections.abc import Collection, Mapping, Sequence

from ..equations import Equations, flat
from ..forms import leaves
from ..lowering import Rules, lower
from ..operands import Operand
from ..variables import Trace, Variable
from .building import Blocks, in_single_lanes, nests_of
from .loops import Array, Nests
from .rounds import Way


def nests_of_trace(
    trace: Trace,
    arguments: Sequence[Variable],
    results: Sequence[Operand],
    way: Way,
    *,
    more: Rules | None = None,
    carried: Mapping[int, int] | None = None,
    rows: int | None = None,
    varying: Collection[Variable] = (),
    shared: Mapping[Variable, Array] | None = None,
) -> Nests:
    """Return the nests of some results.

    `carried` says which arguments, by number, become which results. With `rows` they run for blocks of so
    many rows of the arguments that vary, and the other results add up. `more` are rules by which equations
    are written.
    """
    equations, position = flat(trace, [*results, *arguments])
    lowered, at = lower(equations, more=more)

    def made(operand: Operand) -> Operand:
        return at(position(operand))

    found = list(map(made, results))
    tables = {
        made(table): numbers if isinstance(numbers, (tuple, list)) else (numbers,)
        for table, numbers in trace.tables.items()
        if position(table) is not None
    }
    given = list(map(made, arguments))
    blocks = None
    if rows is not None:
        replacing = {*(carried or {}).values()}
        added = {x for i, x in enumerate(found) if x.__class__ is Variable and i not in replacing}
        blocks = Blocks(rows, {made(x) for x in varying}, added)
    return nests_of(
        lowered,
        given,
        found,
        tables,
        [(given[i], found[j]) for i, j in (carried or {}).items()],
        way,
        blocks,
        {made(x): array for x, array in (shared or {}).items()},
    )


def nests_of_equations(
    equations: Equations, way: Way = in_single_lanes, more: Rules | None = None
) -> tuple[Nests, list[Operand]]:
    """Return the nests that compute all results of a Program of arrays, and these as operands."""
    trace, at = lower(equations.equations, more=more)
    arguments = [at(index) for tree in equations.arguments.values() for index in leaves(tree)]
    tables = {
        at(index): numbers if isinstance(numbers, (tuple, list)) else (numbers,)
        for index, numbers in equations.frozen.items()
    }
    results = [at(index) for index in equations.results()]
    return nests_of(trace, arguments, results, tables, way=way), results
