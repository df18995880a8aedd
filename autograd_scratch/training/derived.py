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
from ..arrays.containers import entries
from ..arrays.conversion import number_of
from ..errors import AutogradError, ProgramError, ShapeError, TracingError
from ..node import forgetting, set_data
from ..program.derivation import has_numpy
from ..program.forms import plain
from ..program.record import example_values
from ..program.repetition import traced_twice
from ..program.rolled.recording import record_rolled
from ..stepping.recorder import Recorder
from ..value import Value
from .arrays import ArrayLoop
from .machine_loops import MachineLoop
from .numbers import NumberLoop
from .run import Run

AT_ONCE = 50_000  # rows between two looks at whether all numbers are finite
SHUFFLED = 10_000  # the same, where each epoch has an order of its own
LARGE = 5_000  # operands of all rows of a batch, from which on NumPy is quicker than numbers


@dataclass
class DerivedRun(Run):
    """A run whose epochs are derived code."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._is_a_mean = self._is_mean()  # which says what is wrong with the rows, as eagerly
        self._examples = example_values({"x": self.inputs[0], "y": self.targets[0]})
        self._row_loss = self._recorded()
        self._rows = [self._row(i) for i in self.order]
        self._are_finite = all(map(math.isfinite, chain(*self._rows)))
        self._loop = self._in_arrays() or NumberLoop(
            self._row_loss,
            self._examples,
            self.trained,
            self._rows,
            self.optimizer,
            is_mean=self._is_a_mean,
            batch_size=None if self.is_full_batch else self.batch_size,
            backend=self.backend,
        )

    def _in_arrays(self) -> ArrayLoop | None:
        """Return the loop of NumPy code, if it is the quicker one."""
        nodes = graph.toposort(self._row_loss)
        operands = sum(len(node.parents) for node in nodes)
        if not has_numpy() or operands * self.batch_size < LARGE:
            return None
        reached = {parent for node in nodes for parent in node.parents}
        moving = [p for p in self.trained if p in reached]
        if not moving:
            return None
        recording = record_rolled(self._row_loss, moving, self._examples, {}, "model", Recorder())
        if recording is None or recording.rolled is None or not recording.rolled.is_worth_it:
            return None
        kind = ArrayLoop if self.backend == "python" else MachineLoop
        return kind(recording, moving, self._rows, self.optimizer, self._is_a_mean, self.batch_size)

    @property
    def source(self) -> str:
        """The text of the loop, or of its step."""
        return self._loop.source().text

    def epochs(self, count: int, watch: bool = False) -> tuple[list[float], list[Any]]:
        outputs = self.outputs() if watch else []
        most = max(1, AT_ONCE // len(self._rows))
        if self.shuffling is not None:
            most = max(1, SHUFFLED // len(self._rows)) if isinstance(self._loop, ArrayLoop) else 1
        losses: list[float] = []
        while len(losses) < count:
            losses += self._train(min(most, count - len(losses)))
        return losses, outputs

    def _train(self, count: int) -> list[float]:
        """Train for some epochs in one go, or on Values where that gives no finite numbers."""
        orders = None if self.shuffling is None else [self._shuffled() for _ in range(count)]
        moving = self._loop.moving
        states = [self.optimizer.recall(parameter) for parameter in moving]
        steps = {step for step, _ in states}
        if len(steps) > 1:
            raise ProgramError(
                f"the parameters have taken different numbers of steps, {sorted(steps)}, and derived code "
                'counts them once; give a new optimizer, or write engine="eager"'
            )
        found = None
        if states and self._are_finite:
            found = self._loop.run(count, orders, states[0][0], [state for _, state in states])
        if found is None:
            return [self._on_values(order) for order in orders or [self.order] * count]
        batches = len(range(0, len(self._rows), self.batch_size))
        remembered = {
            parameter: (step + count * batches, state)
            for parameter, (step, _), state in zip(moving, states, found.memory)
        }
        moved = map(set_data, moving, found.numbers)
        forgotten = forgetting(self.leaves)
        self.optimizer.commit(chain(moved, forgotten), remembered)
        self.epoch += count
        return found.losses

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

    def _row(self, i: int) -> tuple[float, ...]:
        """Return the numbers of a row, inputs and target."""
        row: list[float] = []
        for key, tree in (("x", plain(self.inputs[i])), ("y", plain(self.targets[i]))):
            given = list(entries(tree, key))
            if [place for place, _ in given] != [
                place for place, _ in entries(plain(self._examples[key]), key)
            ]:
                raise ShapeError(f"all rows must be arranged as the first one, and row {i} is not")
            row += [number_of(entry, place) for place, entry in given]
        return tuple(row)

    def _is_mean(self) -> bool:
        """Say whether a batch's loss is the mean of its rows' losses, or their sum; refuse any other.

        It is tried on what the model gives now, scaled at random, thrice: they may agree by chance once.
        """
        random = Random(0)
        actual = self.outputs()
        is_mean = is_sum = True
        for lowest in (1.0, 0.8, 0.5):
            outputs = [_scaled(output, random.uniform(lowest, 1.0)) for output in actual]
            each = [self._loss([o], [t]) for o, t in zip(outputs, self.targets)]
            whole = self._loss(outputs, self.targets)
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


def _scaled(output: Any, factor: float) -> Any:
    return [_scaled(o, factor) for o in output] if isinstance(output, list) else Value(factor * output)
