"""A training run as derived code: all of its epochs in one generated function.

One row is recorded, and differentiated; the function loops over the rows. That is the same as
the eager run where the loss of a batch is the mean or the sum of its rows' losses, which is tried on
the data. Where the code stops at an overflow, or ends with a number that is not finite, the same epochs
are run on Values, which know what to answer.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from random import Random
from typing import Any

from .. import modes
from ..arrays.containers import entries
from ..arrays.conversion import number_of
from ..errors import AutogradError, ProgramError, ShapeError, TracingError
from ..node import forgetting, set_data
from ..optim import State
from ..program.compilation import BACKENDS
from ..program.equations import Equations, equations_of
from ..program.forms import plain
from ..program.loops import Loop, training_source
from ..program.record import example_values, record
from ..program.repetition import traced_twice
from ..program.source import Source
from ..program.unrolling import written_out
from ..program.updates import recorded_update
from ..program.variables import is_zero
from ..value import Value
from .run import Run

UNROLLED = 1_000  # equations of all rows
AT_ONCE = 50_000  # rows between two looks at whether all numbers are finite
SHARE = "share"


@dataclass
class DerivedRun(Run):
    """A run whose epochs are derived code."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.equations = self._recorded(is_mean=self._is_mean())
        self.moving = [p for p, slope in zip(self.trained, self.equations.gradient) if not is_zero(slope)]
        self.rows = [self._row(i) for i in self.order]
        self.are_finite = all(map(math.isfinite, chain(*self.rows)))
        self._functions: dict[str, tuple[Source, Callable[..., Any]]] = {}

    def epochs(self, count: int, watch: bool = False) -> tuple[list[float], list[Any]]:
        outputs = self.outputs() if watch else []
        most = max(1, AT_ONCE // len(self.rows)) if self.shuffling is None else 1
        losses: list[float] = []
        while len(losses) < count:
            self.shuffle()
            losses += self._train(min(most, count - len(losses)))
        return losses, outputs

    def _train(self, count: int) -> list[float]:
        """Train for some epochs in one go, or on Values where that gives no finite numbers."""
        states = [self.optimizer.recall(parameter) for parameter in self.moving]
        steps = {step for step, _ in states}
        if len(steps) > 1:
            raise ProgramError(
                f"the parameters have taken different numbers of steps, {sorted(steps)}, and derived code "
                'counts them once; give a new optimizer, or write engine="eager"'
            )
        found = self._in_one_go(count, states) if states and self.are_finite else None
        if found is None:
            return [self.step_by_step() for _ in range(count)]
        losses, numbers, memory = found
        rest = iter(memory)
        batches = len(range(0, len(self.rows), self.batch_size))
        remembered = {
            parameter: (step + count * batches, tuple(islice(rest, len(state))))
            for parameter, (step, state) in zip(self.moving, states)
        }
        moved = map(set_data, self.trained, numbers)
        forgotten = forgetting(self.leaves)
        self.optimizer.commit(chain(moved, forgotten), remembered)
        self.epoch += count
        return losses

    def _in_one_go(
        self, count: int, states: Sequence[tuple[int, State]]
    ) -> tuple[list[float], tuple[float, ...], tuple[float, ...]] | None:
        """Return losses, parameters and the optimizer's memory after some epochs, if all is finite."""
        _, train = self._generated()
        rows, losses = self._containers(count)
        try:
            numbers, memory = train(
                rows,
                losses,
                self.batch_size,
                float(states[0][0]),
                tuple(parameter._data for parameter in self.trained),
                tuple(number for _, state in states for number in state),
            )
        except (ArithmeticError, ValueError):
            return None
        losses = losses if isinstance(losses, list) else losses.tolist()
        is_finite = all(map(math.isfinite, chain(losses, numbers, memory)))
        return (losses, numbers, memory) if is_finite else None

    def _containers(self, count: int) -> tuple[Any, Any]:
        """Return the rows in their order, and room for the losses: in lists, or in arrays for numba."""
        rows = self.rows if self.shuffling is None else [self.rows[i] for i in self.order]
        if self.backend == "python":
            return rows, [0.0] * count
        import numpy

        return tuple(rows) if self.is_unrolled else numpy.array(rows), numpy.zeros(count)

    @property
    def source(self) -> str:
        """The text of the loop."""
        source, _ = self._generated()
        return source.text

    def _generated(self) -> tuple[Source, Callable[..., Any]]:
        """Return the loop and its function, for the optimizer's settings as they are now."""
        known = vars(self.optimizer).items()
        settings = repr([item for item in known if item[0] not in ("_memory", "_parameters")])
        if settings not in self._functions:
            source = self._loop()
            self._functions[settings] = source, BACKENDS[self.backend](source)
        return self._functions[settings]

    def _loop(self) -> Source:
        """Write the loop."""
        update = recorded_update(self.optimizer, self.moving)
        seed = SHARE if SHARE in self.equations.arguments else None
        loop = Loop(seed, not self.is_full_batch, self.is_unrolled, self.backend == "numba")
        equations = self.equations
        if self.is_unrolled:
            equations = written_out(equations, len(self.rows))
        return training_source("model", equations, update, loop)

    @property
    def is_unrolled(self) -> bool:
        """Whether the data are so few that all rows are written out."""
        return self.is_full_batch and len(self.rows) * len(self.equations.equations) <= UNROLLED

    def _recorded(self, is_mean: bool) -> Equations:
        """Record the loss of one row, and differentiate it."""
        values = example_values({"x": self.inputs[0], "y": self.targets[0]})
        try:
            loss, _ = traced_twice(
                lambda x, y: self.loss_of([self.model(x)], [y]), [*values.values()], {}, "the loss of a row"
            )
        except TypeError as fault:
            if isinstance(fault, AutogradError):
                raise
            raise TracingError(
                f"the derived engine records a row with Values for its inputs and its target: {fault}. For "
                "an entry that a target numbers take cross_entropy, or where for each class; or write "
                'engine="eager"'
            ) from fault
        if not isinstance(loss, Value):
            loss = Value.holding(loss)
        share = {SHARE: Value(1.0, SHARE)} if is_mean else {}
        recording = record(loss, self.trained, {**values, **share}, {}, "model")
        if not is_mean:
            return equations_of(recording, 1)
        recording = replace(recording, fixed=(*recording.fixed, SHARE))
        return equations_of(recording, 1, seed=recording.arguments[SHARE])

    def _row(self, i: int) -> tuple[float, ...]:
        """Return the numbers of a row, inputs and target."""
        row: list[float] = []
        for key, tree in (("x", plain(self.inputs[i])), ("y", plain(self.targets[i]))):
            given = list(entries(tree, key))
            if [place for place, _ in given] != [
                place for place, _ in entries(self.equations.arguments[key], key)
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
