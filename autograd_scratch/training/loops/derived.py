"""A training run as derived code: the loss of a row is recorded and differentiated once, and run for all.

That is the same as the eager run where the loss of a batch is the mean or the sum of its rows' losses,
which is tried on the data. Where a row's answer depends on the other rows of a batch, its loss is recorded
as a whole. A little to compute is one generated function of all epochs (see `numbers`), much is NumPy code
for each step (see `arrays`). Where the code stops at an overflow, or ends with a number that is not finite,
the same steps are taken on Values, which know what to answer.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import setitem
from typing import Any

from ...errors import DataError, GraphError, MissingPackageError, ProgramError, ShapeError
from ...nn.states import Buffer, buffers_of, keeping
from ...node import forgetting, set_data
from ...optim import State
from ...primitives.conditions import CONDITIONS
from ...primitives.piecewise import detached, select
from ...program.compilation import need_numba
from ...program.derivation import has_numpy
from ...program.forms import leaves
from ...program.table import Table
from ...program.updates import Setting
from ...program.wasm.effort import MUCH
from ...program.wasm.operations import NoFormError
from ...value import Value
from ..asked import Asked
from ..pace import Pace
from ..run import Run
from .arrays import ArrayLoop
from .batch_losses import losses_of
from .machine_loops import MachineLoop
from .mixed_rows import MixedLoop, Row
from .numbers import Begun, NumberLoop, Trained
from .recorded import Recorded
from .tuning import Tuner
from .wasm_loop import WasmLoop
from .wasm_machine import Recipe

SAMPLE = 0.5  # of a setting that a schedule begins with 0
LARGE = 5_000  # operands of all rows of a batch, from which on NumPy is quicker than numbers


class DerivedRun(Run):
    """A run whose epochs are derived code."""

    def __init__(self, asked: Asked, pace: Pace) -> None:
        super().__init__(asked, pace)
        if asked.backend == "numba":
            need_numba()
        self._most = 1  # epochs in the next call of code
        with keeping(buffers_of(self.model)):
            self._losses = losses_of(self)
        first = self._losses.first
        example = {"x": self.inputs[0], "y": self.targets[0], "row": 0.0}
        columns = [self.inputs, self.targets, range(len(self.inputs))]
        examples = {key: example[key] for key in first.varying}
        try:
            self._table = Table(zip(*columns[: len(examples)]), examples)
        except ShapeError as fault:
            fault.add_note('fill rows of several lengths up to one, or write engine="eager"')
            raise
        self._are_finite = self._table.is_finite
        reached = reached_by(first.loss, first.nodes)
        self._moving = [p for p in self.trained if p in reached]
        scheduled = {setting: column[0] or SAMPLE for setting, column in self.pace.columns(1).items()}
        self._tuner = Tuner(self.optimizer, self._moving, scheduled, asked.clip_grad_norm)
        self._loop = self._compiled() or self._in_arrays() or self._in_numbers()
        self._most = self._loop.at_once(asked.is_shuffled)

    def _compiled(self) -> WasmLoop | None:
        """Return the loop in WebAssembly: if it is asked for, or if there is much to do, and it can be."""
        is_asked_for = self.asked.backend == "wasm"
        is_little = self._losses.operands * len(self.inputs) * self.asked.epochs < MUCH
        if not self._moving or (not is_asked_for and (self.asked.backend or is_little)):
            return None
        moving = [*self._moving, *([Value(0.0)] if len(self._moving) % 2 else [])]
        try:
            return WasmLoop(self._losses.blocks_of(moving), *self._given)
        except (MissingPackageError, NoFormError):
            if is_asked_for:
                raise
            return None

    def _in_arrays(self) -> ArrayLoop | None:
        """Return the loop of arrays, as NumPy code or compiled by numba, if it is the quicker one."""
        if not has_numpy() or not self._moving or self._losses.operands * self.batch_size < LARGE:
            return None
        try:
            recording, batch_of = self._losses.batch_of(self._moving)
        except NoFormError:
            return None
        if recording.rolled is None or not recording.rolled.is_worth_it:
            return None
        kind = MachineLoop if self.asked.backend == "numba" else ArrayLoop
        return kind(batch_of, *self._given)

    def _in_numbers(self) -> NumberLoop | MixedLoop:
        return self._losses.in_numbers(self._of_numbers, self._table.rows())

    def _of_numbers(self, recorded: Recorded, rows: Sequence[Row], batch_size: int | None) -> NumberLoop:
        return NumberLoop(
            recorded,
            self.trained,
            self._moving,
            rows,
            self._tuner,
            is_mean=self._losses.is_mean,
            batch_size=batch_size,
            backend="numba" if self.asked.backend == "numba" else "python",
            per_batch=self.pace.per_batch,
        )

    @property
    def _given(self) -> tuple[list[Value], Table, Tuner, bool, int, bool]:
        """What loops of arrays are given."""
        is_mean, per_batch = self._losses.is_mean, self.pace.per_batch
        return self._moving, self._table, self._tuner, is_mean, self.batch_size, per_batch

    @property
    def ran(self) -> str:
        return self._loop.backend

    @property
    def source(self) -> str:
        """The text of the loop, or of its step."""
        return self._loop.source()

    def epochs(self, count: int) -> None:
        end = self.epoch + count
        while self.epoch < end:
            if self.taken:
                self.finish()
            else:
                self._train(min(self._most, self.pace.known(end - self.epoch)))

    @property
    def answered(self) -> list[Any] | None:
        return None

    def _train(self, count: int) -> None:
        """Train for some epochs in one go, or for those before one that gives no finite numbers.

        That one is done step by step, and each step that does not give some on Values. So which those are
        does not depend on how many epochs are done at once.
        """
        first = self.epoch
        with self.undisturbed:
            self._gone_on(count)
        done = self.epoch - first
        most = self._loop.at_once(self.asked.is_shuffled)
        self._most = min(most, 2 * self._most) if done == count else 1
        if not done and count == 1:
            self.finish()

    def _gone_on(self, count: int) -> None:
        """Have code go on for some epochs, and count those that are done."""
        orders = [self.order(i) for i in range(count)] if self.asked.is_shuffled else None
        begun = self._begun(self.pace.columns(count))
        if begun is None:
            return
        try:
            with self.undisturbed.heard():
                found = self._loop.run(count, orders, begun)
        except BaseException:  # Ctrl-C, mostly: what is done is kept
            self._count(self._loop.reached())
            raise
        self._count(found)

    def _count(self, found: Trained | None) -> None:
        """Count what a call gave: epochs, and perhaps a part of one more."""
        if found is not None:
            self._commit(found)
            self.losses += found.losses
            self.total, self.taken = found.begun
            measured = self.watcher.measured() if found.losses else {}
            self.pace.went_on(len(found.losses) * self.asked.steps + self.taken, found.losses, measured)
            if found.losses:
                self.watcher.ended()

    def _step(self, step: int, rows: Sequence[int]) -> float:
        """Take a step by code, or on Values where that gives no finite numbers."""
        begun = self._begun(self.pace.columns_of_step())
        if begun is not None:
            with self.undisturbed.heard():
                found = self._loop.run_step(rows, begun)
            if found is not None:
                self._commit(found)
                return found.losses[0]
        return super()._step(step, rows)

    def recipe(self) -> Recipe:
        """Return the module of all epochs that are planned, and its memory before the first, for others.

        These may look at one epoch more, of which a schedule says what it says of the last one.
        What others run cannot ask Values where code would not do, so that is refused.
        """
        epochs = self.asked.epochs
        if self.pace.known(epochs) < epochs:
            name = type(self.pace.schedule).__name__
            raise ProgramError(
                f"a {name} looks at losses that are not known beforehand; write StepLR(step_size=100), say"
            )
        if not self._are_finite:
            raise DataError("the data have numbers that are not finite: leave these rows out")
        if not isinstance(self._loop, WasmLoop):
            raise GraphError("the loss depends on no parameter that is to be trained")
        begun = self._begun(self.pace.columns(epochs))
        if begun is None:
            raise ProgramError(
                "a schedule sets something to 0, which derived code cannot switch off; write a number near "
                "to 0"
            )
        rows = self.asked.steps if self.pace.per_batch else 1
        schedule = [[*column, *column[-rows:]] for column in begun.schedule]
        return self._loop.recipe(epochs + 1, begun._replace(schedule=schedule))

    def _begun(self, columns: Mapping[Setting, list[float]]) -> Begun | None:
        """Return what code begins with, and what a schedule sets; None where it cannot begin."""
        taken, states = self._recalled()
        # a momentum of 0 is switched off, which code that has it as an argument does not do
        is_off = any(0.0 in column for (_, name, _), column in columns.items() if name != "lr")
        if not states or not self._are_finite or is_off:
            return None
        carried = [float(x) for buffer in self._losses.first.buffers for x in leaves(buffer.data)]
        return Begun(taken, states, carried, [*columns.values()])

    def check(self) -> None:
        self._recalled()

    def _recalled(self) -> tuple[int, list[State]]:
        """Return how many steps the parameters have taken, and what the optimizer remembers of each."""
        recalled = self.optimizer.recalled(self._loop.moving)
        steps = {step for step, _ in recalled}
        if len(steps) > 1:
            raise ProgramError(
                f"the parameters have taken different numbers of steps, {sorted(steps)}, and derived code "
                'counts them once; give a new optimizer, or write engine="eager"'
            )
        return max(steps, default=0), [state for _, state in recalled]

    @property
    def moving(self) -> list[Value]:
        """The parameters that steps change."""
        return self._moving

    @property
    def carried(self) -> list[Buffer]:
        """The buffers that derived code carries on."""
        return self._losses.first.buffers

    def _commit(self, found: Trained) -> None:
        """Give parameters and optimizer what a call gave."""
        moving = self._loop.moving
        remembered = {p: (found.steps, state) for p, state in zip(moving, found.memory)}
        moved = map(set_data, moving, found.numbers)
        buffers = self._losses.first.buffers
        rest = iter(found.carried)
        new = [buffer.filled(rest) for buffer in buffers]
        left = map(setitem, [vars(b.module) for b in buffers], [b.name for b in buffers], new)
        self.optimizer.commit(chain(moved, forgetting(self.leaves), left), remembered)


def reached_by(loss: Value, nodes: Sequence[Value]) -> set[Any]:
    """Return what a backward pass reaches."""
    found = {loss}
    for node in reversed(nodes):
        if node in found and node.primitive not in CONDITIONS and node.primitive is not detached:
            found.update(node.parents[1:] if node.primitive is select else node.parents)
    return found
