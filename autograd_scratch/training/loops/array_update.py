"""An optimizer's step of many parameters at once, given their gradient: NumPy code of its own update."""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from ...errors import AutogradError
from ...node import set_data
from ...optim import Optimizer
from ...program.compilation import compiled
from ...program.derivation import has_numpy
from ...program.equations import equations_between
from ...program.notation import array_source
from ...program.variables import Trace
from ...value import Value
from .group_steps import step_of
from .tuning import Tuner, Tuning

MANY = 200  # parameters, from which on arrays are quicker


class ArrayUpdate:
    """Steps of an optimizer over some parameters, all of which have a gradient."""

    def __init__(
        self, optimizer: Optimizer, moving: Sequence[Value], max_norm: float | None = None
    ) -> None:
        self._optimizer = optimizer
        self._moving = [*moving]
        self._tuner = Tuner(optimizer, self._moving, {}, max_norm)
        self._tuning: Tuning | None = None
        self._function: Callable[..., Any] | None = None
        self._tables: list[Any] = []
        self._may_be = len(moving) >= MANY and has_numpy()

    def step(self, slopes: Sequence[float]) -> bool:
        """Take a step by code, if that can be and gives finite numbers; say whether it is taken."""
        recalled = self._optimizer.recalled(self._moving) if self._may_be else []
        steps = {step for step, _ in recalled}
        if len(steps) != 1:
            return False
        (before,) = steps
        found = self._computed(slopes, before + 1, [state for _, state in recalled])
        if found is None:
            return False
        numbers, memory = found
        remembered = {p: (before + 1, state) for p, state in zip(self._moving, memory)}
        self._optimizer.commit(map(set_data, self._moving, numbers), remembered)
        return True

    def _computed(
        self, slopes: Sequence[float], step: int, states: Sequence[tuple[Any, ...]]
    ) -> tuple[list[float], list[tuple[Any, ...]]] | None:
        """Return new parameters, and what is remembered of each; None where code does not give them."""
        import numpy

        tuning = self._tuned()
        if self._function is None:
            return None
        settings, groups = self._tuner.numbers(tuning), tuning.groups(len(self._moving))
        given = [
            numpy.array([p._data for p in self._moving]),
            [*map(numpy.array, zip(*states))],
            numpy.array(slopes),
            *([settings] if settings else []),
            *map(numpy.array, groups),
            float(step),
        ]
        try:
            with numpy.errstate(all="ignore", over="raise"):  # as Python does: then the optimizer answers
                _, after = self._function(*given, *self._tables)
        except ArithmeticError:
            return None
        numbers, *columns = (numpy.broadcast_to(each, len(slopes)).tolist() for each in after["after"])
        if not all(map(math.isfinite, chain(numbers, *columns))):
            return None
        return numbers, [*zip(*columns)] if columns else [()] * len(numbers)

    def _tuned(self) -> Tuning:
        """Return how the optimizer is set, for which the code is made, if it can be."""
        tuning = self._tuner.tuning(self._tuning)
        if tuning != self._tuning:
            self._tuning = tuning
            try:
                self._function, self._tables = self._made(tuning)
            except AutogradError:
                self._function = None
        return tuning

    def _made(self, tuning: Tuning) -> tuple[Callable[..., Any], list[Any]]:
        """Return the function of parameters, memory, slopes, settings, groups and the count of steps."""
        import numpy

        trace = Trace()
        shape = (len(self._moving),)
        p, slope = trace.leaf("parameters", shape), trace.leaf("slopes", shape)
        step = step_of(trace, self._tuner, tuning, self._moving, p, slope)
        arguments: dict[str, Any] = {"parameters": p, "memory": step.memory, "slopes": slope}
        arguments |= {"settings": step.constant} if step.constant else {}
        arguments |= {"groups": step.groups[0]} if step.groups else {}
        arguments |= {"step": step.steps}
        found = equations_between(trace, arguments, 0.0, {"after": step.after})
        source = array_source("step", found, "One step of an optimizer.")
        tables = [numpy.array(table.numbers).reshape(table.shape) for table in source.tables]
        return compiled(source), tables
