"""A training run as derived code: the loss of a row is recorded and differentiated once, and run for all.

That is the same as the eager run where the loss of a batch is the mean or the sum of its rows' losses,
which is tried on the data. A little to compute is one generated function of all epochs (see `numbers`),
much is NumPy code for each step (see `arrays`). Where the code stops at an overflow, or ends with a number
that is not finite, the same epochs are run on Values, which know what to answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Any

from .. import graph, modes
from ..arrays.containers import replaced
from ..arrays.conversion import number_of
from ..errors import AutogradError, MissingPackageError, ProgramError, TracingError
from ..node import forgetting, set_data
from ..primitives.conditions import CONDITIONS
from ..primitives.piecewise import detached, select
from ..program.derivation import has_numpy
from ..program.record import Recording, example_values
from ..program.repetition import traced_twice
from ..program.rolled.recording import record_rolled
from ..program.table import Table
from ..program.wasm.effort import MUCH
from ..program.wasm.operations import NoFormError
from ..stepping.recorder import Recorder
from ..value import Value
from .arrays import ArrayLoop
from .machine_loops import MachineLoop
from .numbers import NumberLoop, Trained
from .run import Run, numbers
from .wasm_loop import WasmLoop

TRIED = 200  # rows on which a loss is tried
LARGE = 5_000  # operands of all rows of a batch, from which on NumPy is quicker than numbers


@dataclass
class DerivedRun(Run):
    """A run whose epochs are derived code."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._is_a_mean = self._is_mean()  # which says what is wrong with the rows, as eagerly
        self._examples = example_values({"x": self.inputs[0], "y": self.targets[0]})
        self._row_loss = self._recorded()
        self._table = Table(zip(self.inputs, self.targets), self._examples)
        self._are_finite = self._table.is_finite
        nodes = graph.toposort(self._row_loss)
        reached = _reached(self._row_loss, nodes)
        self._moving = [p for p in self.trained if p in reached]
        operands = sum(len(node.parents) for node in nodes)
        self._loop = self._compiled(operands) or self._in_arrays(operands) or self._in_numbers()

    def _compiled(self, operands: int) -> WasmLoop | None:
        """Return the loop in WebAssembly: if it is asked for, or if there is much to do, and it can be."""
        is_asked_for = self.backend == "wasm"
        is_little = operands * len(self.inputs) * self.planned < MUCH
        if not self._moving or (not is_asked_for and (self.backend or is_little)):
            return None
        try:
            recording = self._rolled([*self._moving, *([Value(0.0)] if len(self._moving) % 2 else [])])
            if recording is None:
                raise NoFormError('the loss of a row cannot be written as arrays; write backend="python"')
            return WasmLoop(
                recording, self._moving, self._table, self.optimizer, self._is_a_mean, self.batch_size
            )
        except (MissingPackageError, NoFormError):
            if is_asked_for:
                raise
            return None

    def _in_arrays(self, operands: int) -> ArrayLoop | None:
        """Return the loop of arrays, as NumPy code or compiled by numba, if it is the quicker one."""
        if not has_numpy() or operands * self.batch_size < LARGE:
            return None
        recording = self._rolled(self._moving)
        if recording is None or recording.rolled is None or not recording.rolled.is_worth_it:
            return None
        kind = MachineLoop if self.backend == "numba" else ArrayLoop
        return kind(recording, self._moving, self._table, self.optimizer, self._is_a_mean, self.batch_size)

    def _in_numbers(self) -> NumberLoop:
        return NumberLoop(
            self._row_loss,
            self._examples,
            self.trained,
            self._moving,
            self._table,
            self.optimizer,
            is_mean=self._is_a_mean,
            batch_size=None if self.is_full_batch else self.batch_size,
            backend="numba" if self.backend == "numba" else "python",
        )

    def _rolled(self, moving: list[Value]) -> Recording | None:
        """Return the loss of a row as a recording of arrays, if anything moves and it can be one."""
        if not moving:
            return None
        return record_rolled(self._row_loss, moving, self._examples, {}, "model", Recorder())

    @property
    def ran(self) -> str:
        return self._loop.backend

    @property
    def source(self) -> str:
        """The text of the loop, or of its step."""
        return self._loop.source()

    def epochs(self, count: int, watch: bool = False) -> tuple[list[float], list[Any]]:
        outputs = self.outputs() if watch else []
        most = self._loop.at_once(self.shuffling is not None)
        losses: list[float] = []
        while len(losses) < count:
            losses += self._train(min(most, count - len(losses)))
        return losses, outputs

    def _train(self, count: int) -> list[float]:
        """Train for some epochs in one go; on Values for a while where that gives no finite numbers."""
        orders = None if self.shuffling is None else [self._shuffled() for _ in range(count)]
        losses: list[float] = []
        while len(losses) < count:
            found = self._run(count - len(losses), None if orders is None else orders[len(losses) :])
            self._commit(found)
            done = found.losses if found is not None else []
            self.epoch += len(done)
            losses += done
            for _ in range(min(self._loop.redone, count - len(losses))):
                losses.append(self._on_values(self.order if orders is None else orders[len(losses)]))
        if orders is not None:
            self.order[:] = orders[-1]
        return losses

    def _run(self, count: int, orders: Sequence[Sequence[int]] | None) -> Trained | None:
        """Return what derived code gives for some epochs, or for those before numbers are not finite."""
        states = [self.optimizer.recall(parameter) for parameter in self._loop.moving]
        steps = {step for step, _ in states}
        if len(steps) > 1:
            raise ProgramError(
                f"the parameters have taken different numbers of steps, {sorted(steps)}, and derived code "
                'counts them once; give a new optimizer, or write engine="eager"'
            )
        if not states or not self._are_finite:
            return None
        try:
            return self._loop.run(count, orders, states[0][0], [state for _, state in states])
        except BaseException:  # Ctrl-C, mostly: what is done is kept
            self._commit(self._loop.reached())
            raise

    def _commit(self, found: Trained | None) -> None:
        """Give parameters and optimizer what a call gave."""
        if found is not None:
            moving = self._loop.moving
            remembered = {p: (found.steps, state) for p, state in zip(moving, found.memory)}
            moved = map(set_data, moving, found.numbers)
            self.optimizer.commit(chain(moved, forgetting(self.leaves)), remembered)

    def _shuffled(self) -> list[int]:
        """Return the order of the rows in the next epoch."""
        self.shuffle()
        return [*self.order]

    def _on_values(self, order: Sequence[int]) -> float:
        """Train for an epoch on Values; return its loss."""
        self.order[:] = order
        return self.step_by_step()

    def _recorded(self) -> Value:
        """Record the loss of one row."""
        try:
            loss, _ = traced_twice(
                lambda x, y: self.loss_of([self.model(x)], [y]),
                [*self._examples.values()],
                {},
                "the loss of a row",
            )
        except TypeError as fault:
            if isinstance(fault, AutogradError):
                raise
            raise TracingError(
                f"the derived engine records a row with Values for its inputs and its target: {fault}. For "
                "an entry that a target numbers take cross_entropy, or where for each class; or write "
                'engine="eager"'
            ) from fault
        return loss if isinstance(loss, Value) else Value.holding(loss)

    def _is_mean(self) -> bool:
        """Say whether a batch's loss is the mean of its rows' losses, or their sum; refuse any other.

        It is tried on what the model gives now, on some hundred rows if there are many, scaled at random,
        thrice: they may agree by chance once.
        """
        random = Random(0)
        step = max(1, len(self.inputs) // TRIED)
        with modes.no_grad():
            actual = numbers([self.model(x) for x in self.inputs[::step]])
        targets = self.targets[::step]
        is_mean = is_sum = True
        for lowest in (1.0, 0.8, 0.5):
            outputs = [_scaled(output, random.uniform(lowest, 1.0)) for output in actual]
            each = [self._loss([o], [t]) for o, t in zip(outputs, targets)]
            whole = self._loss(outputs, targets)
            if math.isfinite(whole) and all(map(math.isfinite, each)):
                scale = 1e-9 * math.fsum(map(abs, each))
                total = math.fsum(each)
                is_sum = is_sum and abs(whole - total) <= scale
                is_mean = is_mean and abs(whole - total / len(each)) <= scale / len(each)
        if self.batch_size == 1:  # whatever the loss is, it is that of one row
            return True
        if not (is_mean or is_sum):
            raise ProgramError(
                "the derived engine adds up the losses of single rows, and this loss is neither their mean "
                'nor their sum; write it as one, mean([...]) over the rows say, or use engine="eager"'
            )
        return is_mean

    def _loss(self, outputs: Sequence[Any], targets: Sequence[Any]) -> float:
        with modes.no_grad():
            loss = self.loss_of(list(outputs), list(targets))
        return number_of(loss, "the loss")


def _reached(loss: Value, nodes: Sequence[Value]) -> set[Any]:
    """Return what a backward pass reaches."""
    found = {loss}
    for node in reversed(nodes):
        if node in found and node.primitive not in CONDITIONS and node.primitive is not detached:
            found.update(node.parents[1:] if node.primitive is select else node.parents)
    return found


def _scaled(output: Any, factor: float) -> Any:
    return replaced(output, lambda number: Value(factor * number))
