"""What a model, an optimizer and its schedule were before a run, to be so again where it cannot begin."""

from collections.abc import Iterator
from typing import Any

from ..nn.batches import way_back_of_modes
from ..nn.search import parameters_of
from ..nn.states import buffers_of, way_back
from ..node import set_data
from ..optim import LRScheduler, Optimizer


class Former:
    """Their numbers, modes, settings and memory as they are now."""

    def __init__(self, model: Any, optimizer: Optimizer, schedule: Any) -> None:
        self._leaves = parameters_of(model, frozen=True)
        self._numbers = [leaf.data for leaf in self._leaves]
        self._carried = way_back(buffers_of(model))
        self._modes = way_back_of_modes(model)
        self._optimizer = optimizer
        self._scopes = optimizer.scopes()
        self._memory = {name: vars(optimizer)[name] for name in ("_memory", "_began")}
        self._memory["_began"] = dict(self._memory["_began"])
        self._schedules = [(each, dict(vars(each))) for each in _parts(schedule)]

    def restore(self) -> None:
        """Have all be as it was."""
        any(map(set_data, self._leaves, self._numbers))
        self._carried()
        self._modes()
        self._optimizer.restore(self._scopes)
        vars(self._optimizer).update(self._memory)
        for schedule, attributes in self._schedules:
            vars(schedule).update(attributes)


def _parts(schedule: Any) -> Iterator[LRScheduler]:
    """Yield a schedule, if it is one, and those that it is made of."""
    if isinstance(schedule, LRScheduler):
        yield schedule
        for part in getattr(schedule, "schedulers", ()):
            yield from _parts(part)
