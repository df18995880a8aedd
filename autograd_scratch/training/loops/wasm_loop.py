"""A training run as WebAssembly: blocks of rows, batches and epochs are loops in one module."""

from collections.abc import Callable, Sequence

from ...errors import ProgramError
from ...program.table import Table
from ...program.wasm.operations import NoFormError
from ...program.wasm.training import LOSSES
from ...value import Value
from .block_parts import Blocks, parts_of
from .numbers import Begun, Trained
from .tuning import Tuner, Tuning
from .wasm_machine import SHUFFLED, Machine, Recipe


class WasmLoop:
    """The loop over epochs as a module; a call of it goes on for some blocks of rows.

    `blocks_of` gives them, of one parameter more than are moving, perhaps: two are computed at once.
    """

    backend = "wasm"

    def __init__(
        self,
        blocks_of: Callable[[], Blocks],
        moving: Sequence[Value],
        table: Table,
        tuner: Tuner,
        is_mean: bool,
        batch_size: int,
        per_batch: bool,
    ) -> None:
        self.moving = moving
        self._blocks_of = blocks_of
        self._tuner = tuner
        self._per_batch = per_batch
        self._is_mean = is_mean
        self._table = table
        self._batch_size = min(batch_size, len(table))
        self._running: Machine | None = None
        self._last = self._made()

    def _machine(self) -> Machine:
        """Return the module for what the optimizer is set to; its numbers may be any, but for 0."""
        if self._tuner.tuning(self._last.tuning) != self._last.tuning:
            self._last = self._made()
        return self._last

    def _made(self) -> Machine:
        tuning = self._tuner.tuning()
        try:
            return self._made_for(tuning)
        except NoFormError:
            if not tuning.constant:
                raise
            return self._made_for(self._tuner.written())  # what has no form may be of settings alone

    def _made_for(self, tuning: Tuning) -> Machine:
        blocks = self._blocks_of()
        parts = parts_of(blocks, self._tuner, tuning, self.moving, self._is_mean, self._per_batch)
        return Machine(parts, tuning, self._table, self._batch_size)

    def source(self) -> str:
        """Return the text of the module."""
        return self._machine().layout.text

    def at_once(self, is_shuffled: bool) -> int:
        """Return how many epochs a call takes."""
        most = min(LOSSES, max(1, SHUFFLED // len(self._table))) if is_shuffled else LOSSES
        return min(most, self._last.most)

    def run(self, epochs: int, orders: Sequence[Sequence[int]] | None, begun: Begun) -> Trained | None:
        """Return what some epochs give, each with its order of the rows, as long as all is finite."""
        self._running = self._begun(orders, begun)
        self._running.run(epochs)
        found = self.reached()
        self._running = None
        return found

    def run_step(self, rows: Sequence[int], begun: Begun) -> Trained | None:
        """Return what a step on some rows gives; None where it is not finite."""
        machine = self._begun([rows], begun)
        loss = machine.run_step(len(rows))
        found = machine.reached(len(self.moving))
        return None if loss is None or found is None else found._replace(losses=[loss], begun=(0.0, 0))

    def recipe(self, epochs: int, begun: Begun) -> Recipe:
        """Return what `run` would begin with, for others to run so many epochs."""
        if begun.schedule and epochs > self._last.most:
            raise ProgramError(
                f"a schedule is told beforehand for {self._last.most:,} epochs of this data set, not for "
                f"{epochs:,}: write fewer epochs"
            )
        return self._begun(None, begun).recipe()

    def _begun(self, orders: Sequence[Sequence[int]] | None, begun: Begun) -> Machine:
        """Return the module with all written that a call begins with."""
        machine = self._machine()
        machine.begin(
            orders,
            [parameter._data for parameter in self.moving],
            begun._replace(states=[*begun.states, begun.states[-1]]),  # the last of one that does not count
            self._tuner.numbers(machine.tuning),
        )
        return machine

    def reached(self) -> Trained | None:
        """Return how far a call has come, which may be interrupted; None where that is nowhere."""
        return self._running.reached(len(self.moving)) if self._running else None
