"""Of which recorded losses derived code is made: of that of a row, or of those of whole batches."""

from collections.abc import Callable, Sequence

from ...arrays.containers import entries
from ...errors import ProgramError
from ...program.forms import plain
from ...program.record import Recording
from ...program.rolled.batches import of_rows
from ...program.rolled.recording import record_rolled
from ...program.wasm.blocks import block_rows
from ...program.wasm.operations import NoFormError
from ...value import Value
from ..run import Run
from .block_parts import Blocks, blocks_of_batches, blocks_of_rows
from .losses_of_rows import is_mean
from .mixed_rows import MixedLoop, Row
from .numbers import NumberLoop
from .recorded import CARRIED, VARYING, Recorded, mixes_rows, of_batch, of_row

MOST = 2_000  # rows of a batch whose loss is recorded whole, where its rows are not mixed

MakeLoop = Callable[[Recorded, Sequence[Row], int | None], NumberLoop]


class RowLoss:
    """The loss of a row: that of a batch is the mean of those of its rows, or their sum."""

    def __init__(self, run: Run, is_mean: bool) -> None:
        self.is_mean = is_mean
        self.first = of_row(run)
        self.operands = _operands(self.first)
        self._size = run.batch_size
        self._is_whole = run.is_full_batch

    def batch_of(self, moving: Sequence[Value]) -> tuple[Recording, Callable[[int], Recording]]:
        """Return the loss as a recording of arrays, and what gives that of a batch of a size."""
        row = _rolled(self.first, moving)
        return row, lambda size: of_rows(row, size, VARYING)

    def blocks_of(self, moving: Sequence[Value]) -> Callable[[], Blocks]:
        """Return what gives the blocks of rows for a module."""
        row = _rolled(self.first, moving)
        return lambda: blocks_of_rows(row, block_rows(self._size))

    def in_numbers(self, make: MakeLoop, rows: Sequence[Row]) -> NumberLoop:
        """Return the loop of single numbers."""
        return make(self.first, rows, None if self._is_whole else self._size)


class BatchLosses:
    """The losses of whole batches that are not those of their rows: of each size of a batch one."""

    is_mean = False

    def __init__(self, run: Run) -> None:
        size, count = min(run.batch_size, len(run.inputs)), len(run.inputs)
        self._of = {each: of_batch(run, each) for each in (size, count % size) if each}
        self.first = self._of[size]
        self.operands = _operands(self.first) // size
        example = {"x": run.inputs[0], "y": run.targets[0], "row": 0.0}
        self._widths = [len([*entries(plain(example[key]))]) for key in self.first.varying]
        self._size = size
        self._per_batch = run.pace.per_batch

    def batch_of(self, moving: Sequence[Value]) -> tuple[Recording, Callable[[int], Recording]]:
        """Return a loss as a recording of arrays, and what gives that of a batch of a size."""
        return _rolled_batch(self.first, moving), lambda size: _rolled_batch(self._of[size], moving)

    def blocks_of(self, moving: Sequence[Value]) -> Callable[[], Blocks]:
        """Return what gives a block of rows for each size of a batch."""
        return lambda: blocks_of_batches({n: _rolled_batch(each, moving) for n, each in self._of.items()})

    def in_numbers(self, make: MakeLoop, rows: Sequence[Row]) -> MixedLoop:
        """Return the loop of single numbers."""

        def loop_of(size: int, own: Sequence[Row]) -> NumberLoop:
            return make(self._of[size], own, None if len(own) == 1 else 1)

        return MixedLoop(loop_of, rows, self._widths, self._size, self._per_batch)


def losses_of(run: Run) -> RowLoss | BatchLosses:
    """Record the loss of a row, or those of batches if their rows are mixed, by the model or the loss."""
    if mixes_rows(run):
        return BatchLosses(run)
    is_of_rows = is_mean(run)  # which says what is wrong with them, as eagerly
    if is_of_rows is not None:
        return RowLoss(run, is_of_rows)
    if run.batch_size > MOST or run.asked.backend == "numba":
        raise ProgramError(
            "the loss is neither the mean nor the sum of those of single rows, as a mean by weights of "
            "classes or without ignored rows is neither. Then derived code is made for whole batches, of "
            f"at most {MOST:,} rows, and not with numba: write batch_size=100, say, or take one with "
            'reduction="sum"'
        )
    return BatchLosses(run)


def _operands(recorded: Recorded) -> int:
    return sum(len(node.parents) for node in recorded.nodes)


def _rolled(recorded: Recorded, moving: Sequence[Value]) -> Recording:
    """Return a loss as a recording of arrays; a NoFormError where it cannot be one."""
    recorded, recorder = recorded.watched()
    after = {CARRIED: recorded.after} if recorded.after else {}
    found = record_rolled(recorded.loss, [*moving], recorded.arguments, after, "model", recorder)
    if found is None:
        raise NoFormError('the loss of a row cannot be written as arrays; write backend="python"')
    return found


def _rolled_batch(recorded: Recorded, moving: Sequence[Value]) -> Recording:
    """Return the loss of a batch as a recording of arrays that have its rows for an axis."""
    found = _rolled(recorded, moving)
    if any(len([*entries(found.arguments[key])]) > 1 for key in recorded.varying):
        raise NoFormError(
            "the rows of a batch are mixed, and their inputs or targets are no arrays of one shape; write "
            'backend="python"'
        )
    return found
