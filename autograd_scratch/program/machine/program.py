"""A Program of arrays whose loops numba compiles: `backend="numba"` for arrays.

The source that is shown stays that of NumPy; what runs are the loop nests of the same equations.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from ...arrays.containers import arrange_blocks, blocks
from ...stepping.maps import Shape
from ..equations import Equations
from ..forms import leaves
from ..nests.tracing import nests_of_equations
from ..rolled.program import RolledProgram
from .code import Loops


class LoopProgram(RolledProgram):
    """A Program of arrays as machine code: compiled when it is first called, which takes a second or so."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The compiled code, called with arrays of floats."""
        equations = self.equations
        nests, results = nests_of_equations(equations)
        shapes: list[Shape] = [() if r.__class__ is float else r.shape for r in results]
        wrt = [_shape(equations, index) for index in leaves(equations.wrt)]
        if equations.order:
            shapes[1 : 1 + len(wrt)] = wrt
        loops = Loops(self.name, nests, shapes)

        def function(*arrays: Any) -> Any:
            found = loops(*(block for array in arrays for _, block in blocks(array)))
            value, rest = found[0], found[1:]
            parts: list[Any] = [value]
            if equations.order:
                parts.append(arrange_blocks(equations.wrt, rest[: len(wrt)]))
                rest = rest[len(wrt) :]
            if equations.extras:
                parts.append(arrange_blocks(dict(equations.extras), rest))
            return parts[0] if len(parts) == 1 else tuple(parts)

        return function

    @cached_property
    def _tables(self) -> Sequence[Any]:
        """What is given after the arguments: nothing, since tables stand in memory."""
        return ()


def _shape(equations: Equations, index: Any) -> Shape:
    return equations.equations[index].shape if isinstance(index, int) else ()
