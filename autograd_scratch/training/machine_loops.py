"""A training run as one function in machine code: all epochs, batches and steps are loops in it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ..arrays.containers import blocks
from ..program.equations import Equations
from ..program.forms import leaves
from ..program.lowering import lower
from ..program.machine.code import compiled_loops, index_tables
from ..program.machine.source import epochs_source, laid_out
from ..program.nests.building import nests_of
from ..program.nests.repeating import epochs_of
from ..program.rolled.batches import of_rows
from .arrays import VARYING, ArrayLoop, step_equations
from .numbers import settings_of


class MachineLoop(ArrayLoop):
    """A loop over epochs and batches whose steps are loop nests, one for each size of a batch."""

    backend = "numba"

    def _trained(
        self,
        epochs: int,
        batches: Sequence[tuple[Any, Any, Any]],
        steps: int,
        parameters: Any,
        memory: Sequence[Any],
        losses: list[float],
    ) -> tuple[Any, Sequence[Any]]:
        runs = []
        for _, group in groupby(batches, key=lambda batch: id(batch[0])):
            alike = list(group)
            run = self._run(alike[0][0].rows, len(alike))
            run.take([(x, y) for _, x, y in alike])
            runs.append(run)
        at_once = epochs if len(runs) == 1 else 1
        for _ in range(epochs // at_once if epochs else 0):
            totals: Any = 0.0
            for run in runs:
                found, parameters, memory = run.train(at_once, parameters, memory, steps)
                totals = totals + found * run.batches
                steps += run.batches * at_once
            losses += (totals / len(batches)).tolist()
        return parameters, memory

    def _run(self, size: int, batches: int) -> "_Run":
        """Return the function of some batches of a size, for the optimizer's settings as they are now."""
        key = settings_of(self._optimizer), size, batches
        if key not in self._runs:
            batch = of_rows(self._recording, size, VARYING)
            share = 1.0 / size if self._is_mean else 1.0
            self._runs[key] = _Run(step_equations(batch, self._optimizer, self.moving[0], share), batches)
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
        self._step = step
        self.source = epochs_source("train", loop, self._layout)
        self._function = compiled_loops(self.source, trains=True)
        self._memory = numpy.zeros(self._layout.size)
        for array, numbers in loop.nests.tables.items():
            self._entries(array)[:] = numbers

    def _entries(self, array: Any) -> Any:
        offset = self._layout.offsets[array]
        return self._memory[offset : offset + array.size]

    def take(self, batches: Sequence[Any]) -> None:
        """Take the rows of all batches."""
        import numpy

        columns = zip(*([block for _, block in blocks(batch)] for batch in batches))
        for array, column in zip(self._arguments[self._step + 1 :], columns, strict=True):
            self._entries(array)[:] = numpy.concatenate([numpy.ravel(part) for part in column])

    def train(
        self, epochs: int, parameters: Any, memory: Sequence[Any], steps: int
    ) -> tuple[Any, Any, list[Any]]:
        """Return the losses of some epochs, and what becomes of parameters and memory."""
        import numpy

        state = [self._entries(array) for array in self._arguments[: self._step]]
        for own, given in zip(state, [parameters, *memory], strict=True):
            own[:] = given
        self._entries(self._arguments[self._step])[:] = steps
        losses = numpy.zeros(epochs)
        self._function(self._memory, index_tables(self._layout.tables), losses)
        parameters, *memory = (own.copy() for own in state)
        return losses, parameters, memory
