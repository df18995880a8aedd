"""Loop nests as machine code: compiled by numba, and called with the numbers of all arguments.

numba compiles with the optimization level 2: level 3, its own, writes out all rounds of loops of constant
length, which takes three times as long and gains nothing. And it is told that a sum may be added up in any
order, so that sums along memory use all lanes.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from ...errors import ProgramError
from ...stepping.maps import Shape
from ..compilation import executed_for_numba, need_numba, refused
from ..nests.loops import Array, Nests
from ..source import Source
from .lanes import in_lanes
from .source import PLUS, Layout, laid_out, loop_source

LEVEL = 2


@lru_cache(maxsize=100)
def compiled_loops(source: Source, trains: bool = False) -> Callable[..., Any]:
    """Return the function of loop nests as machine code; the same source is compiled once."""
    need_numba()
    from numba import njit
    from numba.core import config as settings
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.errors import NumbaError

    config: Any = settings
    function = executed_for_numba(source, {**in_lanes(), PLUS: _plus()})
    with global_compiler_lock:  # nobody else compiles meanwhile
        level, config.OPT = config.OPT, type(config.OPT)(min(config.OPT, LEVEL))
        try:
            compiled: Callable[..., Any] = njit(
                f"void(float64[::1], int64[::1]{', float64[::1]' if trains else ''})",
                error_model="numpy",
                nogil=True,
            )(function)
        except NumbaError as error:
            raise ProgramError(
                f'numba cannot compile {refused(source, function, str(error))}; write backend="python"'
            ) from error
        finally:
            config.OPT = level
    return compiled


@cache
def _plus() -> Any:
    """Return the sum of two floats as numba takes it, which may be reordered with others of its kind."""
    from numba import types
    from numba.extending import intrinsic

    def plus(context: Any, x: Any, y: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.fadd(*args, flags=("reassoc",))

        return types.float64(types.float64, types.float64), code

    return intrinsic(plus)


class Loops:
    """Loop nests, ready to be called with the numbers of each argument."""

    def __init__(self, name: str, nests: Nests, shapes: Sequence[Shape] | None = None) -> None:
        """Compile nests whose results have these shapes: numbers, and flat arrays, if they are not told."""
        self.layout: Layout = laid_out(nests)
        self.source = loop_source(name, nests, self.layout)
        self.run = compiled_loops(self.source)
        self.tables = index_tables(self.layout.tables)
        self._constants = [(self._slice(array), numbers) for array, numbers in nests.tables.items()]
        self._arguments = [self._slice(array) for array in nests.arguments]
        if shapes is None:
            shapes = [() if isinstance(r, float) or r.size == 1 else (r.size,) for r in nests.results]
        self._results = [
            (r if isinstance(r, float) else self._slice(r), shape)
            for r, shape in zip(nests.results, shapes)
        ]
        self._free: deque[Any] = deque()  # memories that no call uses

    def _slice(self, array: Array) -> slice:
        offset = self.layout.offsets[array]
        return slice(offset, offset + array.size)

    def __call__(self, *arguments: Any) -> list[Any]:
        """Return all results, given a number or an array in its shape for each argument."""
        import numpy

        try:
            memory = self._free.pop()
        except IndexError:
            memory = self._new()
        for argument, own in zip(arguments, self._arguments, strict=True):
            memory[own] = argument if isinstance(argument, float) else numpy.ravel(argument)
        self.run(memory, self.tables)
        results = [self._result(memory, own, shape) for own, shape in self._results]
        self._free.append(memory)
        return results

    @staticmethod
    def _result(memory: Any, own: Any, shape: Shape) -> Any:
        """Return a result in its shape; a single number stands for each entry."""
        import numpy

        if isinstance(own, float) or own.stop - own.start == 1:
            number = own if isinstance(own, float) else float(memory[own.start])
            return numpy.full(shape, number) if shape else number
        return memory[own].reshape(shape).copy()

    def _new(self) -> Any:
        import numpy

        memory = numpy.zeros(self.layout.size)
        for own, numbers in self._constants:
            memory[own] = numbers
        return memory


@lru_cache(maxsize=100)
def index_tables(entries: Sequence[int]) -> Any:
    """Return tables of indices as numba takes them."""
    import numpy

    return numpy.array(entries or (0,), dtype=numpy.int64)
