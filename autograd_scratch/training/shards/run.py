"""Training runs whose steps are computed by an executor: of shards of the rows, whose gradients add up.

How the rows of a step are cut depends on what is asked for alone, and gradients are added in the order of
the shards. So the results are the same bits, whoever computes them.
"""

import math
from array import array
from collections.abc import Sequence
from itertools import pairwise
from operator import add
from typing import Any

from ... import graph, modes
from ...collector import without_collector
from ...errors import DataError, ModelError, NonFiniteError
from ...nn.search import is_module, models_by_path, parameters_of
from ...nn.states import buffers_of, keeping
from ...node import NOT_YET, forgetting, set_grad
from ...value import Value
from ..asked import Asked
from ..loops.losses_of_rows import is_mean
from ..loops.recorded import mixes_rows
from ..pace import Pace
from ..run import Run, check_loss
from .work import EagerWork, Shard, Slopes, Work
from .workers import Workers


class ShardedRun(Run):
    """A run on Values whose steps are computed by workers, on copies of the model.

    `moving` are the parameters whose numbers workers are sent, and by which they differentiate.
    """

    def __init__(self, asked: Asked, pace: Pace) -> None:
        super().__init__(asked, pace)
        assert asked.executor is not None  # else it were another kind of run
        with keeping(buffers_of(self.model)):
            if mixes_rows(self):
                raise _mixing(self.model)
            self.moving, self.is_mean, work = self._begin()
        self._workers = Workers(asked.executor, asked.timeout, work)

    def _begin(self) -> tuple[list[Value], bool, Work]:
        """Return by what workers differentiate, whether they do so with a mean, and what they do."""
        asked = self.asked
        is_mean = mean_of_rows(self)
        try:
            work = EagerWork(self.model, self.inputs, self.targets, asked.loss, asked.seed, self.is_batch)
            model = work.copy()
        except Exception as fault:  # whatever a class of somebody's own raises
            raise ModelError(
                f"workers train copies of the model, and this one cannot be copied ({fault}): leave "
                "executor out"
            ) from fault
        leaves = parameters_of(model, frozen=True)
        loss = work.loss(model, Shard(1, 0, [0], 1.0, ()))
        own = {*self.leaves}
        if len(leaves) != len(own) or not own.isdisjoint(_under(loss)):
            raise ModelError(
                "the loss is computed from parameters that do not come with a copy of the model, as those "
                "that a function holds, and workers train copies: use those of the outputs and of modules "
                "alone, or leave executor out"
            )
        return self.leaves, is_mean, work

    @property
    def answered(self) -> list[Any] | None:
        return None

    def close(self) -> None:
        self._workers.close()

    @without_collector
    def _step(self, step: int, rows: Sequence[int]) -> float:
        """Take a step on some rows; return their loss before that."""
        with self.undisturbed.heard():
            found = self._workers.slopes(self._shards(step, rows))
            loss = math.fsum(each.loss for each in found)
            if not math.isfinite(loss):
                raise self._not_finite(loss, step, rows)
            slopes = _added(found)
        any(forgetting(self.leaves))
        any(map(set_grad, self.moving, slopes))
        with self.undisturbed.harmless():
            self._stepped(slopes)
        return loss

    def _stepped(self, slopes: Sequence[float]) -> None:
        """Take the optimizer's step along a gradient, which the parameters have, too."""
        self._reach_whole_arrays()
        self._optimize()

    def _shards(self, step: int, rows: Sequence[int]) -> list[Shard]:
        """Return the shards of a step, none of which has more rows than a batch."""
        count = max(self.asked.shards, -(-len(rows) // self.asked.batch_size))
        numbers = array("d", [parameter._data for parameter in self.moving])
        is_strict = modes.is_strict()
        return [
            Shard(
                step, self.epoch, part, len(part) / len(rows) if self.is_mean else 1.0, numbers, is_strict
            )
            for part in cut(rows, count)
        ]

    def _not_finite(self, loss: float, step: int, rows: Sequence[int]) -> NonFiniteError:
        """Return the error that says where a loss comes from that is not finite."""
        try:
            outputs = self.answers([self.inputs[i] for i in rows], step, rows)
            check_loss(self.loss_of(outputs, [self.targets[i] for i in rows]), self.epoch)
        except NonFiniteError as fault:
            return fault
        return NonFiniteError(
            f"the sum of the losses of shards is {loss} in epoch {self.epoch}; the parameters are those of "
            "the last finite step. Lower the learning rate"
        )


def cut(rows: Sequence[int], count: int) -> list[Sequence[int]]:
    """Return rows in so many parts that differ by one row at most; of few rows each is one.

    >>> cut([7, 3, 5, 1, 0], 2), cut([7, 3], 8)
    ([[7, 3], [5, 1, 0]], [[7], [3]])
    """
    count = min(count, len(rows))
    return [rows[start:end] for start, end in pairwise(len(rows) * i // count for i in range(count + 1))]


def mean_of_rows(run: Run) -> bool:
    """Say whether a loss is the mean of those of the rows, or their sum; refuse any other."""
    found = is_mean(run)
    if found is None:
        raise DataError(
            "workers compute the losses of some rows each, and this loss is neither the mean nor the sum "
            "of those of single rows, as a mean by weights of classes or without ignored rows is neither; "
            'write reduction="sum", mean([...]) over the rows, or leave executor out'
        )
    return found


def _mixing(model: Any) -> DataError:
    """Return the error that names what mixes the rows of a batch."""
    kinds = [
        f"{type(part).__name__} at {path[:-1]}" if path else type(part).__name__
        for path, part in models_by_path(model)
        if is_module(part) and getattr(part, "mixes_samples", False)
    ]
    name = kinds[-1] if kinds else type(model).__name__
    return DataError(
        f"{name} mixes the rows of a batch, or carries something on from it, and workers see some rows "
        "each: leave executor out"
    )


def _under(loss: Value) -> set[Any]:
    """Return what a loss is computed from."""
    return {parent for node in graph.toposort(loss) for parent in node.parents if isinstance(parent, Value)}


def _added(found: Sequence[Slopes]) -> list[float]:
    """Add gradients up in their order; what none of them reaches stays so."""
    total: Any = found[0].numbers
    for each in found[1:]:
        total = map(add, total, each.numbers)
    slopes = [*total]
    missed = set(found[0].missed).intersection(*(each.missed for each in found[1:]))
    for place in missed:
        slopes[place] = NOT_YET
    return slopes
