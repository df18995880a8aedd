"""A Program of arrays over many rows of a data set: blocks of rows are one more axis."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from ...arrays.containers import blocks, replaced
from ..compilation import compiled
from ..equations import Equations, equations_of
from ..forms import Tree
from ..notation import array_source
from ..record import Recording
from ..source import Source
from ..variables import FORWARD, Trace
from .batches import of_rows
from .carried import Carried, begun, close
from .lots import given
from .structure import Put, added_up

BLOCK = 256  # rows at once


class RowBlocks:
    """The sums of value and derivatives over rows, block by block."""

    def __init__(self, name: str, equations: Equations) -> None:
        self._name = name
        self._equations = equations
        self._recording = recorded_again(name, equations)
        self._functions: dict[int, tuple[Callable[..., Any], list[Any]]] = {}

    def sums(self, fixed: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the sum of the value, and of the gradient by each array, over rows of varying arguments.

        What does not fit raises, as do overflows.
        """
        import numpy

        equations = self._equations
        trees = [equations.forms[key] for key in equations.fixed]
        arrays = dict(zip(equations.fixed, map(given, trees, fixed)))
        ends = [*range(0, len(rows), BLOCK), len(rows)]
        totals: list[Any] = []
        for start, end in pairwise(ends):
            columns = zip(equations.varying, zip(*rows[start:end], strict=True), strict=True)
            stacked = {key: _stacked(equations.forms[key], column) for key, column in columns}
            function, tables = self._function(end - start)
            args = [(arrays | stacked)[key] for key in equations.arguments]
            with numpy.errstate(all="ignore", over="raise"):
                found = function(*args, *tables)
            flat = [block for _, block in blocks(found)]
            totals = [one + other for one, other in zip(totals, flat)] if totals else flat
        return totals

    def source(self, count: int = BLOCK) -> Source:
        """Return the text of the function for a block of so many rows."""
        equations = equations_of(of_rows(self._recording, count, self._equations.varying), 1)
        equations = replace(equations, order=self._equations.order)
        return array_source(f"{self._name}_over_rows", equations, f"The sum over {count:,} rows.")

    def _function(self, count: int) -> tuple[Callable[..., Any], list[Any]]:
        """Return the code for a block of so many rows, and its tables."""
        if count not in self._functions:
            import numpy

            source = self.source(count)
            tables = [numpy.array(table.numbers).reshape(table.shape) for table in source.tables]
            self._functions[count] = compiled(source), tables
        return self._functions[count]


def written_again(equations: Equations) -> tuple[Trace, Callable[[Any], Any]]:
    """Return all equations as a trace, and what became of each."""
    trace = Trace()
    made: list[Any] = []

    def at(index: Any) -> Any:
        return made[index] if isinstance(index, int) else index

    for i, equation in enumerate(equations.equations):
        trace.place = equation.place
        primitive: Any = equation.primitive
        if primitive is None:
            variable = trace.leaf(equation.name, equation.shape)
            if i in equations.frozen:
                trace.tables[variable] = equations.frozen[i]
            made.append(variable)
        elif primitive.__class__ is Carried:
            made.append(begun(trace, at(equation.operands[0]), *primitive.key[1:]))
        else:
            operands = tuple(map(at, equation.operands))
            if primitive.__class__ is Put:  # of a number, perhaps
                found = added_up(trace, primitive.map, operands[0])
            else:
                found = trace.apply(primitive, operands)
            if equation.name and found.__class__ is not float and not found.name:
                found.name = equation.name
            made.append(found)
    for loop, equation in zip(made, equations.equations):
        if equation.primitive.__class__ is Carried:
            close(loop, at(equation.operands[1]))
    trace.place = FORWARD
    return trace, at


def recorded_again(name: str, equations: Equations) -> Recording:
    """Return the forward part of a Program of arrays as it was recorded."""
    trace, at = written_again(equations)
    return Recording(
        name=name,
        trace=trace,
        arguments={key: replaced(tree, at) for key, tree in equations.arguments.items()},
        fixed=equations.fixed,
        wrt=replaced(equations.wrt, at),
        value=at(equations.value),
        extras={},
        frozen={},
        forms=dict(equations.forms),
        wrt_form=equations.wrt_form,
        style=equations.style,
    )


def _stacked(tree: Tree, column: Sequence[Any]) -> Tree:
    """Return one argument of many rows, with an axis for these in each of its arrays."""
    import numpy

    rows = [[block for _, block in blocks(given(tree, each))] for each in column]
    arrays = iter([numpy.array(parts) for parts in zip(*rows)])
    return replaced(tree, lambda _: next(arrays))
