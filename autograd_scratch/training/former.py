"""What a model, an optimizer and its schedule were before a run, to be so again where it cannot begin."""

from collections.abc import Iterator
from typing import Any

from ..nn.states import entries_of, load, numbers_of
from ..optim import LRScheduler, Optimizer


class Former:
    """Their numbers, settings and memory as they are now; those of a model are only kept if it is given."""

    def __init__(self, optimizer: Optimizer, schedule: Any, model: Any = None) -> None:
        self._entries = {} if model is None else entries_of(model)
        self._numbers = numbers_of(self._entries)
        self._optimizer = optimizer
        self._scopes = optimizer.scopes()
        self._memory = {name: vars(optimizer)[name] for name in ("_memory", "_began")}
        self._memory["_began"] = dict(self._memory["_began"])
        self._schedules = [(each, dict(vars(each))) for each in _parts(schedule)]

    def restore(self) -> None:
        """Have all be as it was."""
        load(self._entries, self._numbers)
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
