"""A training run on Values: each batch is a graph, pulled back and stepped along."""

import math
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..collector import without_collector
from ..errors import DataError, NonFiniteError, ShapeError
from ..ieee import describe
from ..ledger import explain_nonfinite
from ..nn.batches import evaluating, has_modes, mixes_samples, outputs_of, takes_batches
from ..nn.chance import Moment, at
from ..nn.parameter import Parameter
from ..nn.search import parameters_of
from ..nn.states import buffers_of, entries_of, keeping, undoing
from ..node import forgetting
from ..optim import clip_grad_norm
from ..primitives.arguments import is_several
from ..value import Value
from .asked import Asked
from .orders import order_of
from .pace import Pace
from .undisturbed import Undisturbed


class Watcher:
    """What looks on while a run goes on: nobody, here. What it does is done before Ctrl-C is heard."""

    def stepped(self, loss: float) -> None:
        """Look at a step that was taken, of that loss."""

    def measured(self) -> dict[str, float]:
        """Return what is measured of one or more epochs that have ended, before anything looks at them."""
        return {}

    def ended(self) -> None:
        """Look at one or more epochs that have ended."""


class Run:
    """What is trained, on what, and how far it has come.

    `losses` has those of the epochs that have ended; of the one that goes on `taken` steps are done, and
    `total` is the sum of their losses. `before` is how many epochs the optimizer had seen earlier.
    """

    def __init__(self, asked: Asked, pace: Pace) -> None:
        self.asked = asked
        self.model, self.inputs, self.targets = asked.model, asked.inputs, asked.targets
        self.optimizer, self.trained = asked.optimizer, asked.trained
        self.loss_of = asked.loss_of
        self.batch_size = asked.of_a_step
        self.pace = pace
        self.losses: list[float] = []
        self.taken = 0
        self.total = 0.0
        self.before = self._counted() // asked.steps
        self.undisturbed = Undisturbed()
        self.watcher = Watcher()
        self.entries = entries_of(self.model)
        self.is_batch = takes_batches(self.model)
        self.is_mixed = mixes_samples(self.model)
        self.leaves = parameters_of(self.model, frozen=True)  # what is frozen gets gradients too
        self.adds_up = False  # whether the loss of rows is the sum of theirs, where a step is accumulated
        self._buffers = buffers_of(self.model)
        arrays = [each for each in self.entries.values() if isinstance(each, Parameter)]
        self._arrays = [array.leaves for array in arrays]
        knows_parameters = any(group["params"] for group in self.optimizer.param_groups)
        self.remembered = () if knows_parameters else (self.leaves,)  # of what an optimizer has a state
        self._outputs: list[Any] = []
        if self.is_mixed and 1 in {len(part) for part in self._parts(self.order())}:
            self._try_one_row()

    @property
    def epoch(self) -> int:
        """How many epochs have ended."""
        return len(self.losses)

    def epochs(self, count: int) -> None:
        """Go on for some epochs, the first of which may have begun."""
        for _ in range(count):
            self.finish()

    def finish(self) -> None:
        """Go on to the end of an epoch, step by step."""
        for step, rows in self.ahead():
            self.step(step, rows)
        self.end()

    def ahead(self) -> Iterator[tuple[int, list[int]]]:
        """Yield the number of each step that the epoch has before it, from 1 on, and its rows."""
        order, size = self.order(), self.batch_size
        first = self._counted() - self.taken + 1
        for i in range(self.taken, self.asked.steps):
            yield first + i, order[i * size : (i + 1) * size]

    def step(self, step: int, rows: Sequence[int]) -> None:
        """Take a step on some rows, and count it."""
        with self.undisturbed:
            loss = self._step(step, rows)
            self.total += loss
            self.taken += 1
            self.pace.after_batch()
            self.watcher.stepped(loss)

    def end(self) -> None:
        """Count an epoch whose steps are all taken."""
        with self.undisturbed:
            loss = self.total / self.taken
            self.taken, self.total = 0, 0.0
            self.losses.append(loss)
            self.pace.after_epoch(loss, self.watcher.measured())
            self.watcher.ended()

    def check(self) -> None:
        """Refuse what the optimizer remembers if the run cannot go on with it."""

    @property
    def is_whole(self) -> bool:
        """Whether all that was begun is done: a step and its count, an epoch and what looks at it."""
        return self.undisturbed.is_whole

    @property
    def ran(self) -> str | None:
        """Which backend runs, where code does."""
        return None

    @property
    def source(self) -> str | None:
        """The text of the code that trains, where there is one."""
        return None

    @property
    def is_full_batch(self) -> bool:
        """Whether all rows make one step, in their order."""
        return self.asked.steps == 1 and not self.asked.is_shuffled

    @property
    def answered(self) -> list[Any] | None:
        """What the model answered to all rows in the last step, if it answers the same in eval mode."""
        is_all = self.is_full_batch and self.asked.accumulate == 1
        return numbers(self._outputs) if is_all and not has_modes(self.model) else None

    def close(self) -> None:
        """Let go of what others hold for the run: nothing, here."""

    def order(self, ahead: int = 0) -> list[int]:
        """Return the numbers of the rows as they come in this epoch, or some epochs ahead."""
        count = len(self.inputs)
        if not self.asked.is_shuffled:
            return [*range(count)]
        return order_of(self.asked.seed, self.before + self.epoch + ahead, count)

    def _counted(self) -> int:
        """Return how many steps the optimizer has taken."""
        return max(step for step, _ in self.optimizer.recalled(self.trained))

    def _parts(self, rows: Sequence[int]) -> Iterator[Sequence[int]]:
        """Yield the rows of each of the batches that a step, or more, is made of."""
        size = self.asked.batch_size
        for start in range(0, len(rows), self.batch_size):
            of_step = rows[start : start + self.batch_size]
            yield from (of_step[i : i + size] for i in range(0, len(of_step), size))

    def outputs(self, rows: Sequence[int] | None = None) -> list[Any]:
        """Return what the model answers, when it is not trained, to some rows or to all, as numbers."""
        return numbers(self.answers_to(self.inputs if rows is None else [self.inputs[i] for i in rows]))

    def answers_to(self, inputs: Sequence[Any]) -> list[Any]:
        """Return what the model answers, when it is not trained, to some inputs."""
        with modes.no_grad(), evaluating(self.model):
            return outputs_of(self.model, inputs, self.is_batch)

    def answers(self, inputs: Sequence[Any], step: Any, rows: Sequence[Any]) -> list[Any]:
        """Return what the model answers to the inputs of some rows in a step, from 1 on.

        What layers draw is by the row; where a batch is mixed, by the place in it.
        """
        moment = Moment(self.asked.seed, step, is_batch=self.is_batch and not self.is_mixed)
        places = [0] if self.is_mixed and self.is_batch else rows
        return answers_in(moment, self.model, inputs, places, self.is_batch)

    def _try_one_row(self) -> None:
        """Let a model say before it is trained that the last batch of an epoch is too small."""
        try:
            with modes.no_grad(), keeping(buffers_of(self.model)):
                self.answers(self.inputs[:1], 1, [0])
        except ShapeError as fault:
            fault.add_note(
                f"{len(self.inputs)} rows in batches of {self.asked.batch_size} leave one for the last "
                "batch of an epoch: write another batch_size"
            )
            raise

    def _reach_whole_arrays(self) -> None:
        """Give zeros to what a backward pass did not reach of an array of which it reached some entries."""
        for leaves in self._arrays:
            missed = [leaf for leaf in leaves if not leaf.is_reached]
            if missed and len(missed) < len(leaves):
                any(map(setattr, missed, repeat("grad"), repeat(0.0)))

    def _optimize(self) -> None:
        """Take the optimizer's step along the gradient, shortened if that is asked for."""
        if self.asked.clip_grad_norm is not None:
            clip_grad_norm(self.trained, self.asked.clip_grad_norm)
        self.optimizer.step(self.trained)

    @without_collector
    def _step(self, step: int, rows: Sequence[int]) -> float:
        """Take a step on some rows; return their loss before that."""
        with undoing(self._buffers):
            with self.undisturbed.heard():
                any(forgetting(self.leaves))
                losses = [
                    self._pulled_back(step, part, len(part) / len(rows)) for part in self._parts(rows)
                ]
                self._reach_whole_arrays()
            with self.undisturbed.harmless():
                self._optimize()
        return losses[0] if len(losses) == 1 else math.fsum(losses)

    def _pulled_back(self, step: int, rows: Sequence[int], share: float) -> float:
        """Add the gradient of the loss of some rows to what is there; return that loss."""
        self._outputs = self.answers([self.inputs[i] for i in rows], step, rows)
        loss = self.loss_of(self._outputs, [self.targets[i] for i in rows])
        check_loss(loss, self.epoch)
        if share < 1.0 and not self.adds_up:
            loss = loss * share
        loss.backward()
        found: float = loss.data
        return found


