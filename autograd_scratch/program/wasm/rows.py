"""A function over many rows of a data set in WebAssembly: value and derivatives, added up."""

from collections.abc import Sequence

from ..equations import Equations
from ..forms import leaves
from ..gradients import gradient
from ..nests.tracing import nests_of_trace
from ..rolled.batches import of_rows
from ..rolled.rows import recorded_again
from ..table import Table
from .blocks import MOST, Column, add_share
from .effort import SLICE, loading, nanoseconds
from .engine import Instance, require
from .formulas import MORE
from .lanes import in_pairs
from .summing import Summing
from .writing import FLOAT, INDEX

CHUNK = 1 << 20  # numbers in memory at once


class WasmRows:
    """The sums over rows, each time in a memory of its own."""

    def __init__(self, name: str, equations: Equations) -> None:
        require()
        recording, share = add_share(recorded_again(name, equations))
        recording = of_rows(recording, MOST, (*equations.varying, share))
        fixed, varying = (
            [leaf for key in keys for leaf in leaves(recording.arguments[key])]
            for keys in (equations.fixed, (*equations.varying, share))
        )
        slopes = gradient(recording.trace, recording.value, leaves(recording.wrt), 1.0)
        results = [recording.value, *(slopes if equations.order else ())]
        block = nests_of_trace(
            recording.trace, [*fixed, *varying], results, in_pairs, more=MORE, rows=MOST, varying=varying
        )
        *columns, shares = block.arguments[len(fixed) :]
        self._summing = Summing(
            block,
            block.arguments[: len(fixed)],
            [Column(array, array.size // MOST) for array in columns],
            shares,
        )
        self._effort = nanoseconds(block)

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
