"""What a step remembers, where a dict is handed to it for that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import DataError
from ...ieee import describe
from .roles import settings_by_argument

_COUNTS = frozenset(("t", "step", "iteration", "iterations", "count", "counter", "time"))


class Memory(dict[Any, Any]):
    """What a step remembers by names of its own: zeros of the form of a parameter, until it says more."""

    def __init__(self, like: Callable[[], Any], settings: Mapping[str, Any]) -> None:
        super().__init__()
        self._like, self._settings = like, settings

    def __missing__(self, key: Any) -> Any:
        known = self._setting(key)
        if known is None:
            known = 0 if key in _COUNTS else self._like()
        self[key] = known
        return known

    def _setting(self, key: Any) -> Any:
        """Return the value of a setting by what people call it; None of what is none."""
        called = settings_by_argument([key], self._settings) if isinstance(key, str) else {}
        return called.get(key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return what is remembered under a key: a setting is that of the optimizer."""
        if key not in self:
            known = self._setting(key)
            self[key] = default if known is None else known
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what is remembered under a key, or the default."""
        if key in self:
            return self[key]
        known = self._setting(key)
        return default if known is None else known


def given_state(state: Any, name: str, names: Sequence[str]) -> Any:
    """Return what a person says that is remembered at first under one of several names."""
    if len(names) == 1:
        return state
    if isinstance(state, Mapping) and name in state:
        return state[name]
    if isinstance(state, (list, tuple)) and len(state) == len(names):
        return state[names.index(name)]
    raise DataError(
        f"the step remembers {', '.join(names)}: give state as a dict with these names; it is "
        f"{describe(state)}"
    )
