"""A training run on Values: each batch is a graph, pulled back and stepped along."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from .. import modes
from ..arrays.containers import replaced
from ..collector import without_collector
from ..errors import DataError, NonFiniteError
from ..ieee import START, describe
from ..ledger import explain_nonfinite
from ..nn.losses import Loss
from ..nn.search import parameters_of
from ..node import forgetting
from ..optim import Optimizer
from ..value import Value


class Model(Protocol):
    """What can be fitted: a module, or what else is called with inputs and has parameters."""

    def __call__(self, x: Any, /) -> Any: ...
    def parameters(self) -> Iterable[Value]: ...


@dataclass
class Run:
    """What is trained, on what, and how far it has come."""

    model: Model
    inputs: Sequence[Any]
    targets: Sequence[Any]
    loss_of: Loss
    optimizer: Optimizer
    trained: list[Value]
    batch_size: int
    shuffling: Random | None
    backend: str | None = None
    planned: int = 0  # epochs, of all calls

    def __post_init__(self) -> None:
        self.order = list(range(len(self.inputs)))
        self.epoch = 0
        self.leaves = parameters_of(self.model, frozen=True)  # what is frozen gets gradients too

    def epochs(self, count: int, watch: bool = False) -> tuple[list[float], list[Any]]:
        """Train for `count` epochs; return their losses, and with `watch` the outputs before them.

        With `watch`, `count` is 1.
        """
        losses: list[float] = []
        outputs: list[Any] = []
        for _ in range(count):
            if watch and not self.is_full_batch:
                outputs = self.outputs()
            self.shuffle()
            losses.append(self.step_by_step())
            if watch and self.is_full_batch:
                outputs = numbers(self._outputs)
        return losses, outputs

    def step_by_step(self) -> float:
        """Train for one epoch, batch by batch; return the mean of their losses."""
        losses = [self._step(rows) for rows in self.batches()]
        self.epoch += 1
        return losses[0] if len(losses) == 1 else sum(losses, START) / len(losses)

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
        """Whether all rows make one batch, in their order."""
        return self.batch_size >= len(self.inputs) and self.shuffling is None

    def shuffle(self) -> None:
        """Bring the rows into the order of the next epoch."""
        if self.shuffling is not None:
            self.shuffling.shuffle(self.order)

    def batches(self) -> Iterator[list[int]]:
        """Yield the numbers of the rows of each batch."""
        return (self.order[i : i + self.batch_size] for i in range(0, len(self.order), self.batch_size))

    def outputs(self) -> list[Any]:
        """Return what the model answers to all inputs, as numbers."""
        with modes.no_grad():
            return numbers([self.model(x) for x in self.inputs])

    @without_collector
    def _step(self, rows: Sequence[int]) -> float:
        """Take a step on a batch; return its loss before that."""
        outputs = [self.model(self.inputs[i]) for i in rows]
        loss = self.loss_of(outputs, [self.targets[i] for i in rows])
        _check(loss, self.epoch)
        any(forgetting(self.leaves))
        loss.backward()
        self.optimizer.step(self.trained)
        self._outputs = outputs
        loss_before: float = loss.data
        return loss_before


def numbers(outputs: Sequence[Any]) -> list[Any]:
    """Return outputs, which are Values or containers of them, as numbers."""
    return [_number(output) for output in outputs]


def _number(output: Any) -> Any:
    return replaced(output, lambda x: x.data if isinstance(x, Value) else x)


def _check(loss: Any, epoch: int) -> None:
    if not isinstance(loss, Value):
        raise DataError(f"the loss must be a Value, computed from the outputs, not {describe(loss)}")
    if not math.isfinite(loss.data):
        raise NonFiniteError(
            f"the loss is {loss.data} in epoch {epoch}; the parameters are those of the last finite step. "
            f"Lower the learning rate, or look at where it comes from:\n{explain_nonfinite(loss)}"
        )
