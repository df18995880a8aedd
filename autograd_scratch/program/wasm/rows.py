"""A function over many rows of a data set in WebAssembly: value and derivatives, added up."""

from collections.abc import Sequence

from ..equations import Equations
from ..rolled.rows import recorded_again
from ..table import Table
from .blocks import MOST
from .effort import SLICE, loading, nanoseconds
from .engine import Instance, require
from .row_block import row_block
from .summing import Summing
from .writing import FLOAT, INDEX

CHUNK = 1 << 20  # numbers in memory at once


class WasmRows:
    """The sums over rows, each time in a memory of its own."""

    def __init__(self, name: str, equations: Equations) -> None:
        require()
        block = row_block(
            recorded_again(name, equations),
            MOST,
            equations.fixed,
            equations.varying,
            with_slopes=equations.order > 0,
        )
        self._summing = Summing(block)
        self._effort = nanoseconds(block.nests)

    @property
    def text(self) -> str:
        """The text of the module."""
        return self._summing.text

    def sums(self, fixed: Sequence[Sequence[float]], table: Table) -> list[list[float]]:
        """Return the sums of value and gradient, array by array, given the numbers of other arguments."""
        summing = self._summing
        blocks = int(SLICE / (self._effort + loading(MOST, table.width)))
        chunk = max(1, min(blocks, CHUNK // table.width // MOST)) * MOST
        instance = Instance(summing.text, summing.memory.size + FLOAT * chunk * table.width)
        for place, numbers in zip(summing.fixed, fixed, strict=True):
            instance.write(place, numbers)
        cleared = summing.cleared
        instance.bytes[cleared] = bytes(cleared.stop - cleared.start)
        instance.whole[summing.cells["data"] // INDEX] = summing.memory.size
        numbers, width = memoryview(table.numbers), table.width
        for start in range(0, len(table), chunk):
            own = numbers[start * width : (start + chunk) * width]
            instance.write(summing.memory.size, own)
            instance.whole[summing.cells["rows"] // INDEX] = len(own) // width
            instance.run()
        return [[sum_] if isinstance(sum_, float) else instance.read(*sum_) for sum_ in summing.sums]
