"""The step of a training run as a function of arrays: loss and gradient over a batch, and the optimizer.

The rows of a batch are an axis, and so are the parameters, in one flat array. What modules carry from
batch to batch is a last array of what is remembered.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise
from math import prod
from typing import Any, NamedTuple

from ...arrays.containers import arrange_blocks
from ...program.compilation import compiled
from ...program.equations import Equations, equations_between
from ...program.forms import leaves
from ...program.gradients import gradient
from ...program.notation import array_source
from ...program.record import Recording
from ...program.rolled.lots import as_lot
from ...program.source import Source
from ...program.table import Table
from ...program.variables import Variable
from ...value import Value
from .group_steps import step_of
from .numbers import AT_ONCE, AllOrNothing, Begun, Trained
from .recorded import CARRIED, PARAMETERS, STEP, VARYING
from .tuning import Tuner, Tuning

SHUFFLED = 10_000  # rows in the orders of all epochs of a call


class ArrayLoop(AllOrNothing):
    """A loop over epochs and batches whose step is NumPy code, one for each size of a batch.

    `batch_of` gives the recorded loss of a batch of a size.
    """

    backend = "numpy"

    def __init__(
        self,
        batch_of: Callable[[int], Recording],
        moving: Sequence[Value],
        table: Table,
        tuner: Tuner,
        is_mean: bool,
        batch_size: int,
        per_batch: bool,
    ) -> None:
        import numpy

        self.moving = moving
        self._batch_of = batch_of
        self._tuner = tuner
        self._tuning = tuner.tuning()
        self._per_batch = per_batch
        self._is_mean = is_mean
        self._starts = range(0, len(table), batch_size)
        self._size = min(batch_size, len(table))
        self._count = len(table)
        self._steps: dict[tuple[Tuning, int], _Step] = {}
        self._runs: dict[Any, Any] = {}  # in machine code
        self._numbers = numpy.array(table.numbers).reshape(len(table), -1)
        self._given: dict[str, Any] = {}  # the arguments that have rows
        self._columns: dict[str, list[Any]] = {}  # the arrays of all rows for each

    def source(self) -> str:
        """Return the text of the step on a batch, for the optimizer's settings as they are now."""
        return self._step(self._size).source.text

    def at_once(self, is_shuffled: bool) -> int:
        return max(1, (SHUFFLED if is_shuffled else AT_ONCE) // self._count)

    def run(self, epochs: int, orders: Sequence[Sequence[int]] | None, begun: Begun) -> Trained | None:
        """Return what some epochs give, each with its order of the rows; None where some are not finite."""
        scheduled = iter(self._by_batches(begun.schedule, epochs))

        def parts() -> Iterator[_Part]:
            whole = self._parts()
            for order in [None] if orders is None else orders:
                count = epochs if order is None else 1
                yield [*islice(scheduled, count)], self._batches(whole, order)

        return self._found(parts, begun)

    def run_step(self, rows: Sequence[int], begun: Begun) -> Trained | None:
        """Return what a step on some rows gives; None where it is not finite."""

        def parts() -> Iterator[_Part]:
            step = self._step(len(rows)), slice(0, len(rows))
            yield [[[column[0] for column in begun.schedule]]], self._batches([step], rows)

        return self._found(parts, begun)

    def _found(self, parts: Callable[[], "Iterator[_Part]"], begun: Begun) -> Trained | None:
        """Return what epochs give, part by part; None where some numbers are not finite."""
        import numpy

        steps, states, carried, _ = begun
        self._tuning = self._tuner.tuning(self._tuning)
        parameters = numpy.array([parameter._data for parameter in self.moving])
        memory: Sequence[Any] = [*map(numpy.array, zip(*states)), *([numpy.array(carried)] * bool(carried))]
        losses: list[float] = []
        try:
            for settings, batches in parts():
                parameters, memory = self._trained(settings, batches, steps, parameters, memory, losses)
                steps += len(settings) * len(batches)
        except ArithmeticError:
            return None
        carried = memory[-1].tolist() if carried else []
        own = memory[: len(states[0])]
        columns = [numpy.broadcast_to(column, parameters.shape).tolist() for column in own]
        numbers = parameters.tolist()
        if not all(map(math.isfinite, chain(losses, numbers, carried, *columns))):
            return None
        remembered = list(zip(*columns)) if columns else [()] * len(numbers)
        return Trained(losses, numbers, remembered, steps, carried)

    def _by_batches(self, schedule: Sequence[Sequence[float]], epochs: int) -> list[list[list[float]]]:
        """Return for each epoch, and each batch in it, the settings that a schedule sets."""
        batches = len(self._starts)
        rows = [[*row] for row in zip(*schedule)] or [[]] * epochs
        if self._per_batch and schedule:
            return [rows[start : start + batches] for start in range(0, len(rows), batches)]
        return [[row] * batches for row in rows]

    def _trained(
        self,
        scheduled: Sequence[Sequence[list[float]]],
        batches: Sequence[tuple["_Step", list[Any]]],
        steps: int,
        parameters: Any,
        memory: Sequence[Any],
        losses: list[float],
    ) -> tuple[Any, Sequence[Any]]:
        """Return parameters and memory after some epochs, and append their losses.

        `scheduled` has for each epoch, and each batch in it, the settings that a schedule sets.
        """
        import numpy

        fixed = self._fixed()
        with numpy.errstate(all="ignore", over="raise"):  # as Python does: then Values answer
            for of_epoch in scheduled:
                total = 0.0
                for (step, rows), settings in zip(batches, of_epoch):
                    steps += 1
                    varying = [settings, *rows] if settings else rows
                    loss, after = step.function(
                        parameters, memory, *fixed, float(steps), *varying, *step.tables
                    )
                    parameters, memory = after["parameters"], after["memory"]
                    total += as_lot(loss, ())
                losses.append(total / len(batches))
        return parameters, memory

    def _fixed(self) -> list[Any]:
        """Return the settings that no schedule sets, and whose each parameter is, as far as these count."""
        import numpy

        numbers = self._tuner.numbers(self._tuning)
        groups = self._tuning.groups(len(self.moving))
        return [*([numbers] if numbers else []), *map(numpy.array, groups)]

    def _parts(self) -> list[tuple["_Step", slice]]:
        """Return for each batch the step, and its rows in their order."""
        ends = [min(start + self._size, self._count) for start in self._starts]
        steps = {size: self._step(size) for size in {e - s for s, e in zip(self._starts, ends)}}
        return [(steps[end - start], slice(start, end)) for start, end in zip(self._starts, ends)]

    def _batches(
        self, parts: Sequence[tuple["_Step", slice]], order: Sequence[int] | None
    ) -> list[tuple["_Step", list[Any]]]:
        """Return for each batch the step, and the arrays of its rows."""
        columns = self._columns
        if order is not None:
            columns = {key: [array.take(order, axis=0) for array in own] for key, own in columns.items()}
        return [
            (step, [self._arranged(key, [array[rows] for array in own]) for key, own in columns.items()])
            for step, rows in parts
        ]

    def _arranged(self, key: str, arrays: Sequence[Any]) -> Any:
        tree = self._given[key]
        return arrays[0] if tree.__class__ is Variable else arrange_blocks(tree, arrays)

    def _step(self, size: int) -> "_Step":
        """Return the step on batches of a size, for the optimizer's settings as they are now."""
        key = self._tuning, size
        if key not in self._steps:
            import numpy

            equations = self._equations(size)
            source = array_source("step", equations, f"One step, on a batch of {size:,} rows.")
            tables = [numpy.array(table.numbers).reshape(table.shape) for table in source.tables]
            self._steps[key] = _Step(source, compiled(source), tables, size)
        return self._steps[key]

    def _equations(self, size: int) -> Equations:
        """Return the equations of the step on batches of a size."""
        share = 1.0 / size if self._is_mean else 1.0
        batch = self._batch_of(size)
        if not self._given:
            self._given = {key: tree for key, tree in batch.arguments.items() if key in VARYING}
            shapes = [leaf.shape[1:] for tree in self._given.values() for leaf in leaves(tree)]
            ends = [*accumulate(map(prod, shapes), initial=0)]
            parts = iter(
                self._numbers[:, start:end].reshape(-1, *shape)
                for (start, end), shape in zip(pairwise(ends), shapes)
            )
            self._columns = {key: [next(parts) for _ in leaves(tree)] for key, tree in self._given.items()}
        return step_equations(batch, self._tuner, self._tuning, self.moving, share)


class _Step(NamedTuple):
    """The code of a step, and the tables that it takes after its arguments."""

    source: Source
    function: Callable[..., Any]
    tables: list[Any]
    rows: int


_Part = tuple[list[list[list[float]]], list[tuple[_Step, list[Any]]]]  # settings of epochs, and batches


def step_equations(
    recording: Recording, tuner: Tuner, tuning: Tuning, moving: Sequence[Value], share: float
) -> Equations:
    """Return the equations of a step: the loss of a batch, new parameters, and what is remembered of them.

    The gradient is that of the recorded loss times `share`. From the count of steps on, the arguments have
    other numbers in each batch.
    """
    trace = recording.trace
    (p,) = leaves(recording.arguments[PARAMETERS])
    before, after = (leaves(each.get(CARRIED, [])) for each in (recording.arguments, recording.extras))
    (slope,) = gradient(trace, recording.value, [p], share)
    trace.place = (True, "step")
    step = step_of(trace, tuner, tuning, moving, p, slope, recording.arguments.get(STEP))
    arguments: dict[str, Any] = {"parameters": p, "memory": [*step.memory, *before]}
    arguments |= {"settings": step.constant} if step.constant else {}
    arguments |= {"groups": step.groups[0]} if step.groups else {}
    arguments |= {STEP: step.steps}
    arguments |= {"schedule": step.scheduled} if step.scheduled else {}
    arguments |= {key: tree for key, tree in recording.arguments.items() if key in VARYING}
    loss = recording.value * share
    new, *remembered = [*step.after, *after]
    return equations_between(trace, arguments, loss, {PARAMETERS: new, "memory": remembered})
