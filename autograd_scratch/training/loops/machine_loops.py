"""A training run as one function in machine code: all epochs, batches and steps are loops in it."""

from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any

from ...arrays.containers import blocks
from ...program.equations import Equations
from ...program.forms import leaves
from ...program.lowering import lower
from ...program.machine.code import compiled_loops, index_tables
from ...program.machine.source import epochs_source, laid_out
from ...program.nests.building import nests_of
from ...program.nests.repeating import epochs_of
from .arrays import ArrayLoop


class MachineLoop(ArrayLoop):
    """A loop over epochs and batches whose steps are loop nests, one for each size of a batch."""

    backend = "numba"

    def _trained(
        self,
        scheduled: Sequence[Sequence[list[float]]],
        batches: Sequence[tuple[Any, list[Any]]],
        steps: int,
        parameters: Any,
        memory: Sequence[Any],
        losses: list[float],
    ) -> tuple[Any, Sequence[Any]]:
        import numpy

        runs = []
        for _, group in groupby(batches, key=lambda batch: id(batch[0])):
            alike = list(group)
            run = self._run(alike[0][0].rows, len(alike))
            run.take(self._fixed(), [rows for _, rows in alike])
            runs.append(run)
        epochs = len(scheduled)
        at_once = epochs if len(runs) == 1 and not self._tuning.scheduled else 1
        for of_epoch in scheduled[::at_once] if epochs else ():
            totals = numpy.zeros(at_once)
            rest = iter(of_epoch)
            for run in runs:
                own = [*islice(rest, run.batches)]
                parameters, memory = run.train(totals, parameters, memory, steps, own)
                steps += run.batches * at_once
            losses += (totals / len(batches)).tolist()
        return parameters, memory

    def _run(self, size: int, batches: int) -> "_Run":
        """Return the function of some batches of a size, for the optimizer's settings as they are now."""
        key = self._tuning, size, batches
        if key not in self._runs:
            self._runs[key] = _Run(self._equations(size), batches)
        run: _Run = self._runs[key]
        return run


class _Run:
    """Machine code that trains on some batches, and the memory on which it runs."""

    def __init__(self, equations: Equations, batches: int) -> None:
        import numpy

        trace, at = lower(equations.equations)
        places = [index for tree in equations.arguments.values() for index in leaves(tree)]
        before = [equations.arguments["parameters"], *leaves(equations.arguments["memory"])]
        after = [equations.extras["parameters"], *leaves(equations.extras["memory"])]
        step = places.index(equations.arguments["step"])
        state = len(before)
        nests = nests_of(
            trace,
            [at(index) for index in places],
            [at(equations.value), *map(at, after)],
            {at(index): numbers for index, numbers in equations.frozen.items()},
            [(at(one), at(other)) for one, other in zip(before, after, strict=True)],
        )
        loop = epochs_of(nests, range(step + 1, len(places)), batches, count=step)
        self.batches = batches
        self._layout = laid_out(loop.nests)
        self._arguments = loop.nests.arguments
        self._step, self._state = step, state
        self._scheduled = len(leaves(equations.arguments.get("schedule", [])))
        self.source = epochs_source("train", loop, self._layout)
        self._function = compiled_loops(self.source, trains=True)
        self._memory = numpy.zeros(self._layout.size)
        for array, numbers in loop.nests.tables.items():
            self._entries(array)[:] = numbers

    def _entries(self, array: Any) -> Any:
        offset = self._layout.offsets[array]
        return self._memory[offset : offset + array.size]

    def take(self, fixed: Sequence[Any], batches: Sequence[Any]) -> None:
        """Take the settings, and the rows of all batches."""
        import numpy

        settings = [block for _, block in blocks([*fixed])]
        for array, own in zip(self._arguments[self._state : self._step], settings, strict=True):
            self._entries(array)[:] = own
        columns = zip(*([block for _, block in blocks(batch)] for batch in batches))
        for array, column in zip(self._arguments[self._step + 1 + self._scheduled :], columns, strict=True):
            self._entries(array)[:] = numpy.concatenate([numpy.ravel(part) for part in column])

    def train(
        self,
        totals: Any,
        parameters: Any,
        memory: Sequence[Any],
        steps: int,
        scheduled: Sequence[list[float]],
    ) -> tuple[Any, list[Any]]:
        """Return what becomes of parameters and memory in an epoch for each of `totals`.

        To that the losses of its batches are added; `scheduled` has the settings that a schedule sets for
        each batch.
        """
        for array, column in zip(self._arguments[self._step + 1 :], zip(*scheduled)):
            self._entries(array)[:] = column
        state = [self._entries(array) for array in self._arguments[: self._state]]
        for own, given in zip(state, [parameters, *memory], strict=True):
            own[:] = given
        self._entries(self._arguments[self._step])[:] = steps
        self._function(self._memory, index_tables(self._layout.tables), totals)
        parameters, *memory = (own.copy() for own in state)
        return parameters, memory
