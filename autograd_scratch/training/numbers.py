"""A training run of single numbers: one generated function that goes through rows, batches and epochs."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, NamedTuple

from ..optim import Optimizer, State
from ..program.compilation import BACKENDS
from ..program.equations import Equations, equations_of
from ..program.loops import Loop, training_source
from ..program.record import record
from ..program.source import Source
from ..program.table import Table
from ..program.unrolling import written_out
from ..program.updates import recorded_update
from ..value import Value

UNROLLED = 1_000  # equations of all rows
AT_ONCE = 50_000  # rows between two looks at whether all numbers are finite
SHARE = "share"


class Trained(NamedTuple):
    """What some epochs gave: the loss of each, and of each parameter that moves its number and memory.

    `steps` is the count of all steps, those before included.
    """

    losses: list[float]
    numbers: list[float]
    memory: list[State]
    steps: int


def settings_of(optimizer: Optimizer) -> str:
    """Return what tells the settings of an optimizer apart."""
    return repr([item for item in vars(optimizer).items() if item[0] not in ("_memory", "_parameters")])


class NumberLoop:
    """The loop over epochs as one function of numbers.

    `row_loss` is the recorded loss of a row, and `moving` those parameters that a backward pass reaches;
    `batch_size` is None for all rows at once.
    """

    def __init__(
        self,
        row_loss: Value,
        examples: Mapping[str, Any],
        trained: Sequence[Value],
        moving: Sequence[Value],
        table: Table,
        optimizer: Optimizer,
        *,
        is_mean: bool,
        batch_size: int | None,
        backend: str,
    ) -> None:
        self._trained = trained
        self._rows = table.rows()
        self._optimizer = optimizer
        self._batch_size = batch_size
        self.backend = backend
        self._equations = _differentiated(row_loss, examples, trained, is_mean)
        self._functions: dict[str, tuple[Source, Callable[..., Any]]] = {}
        self.moving = moving

    def source(self) -> str:
        """Return the text of the loop, for the optimizer's settings as they are now."""
        return self._generated()[0].text

    def at_once(self, is_shuffled: bool) -> int:
        """Return how many epochs a call takes."""
        return 1 if is_shuffled else max(1, AT_ONCE // len(self._rows))

    @property
    def redone(self) -> int:
        """How many epochs others do again: as many as a call takes."""
        return self.at_once(False)

    def reached(self) -> None:
        """Say that where a call is interrupted nothing is left of it."""

    def run(
        self, epochs: int, orders: Sequence[Sequence[int]] | None, steps: int, states: Sequence[State]
    ) -> Trained | None:
        """Return what some epochs give, or one in an order of the rows; None where some are not finite."""
        order = None if orders is None else orders[0]
        _, train = self._generated()
        rows, losses = self._containers(epochs, order)
        try:
            numbers, memory = train(
                rows,
                losses,
                self._batch_size or len(self._rows),
                float(steps),
                tuple(parameter._data for parameter in self._trained),
                tuple(chain(*states)),
            )
        except (ArithmeticError, ValueError):
            return None
        losses = losses if isinstance(losses, list) else losses.tolist()
        if not all(map(math.isfinite, chain(losses, numbers, memory))):
            return None
        of = dict(zip(self._trained, numbers))
        rest = iter(memory)
        remembered = [tuple(islice(rest, len(state))) for state in states]
        batches = -(-len(self._rows) // (self._batch_size or len(self._rows)))
        return Trained(
            losses, [of[parameter] for parameter in self.moving], remembered, steps + epochs * batches
        )

    def _containers(self, epochs: int, order: Sequence[int] | None) -> tuple[Any, Any]:
        """Return the rows in their order, and room for the losses: in lists, or in arrays for numba."""
        rows = self._rows if order is None else [self._rows[i] for i in order]
        if self.backend == "python":
            return rows, [0.0] * epochs
        import numpy

        return tuple(rows) if self._is_unrolled else numpy.array(rows), numpy.zeros(epochs)

    def _generated(self) -> tuple[Source, Callable[..., Any]]:
        """Return the loop and its function, for the optimizer's settings as they are now."""
        settings = settings_of(self._optimizer)
        if settings not in self._functions:
            source = self._loop()
            self._functions[settings] = source, BACKENDS[self.backend](source)
        return self._functions[settings]

    def _loop(self) -> Source:
        """Write the loop."""
        update = recorded_update(self._optimizer, self.moving)
        seed = SHARE if SHARE in self._equations.arguments else None
        loop = Loop(seed, self._batch_size is not None, self._is_unrolled, self.backend == "numba")
        equations = self._equations
        if self._is_unrolled:
            equations = written_out(equations, len(self._rows))
        moving = {*self.moving}
        return training_source("model", equations, [p in moving for p in self._trained], update, loop)

    @property
    def _is_unrolled(self) -> bool:
        """Whether the data are so few that all rows are written out."""
        return self._batch_size is None and len(self._rows) * len(self._equations.equations) <= UNROLLED


def _differentiated(
    row_loss: Value, examples: Mapping[str, Any], trained: Sequence[Value], is_mean: bool
) -> Equations:
    """Differentiate the loss of a row; that of a mean times its share."""
    share = {SHARE: Value(1.0, SHARE)} if is_mean else {}
    recording = record(row_loss, list(trained), {**examples, **share}, {}, "model")
    if not is_mean:
        return equations_of(recording, 1)
    recording = replace(recording, fixed=(*recording.fixed, SHARE))
    return equations_of(recording, 1, seed=recording.arguments[SHARE])
