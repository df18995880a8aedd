"""The step of a training run as a function of arrays: loss and gradient over a batch, and the optimizer.

The rows of a batch are an axis, and so are the parameters, in one flat array.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from math import prod
from typing import Any, NamedTuple

from ..arrays.containers import arrange_blocks, replaced
from ..optim import Optimizer, State
from ..program.compilation import compiled
from ..program.equations import Equations, flat
from ..program.forms import leaves
from ..program.gradients import gradient
from ..program.notation import array_source
from ..program.record import Recording
from ..program.rolled.batches import of_rows
from ..program.rolled.lots import as_lot
from ..program.source import Source
from ..program.table import Table
from ..program.updates import recorded_update, replayed
from ..program.variables import Variable
from ..value import Value
from .numbers import AT_ONCE, Trained, settings_of

SHUFFLED = 10_000  # rows in the orders of all epochs of a call
VARYING = ("x", "y")  # the arguments that hold the inputs and the target of a row


class ArrayLoop:
    """A loop over epochs and batches whose step is NumPy code, one for each size of a batch."""

    backend = "numpy"

    def __init__(
        self,
        recording: Recording,
        moving: Sequence[Value],
        table: Table,
        optimizer: Optimizer,
        is_mean: bool,
        batch_size: int,
    ) -> None:
        import numpy

        self.moving = moving
        self._recording = recording
        self._optimizer = optimizer
        self._is_mean = is_mean
        self._starts = range(0, len(table), batch_size)
        self._size = min(batch_size, len(table))
        self._count = len(table)
        self._steps: dict[tuple[str, int], _Step] = {}
        self._runs: dict[Any, Any] = {}  # in machine code
        numbers = numpy.array(table.numbers).reshape(len(table), -1)
        self._columns: dict[str, list[Any]] = {key: [] for key in VARYING}
        start = 0
        for key in VARYING:
            for leaf in leaves(recording.arguments[key]):
                end = start + prod(leaf.shape)
                self._columns[key].append(numbers[:, start:end].reshape(len(table), *leaf.shape))
                start = end

    def source(self) -> str:
        """Return the text of the step on a batch, for the optimizer's settings as they are now."""
        return self._step(self._size).source.text

    def at_once(self, is_shuffled: bool) -> int:
        """Return how many epochs a call takes."""
        return max(1, (SHUFFLED if is_shuffled else AT_ONCE) // self._count)

    @property
    def redone(self) -> int:
        """How many epochs others do again: as many as a call takes."""
        return self.at_once(False)

    def reached(self) -> None:
        """Say that where a call is interrupted nothing is left of it."""

    def run(
        self, epochs: int, orders: Sequence[Sequence[int]] | None, steps: int, states: Sequence[State]
    ) -> Trained | None:
        """Return what some epochs give, each with its order of the rows; None where some are not finite."""
        import numpy

        parameters = numpy.array([parameter._data for parameter in self.moving])
        memory: Sequence[Any] = [numpy.array(column) for column in zip(*states)]
        losses: list[float] = []
        try:
            parts = self._parts()
            for order in [None] if orders is None else orders:
                batches = self._batches(parts, order)
                count = epochs if order is None else 1
                parameters, memory = self._trained(count, batches, steps, parameters, memory, losses)
                steps += count * len(batches)
        except ArithmeticError:
            return None
        columns = [numpy.broadcast_to(column, parameters.shape).tolist() for column in memory]
        numbers = parameters.tolist()
        if not all(map(math.isfinite, chain(losses, numbers, *columns))):
            return None
        return Trained(losses, numbers, list(zip(*columns)) if columns else [()] * len(numbers), steps)

    def _trained(
        self,
        epochs: int,
        batches: Sequence[tuple["_Step", Any, Any]],
        steps: int,
        parameters: Any,
        memory: Sequence[Any],
        losses: list[float],
    ) -> tuple[Any, Sequence[Any]]:
        """Return parameters and memory after some epochs, and append their losses."""
        import numpy

        with numpy.errstate(all="ignore", over="raise"):  # as Python does: then Values answer
            for _ in range(epochs):
                total = 0.0
                for step, x, y in batches:
                    steps += 1
                    loss, after = step.function(parameters, memory, float(steps), x, y, *step.tables)
                    parameters, memory = after["parameters"], after["memory"]
                    total += as_lot(loss, ())
                losses.append(total / len(batches))
        return parameters, memory

    def _parts(self) -> list[tuple["_Step", slice]]:
        """Return for each batch the step, and its rows in their order."""
        ends = [min(start + self._size, self._count) for start in self._starts]
        steps = {size: self._step(size) for size in {e - s for s, e in zip(self._starts, ends)}}
        return [(steps[end - start], slice(start, end)) for start, end in zip(self._starts, ends)]

    def _batches(
        self, parts: Sequence[tuple["_Step", slice]], order: Sequence[int] | None
    ) -> list[tuple["_Step", Any, Any]]:
        """Return for each batch the step, and the arrays of its rows."""
        columns = self._columns
        if order is not None:
            columns = {key: [array.take(order, axis=0) for array in own] for key, own in columns.items()}
        return [
            (step, *(self._arranged(key, [array[rows] for array in columns[key]]) for key in VARYING))
            for step, rows in parts
        ]

    def _arranged(self, key: str, arrays: Sequence[Any]) -> Any:
        tree = self._recording.arguments[key]
        return arrays[0] if tree.__class__ is Variable else arrange_blocks(tree, arrays)

    def _step(self, size: int) -> "_Step":
        """Return the step on batches of a size, for the optimizer's settings as they are now."""
        key = settings_of(self._optimizer), size
        if key not in self._steps:
            import numpy

            batch = of_rows(self._recording, size, VARYING)
            share = 1.0 / size if self._is_mean else 1.0
            equations = step_equations(batch, self._optimizer, self.moving[0], share)
            source = array_source("step", equations, f"One step, on a batch of {size:,} rows.")
            tables = [numpy.array(table.numbers).reshape(table.shape) for table in source.tables]
            self._steps[key] = _Step(source, compiled(source), tables, size)
        return self._steps[key]


class _Step(NamedTuple):
    """The code of a step, and the tables that it takes after its arguments."""

    source: Source
    function: Callable[..., Any]
    tables: list[Any]
    rows: int


def step_equations(recording: Recording, optimizer: Optimizer, parameter: Value, share: float) -> Equations:
    """Return the equations of a step: the loss of a batch, new parameters, and what is remembered of them.

    The gradient is that of the recorded loss times `share`.
    """
    trace = recording.trace
    (p,) = (leaf for key, leaf in recording.arguments.items() if key not in VARYING)
    if isinstance(p, list):
        (p,) = p
    (slope,) = gradient(trace, recording.value, [p], share)
    update = recorded_update(optimizer, [parameter])
    step = trace.leaf("step")
    memory = [trace.leaf("memory", p.shape) for _ in update.moves[0].after[1:]]
    trace.place = (True, "step")
    after = replayed(trace, update, [p, *memory, slope], step)
    varying = [recording.arguments[key] for key in VARYING]
    loss = recording.value * share
    results = [loss, *after, p, *memory, step, *(leaf for tree in varying for leaf in leaves(tree))]
    equations, at = flat(trace, results)
    return Equations(
        equations=equations,
        order=0,
        arguments={
            "parameters": at(p),
            "memory": [at(each) for each in memory],
            "step": at(step),
            **{key: replaced(recording.arguments[key], at) for key in VARYING},
        },
        fixed=(),
        frozen={at(v): numbers for v, numbers in trace.tables.items() if at(v) is not None},
        wrt=[],
        value=at(loss),
        gradient=[],
        hessian=[],
        extras={"parameters": at(after[0]), "memory": [at(each) for each in after[1:]]},
        forms={},
        wrt_form=[],
        extras_forms={},
    )
