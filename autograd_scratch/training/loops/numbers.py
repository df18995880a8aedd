"""A training run of single numbers: one generated function that goes through rows, batches and epochs."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, NamedTuple

from ...optim import State
from ...program.compilation import BACKENDS
from ...program.equations import Equation, Equations, equations_of
from ...program.forms import leaves
from ...program.loops import Loop, Move, Update, training_source
from ...program.record import record
from ...program.source import Source
from ...program.unrolling import written_out
from ...program.updates import recorded_update
from ...program.variables import FORWARD
from ...value import Value
from .recorded import CARRIED, Recorded
from .tuning import Tuner, Tuning

UNROLLED = 1_000  # equations of all rows
AT_ONCE = 50_000  # rows between two looks at whether all numbers are finite
SHARE = "share"


class Trained(NamedTuple):
    """What some epochs gave: the loss of each, and of each parameter that moves its number and memory.

    `steps` is the count of all steps, those before included, and `carried` what modules carry on. Of an
    epoch that has begun, `begun` has the sum of the losses of its steps, and how many these are.
    """

    losses: list[float]
    numbers: list[float]
    memory: Sequence[State]
    steps: int
    carried: list[float]
    begun: tuple[float, int] = (0.0, 0)


class Begun(NamedTuple):
    """What a call of code begins with.

    It is the count of steps, what is remembered of each parameter that moves, what modules carry, and the
    numbers of each setting that a schedule sets, one for each batch or each epoch.
    """

    steps: int
    states: Sequence[State]
    carried: list[float]
    schedule: Sequence[Sequence[float]]


class AllOrNothing(ABC):
    """A loop over epochs of which nothing is left where a call is interrupted."""

    @abstractmethod
    def at_once(self, is_shuffled: bool) -> int:
        """Return how many epochs a call takes."""

    def reached(self) -> Trained | None:
        """Return how far a call has come that was interrupted: nowhere."""
        return None


class NumberLoop(AllOrNothing):
    """The loop over epochs as one function of numbers.

    `recorded` is the loss of a row, and `moving` those parameters that a backward pass reaches;
    `batch_size` is None for all rows at once.
    """

    def __init__(
        self,
        recorded: Recorded,
        trained: Sequence[Value],
        moving: Sequence[Value],
        rows: Sequence[tuple[float, ...]],
        tuner: Tuner,
        *,
        is_mean: bool,
        batch_size: int | None,
        backend: str,
        per_batch: bool,
    ) -> None:
        self._trained = trained
        self._rows = rows
        self._tuner = tuner
        self._per_batch = per_batch and batch_size is not None
        self._batch_size = batch_size
        self.backend = backend
        self._equations = _differentiated(recorded, trained, is_mean)
        self._carried = len(recorded.after)
        self._functions: dict[Tuning, tuple[Source, Callable[..., Any]]] = {}
        self._tuning = tuner.tuning()
        self.moving = moving

    def source(self) -> str:
        """Return the text of the loop, for the optimizer's settings as they are now."""
        return self._generated()[0].text

    def at_once(self, is_shuffled: bool) -> int:
        return 1 if is_shuffled else max(1, AT_ONCE // len(self._rows))

    def run(self, epochs: int, orders: Sequence[Sequence[int]] | None, begun: Begun) -> Trained | None:
        """Return what some epochs give, or one in an order of the rows; None where some are not finite."""
        rows = self._rows if orders is None else [self._rows[i] for i in orders[0]]
        return self.trained(rows, epochs, self.where(begun), begun.schedule)

    def run_step(self, rows: Sequence[int], begun: Begun) -> Trained | None:
        """Return what a step on some rows gives; None where it is not finite."""
        return self.trained([self._rows[i] for i in rows], 1, self.where(begun), begun.schedule)

    def where(self, begun: Begun) -> Trained:
        """Return where the parameters are now, with what is remembered of them."""
        return Trained([], [p._data for p in self.moving], begun.states, begun.steps, begun.carried)

    def trained(
        self,
        rows: Sequence[tuple[float, ...]],
        epochs: int,
        begun: Trained,
        schedule: Sequence[Sequence[float]],
    ) -> Trained | None:
        """Return what some epochs of some rows give after others; None where it is not finite."""
        _, train = self._generated()
        given, losses = self._containers(rows, epochs)
        size = self._batch_size or len(rows)
        of = dict(zip(self.moving, begun.numbers))
        try:
            numbers, memory = train(
                given,
                losses,
                size,
                float(begun.steps),
                tuple(of.get(parameter, parameter._data) for parameter in self._trained),
                *([tuple(begun.carried)] if self._carried else []),
                tuple(chain(*begun.memory)),
                tuple(self._tuner.numbers(self._tuning)),
                self._columns(schedule),
            )
        except (ArithmeticError, ValueError):
            return None
        losses = losses if isinstance(losses, list) else losses.tolist()
        if not all(map(math.isfinite, chain(losses, numbers, memory))):
            return None
        of = dict(zip(self._trained, numbers))
        rest = iter(memory)
        return Trained(
            losses,
            [of[parameter] for parameter in self.moving],
            [tuple(islice(rest, len(state))) for state in begun.memory],
            begun.steps + epochs * -(-len(rows) // size),
            [*numbers[len(self._trained) :]],
        )

    def _containers(self, rows: Sequence[tuple[float, ...]], epochs: int) -> tuple[Any, Any]:
        """Return the rows, and room for the losses: in lists, or in arrays for numba."""
        if self.backend == "python":
            return rows, [0.0] * epochs
        import numpy

        return tuple(rows) if self._is_unrolled else numpy.array(rows), numpy.zeros(epochs)

    def _columns(self, schedule: Sequence[Sequence[float]]) -> tuple[Any, ...]:
        """Return the columns of a schedule: lists, or arrays for numba."""
        if self.backend == "python":
            return tuple(schedule)
        import numpy

        return tuple(map(numpy.array, schedule))

    def _generated(self) -> tuple[Source, Callable[..., Any]]:
        """Return the loop and its function, for the optimizer's settings as they are now."""
        tuning = self._tuning = self._tuner.tuning(self._tuning)
        if tuning not in self._functions:
            source = self._loop(tuning)
            self._functions[tuning] = source, BACKENDS[self.backend](source)
        return self._functions[tuning]

    def _loop(self, tuning: Tuning) -> Source:
        """Write the loop."""
        update = recorded_update(self._tuner.optimizer, self.moving, tuning.settings)
        update = _with_carried(update, self._carried)
        loop = Loop(
            seed=SHARE if SHARE in self._equations.arguments else None,
            batches=self._batch_size is not None,
            unrolled=self._is_unrolled,
            matrix=self.backend == "numba",
            settings=[name if entry is None else f"{name}_{entry}" for _, name, entry in tuning.settings],
            scheduled=len(tuning.scheduled),
            per_batch=self._per_batch,
            max_norm=self._tuner.max_norm,
            clipped=len(self.moving),
        )
        equations = self._equations
        if self._is_unrolled:
            equations = written_out(equations, len(self._rows))
        moving = {*self.moving}
        moves = [*(p in moving for p in self._trained), *[True] * self._carried]
        return training_source("model", equations, moves, update, loop)

    @property
    def _is_unrolled(self) -> bool:
        """Whether the data are so few that all rows are written out."""
        return self._batch_size is None and len(self._rows) * len(self._equations.equations) <= UNROLLED


def _differentiated(recorded: Recorded, trained: Sequence[Value], is_mean: bool) -> Equations:
    """Differentiate the loss of a row; that of a mean times its share.

    What is carried stands after the parameters, and what becomes of it in the place of a slope.
    """
    share = {SHARE: Value(1.0, SHARE)} if is_mean else {}
    after = {CARRIED: recorded.after} if recorded.after else {}
    recording = record(recorded.loss, list(trained), {**recorded.arguments, **share}, after, "model")
    recording = replace(recording, fixed=(*recording.fixed, *recorded.fixed, *share))
    seed = recording.arguments[SHARE] if is_mean else 1.0
    equations = equations_of(recording, 1, seed=seed)
    if not after:
        return equations
    return replace(
        equations,
        wrt=[*leaves(equations.wrt), *equations.arguments[CARRIED]],
        gradient=[*equations.gradient, *equations.extras[CARRIED]],
        extras={},
    )


def _with_carried(update: Update, count: int) -> Update:
    """Return the step of an optimizer, and that of further numbers: each becomes what is its slope."""
    places = range(len(update.equations), len(update.equations) + 2 * count, 2)
    return update._replace(
        equations=[*update.equations, *[Equation(None, (), None, FORWARD)] * (2 * count)],
        moves=[*update.moves, *(Move([place, place + 1], [place + 1]) for place in places)],
    )