def numbers(outputs: Sequence[Any]) -> list[Any]:
    """Return outputs, which are Values or containers and arrays of them, as numbers."""
    return [
        arrange(output, [x.data if isinstance(x, Value) else x for _, x in entries(output)])
        for output in outputs
    ]


def answers_in(
    moment: Moment, model: Any, inputs: Sequence[Any], rows: Sequence[Any], is_batch: bool
) -> list[Any]:
    """Return what a model answers to the inputs of some rows in a moment of a training run."""
    outputs = []
    with at(moment):
        if is_batch:
            moment.begin(rows)
            return outputs_of(model, inputs, is_batch=True)
        for x, row in zip(inputs, rows):
            moment.begin([row])
            outputs.append(model(x))
    return outputs


def check_loss(loss: Any, epoch: int) -> None:
    """Refuse a loss that is no Value, or not finite."""
    if not isinstance(loss, Value):
        several = "; of several numbers take the mean or the sum" if is_several(loss) else ""
        raise DataError(
            f"the loss must be a Value, computed from the outputs, not {describe(loss)}{several}"
        )
    if not math.isfinite(loss.data):
        raise NonFiniteError(
            f"the loss is {loss.data} in epoch {epoch}; the parameters are those of the last finite step. "
            f"Lower the learning rate, or look at where it comes from:\n{explain_nonfinite(loss)}"
        )
