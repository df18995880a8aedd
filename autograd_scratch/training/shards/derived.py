"""Training runs whose steps are computed by an executor whose workers have the derived code of a row."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ...errors import DataError, GraphError, MissingPackageError, ShapeError
from ...program.derivation import has_numpy
from ...program.program import Program
from ...program.record import record
from ...program.rolled.program import RolledProgram
from ...program.table import Table
from ...program.wasm.effort import MUCH
from ...program.wasm.operations import NoFormError
from ...value import Value
from ..loops.array_update import ArrayUpdate
from ..loops.batch_losses import RowLoss
from ..loops.derived import LARGE, reached_by
from .run import ShardedRun, mean_of_rows
from .work import DerivedWork, Work


class DerivedShards(ShardedRun):
    """A run whose workers run the derived code of the loss of a row over the rows of a shard."""

    def _begin(self) -> tuple[list[Value], bool, Work]:
        if self.asked.backend == "numba":
            raise DataError(
                'workers run derived code in WebAssembly, NumPy or Python: write backend="wasm", or leave '
                "backend out"
            )
        losses = RowLoss(self, mean_of_rows(self))
        reached = reached_by(losses.first.loss, losses.first.nodes)
        moving = [p for p in self.trained if p in reached]
        if not moving:
            raise GraphError("the loss depends on no parameter that is to be trained")
        examples = {"x": self.inputs[0], "y": self.targets[0], "row": 0.0}
        columns: list[Any] = [self.inputs, self.targets, range(len(self.inputs))]
        self._examples = {key: examples[key] for key in losses.first.varying}
        try:
            self._table = Table(zip(*columns[: len(self._examples)]), self._examples)
        except ShapeError as fault:
            fault.add_note('fill rows of several lengths up to one, or write engine="eager"')
            raise
        work = self._in_wasm(losses, moving) or self._by_program(losses, moving)
        self._source = work.source
        self._update = ArrayUpdate(self.optimizer, moving, self.asked.clip_grad_norm)
        return moving, losses.is_mean, work

    def _in_wasm(self, losses: RowLoss, moving: Sequence[Value]) -> DerivedWork | None:
        """Return work in WebAssembly: if it is asked for, or if there is much to do, and it can be."""
        is_asked_for = self.asked.backend == "wasm"
        is_little = losses.operands * len(self.inputs) * self.asked.epochs < MUCH
        if not is_asked_for and (self.asked.backend or is_little):
            return None
        try:
            work = self._work(losses, _of_arrays(losses, moving), "wasm")
            work.machine()
        except (MissingPackageError, NoFormError):
            if is_asked_for:
                raise
            return None
        return work

    def _by_program(self, losses: RowLoss, moving: Sequence[Value]) -> DerivedWork:
        """Return work of NumPy, if it is the quicker one, or of Python."""
        if has_numpy() and losses.operands * self.batch_size >= LARGE * self.asked.shards:
            with suppress(NoFormError):
                program = _of_arrays(losses, moving)
                rolled = program.equations.rolled
                if rolled is not None and rolled.is_worth_it:
                    return self._work(losses, program, "numpy")
        return self._work(losses, _of_numbers(losses, moving), "python")

    def _work(self, losses: RowLoss, program: Program, ran: str) -> DerivedWork:
        self._ran = ran
        is_mean, steps = losses.is_mean, bool(losses.first.fixed)
        return DerivedWork(program, self._table, self._examples, is_mean=is_mean, steps=steps, ran=ran)

    def _stepped(self, slopes: Sequence[float]) -> None:
        if not self._update.step(slopes):
            super()._stepped(slopes)

    @property
    def ran(self) -> str:
        return self._ran

    @property
    def source(self) -> str:
        """The text of the code that adds up over rows."""
        return self._source


def _of_arrays(losses: RowLoss, moving: Sequence[Value]) -> Program:
    """Return the Program of a row's loss and gradient as one of arrays, or a NoFormError."""
    recording, _ = losses.batch_of(moving)
    recording = replace(recording, fixed=(*recording.fixed, *losses.first.fixed))
    return RolledProgram.of(recording, 1, False, "python")


def _of_numbers(losses: RowLoss, moving: Sequence[Value]) -> Program:
    """Return the Program of a row's loss and gradient as one of single numbers."""
    first = losses.first
    recording = record(first.loss, [*moving], first.arguments, {}, "model")
    recording = replace(recording, fixed=(*recording.fixed, *first.fixed))
    return Program.of(recording, 1, False, "python")
