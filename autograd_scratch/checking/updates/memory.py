"""What a step remembers, where a dict is handed to it for that."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...arrays.containers import extent
from ...errors import DataError
from ...ieee import describe
from ...replicas import Replica
from .blocks import Blocks, read
from .person import Person
from .roles import Role, settings_by_argument
from .ways import Way

_COUNTS = frozenset(("t", "step", "iteration", "iterations", "count", "counter", "time"))


class Memory(dict[Any, Any]):
    """What a step remembers by names of its own: zeros of the form of a parameter, until it says more.

    A count is `first` then, and a setting that of the optimizer.
    """

    def __init__(self, like: Callable[[], Any], settings: Mapping[str, Any], first: int = 0) -> None:
        super().__init__()
        self._like, self._settings, self._first = like, settings, first

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, thing: Any) -> None:
        if name.startswith("_"):
            super().__setattr__(name, thing)
        else:
            self[name] = thing

    def __missing__(self, key: Any) -> Any:
        known = self._setting(key)
        if known is None:
            known = self._first if key in _COUNTS else self._like()
        self[key] = known
        return known

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self._setting(key) is not None

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


def key_of_parameters(state: Any, person: Person, blocks: Blocks) -> Any:
    """Return the key under which the parameters stand in what is remembered; None if they do not.

    A step of JAX's kind is handed them there, and returns all of it anew.
    """
    has_own = Role.PARAMETERS in person.roles.values() or len(person.remembered) != 1
    whole = (
        state.items()
        if isinstance(state, Mapping)
        else enumerate(state)
        if isinstance(state, (list, tuple))
        else ()
    )
    for key, part in () if has_own else whole:
        parts = blocks.parts(part) if blocks.is_named and isinstance(part, Mapping) else None
        if parts is None and len(blocks.starts) == 1 and not isinstance(part, Mapping):
            parts = dict.fromkeys(blocks.starts, part)
        if parts is not None and all(
            extent(x) == blocks.shapes[name] and read(x, name) == blocks.starts[name]
            for name, x in parts.items()
        ):
            return key
    return None


class Memories:
    """What a step is handed for what it remembers, before the first step, in one way of calling it."""

    def __init__(self, person: Person, way: Way, replica: Replica, state: Any) -> None:
        self._person, self._way, self._replica, self._state = person, way, replica, state

    def again(self, rest: Sequence[Any]) -> Sequence[Any]:
        """Return what a step is handed again that returns as many things, or a row of them."""
        many = self._way.blank.many
        for row in (rest, rest[0]):
            if isinstance(row, (list, tuple)) and len(row) == many:
                return row
        raise TypeError(f"{self._person.name} was handed {many} things, and returns others")

    def at_first(self, name: str, whole: Callable[[], Any], blank: Callable[[], list[Any]]) -> Any:
        """Return what is handed under a name: `whole` and `blank` give zeros, as in `at` and in a list."""
        role, (bare, many, rows) = self._person.roles[name], self._way.blank
        names = self._person.remembered
        if self._state is not None and (role is not Role.SETTINGS or _names(self._state, name)):
            return given_state(self._replica.of(self._state), name, names)
        if role is Role.SETTINGS:
            return Memory(whole, self._person.settings_or_usual, first=1)
        if bare:
            return None if role is Role.STATE else {}
        if rows:
            columns = [blank() for _ in range(many)]
            return [*map(list, zip(*columns))] if many > 1 else columns[0]
        if many:
            return [whole() for _ in range(many)] if many > 1 else whole()
        return Memory(whole, self._person.settings) if role is Role.STATE else whole()


def _names(state: Any, name: str) -> bool:
    return isinstance(state, Mapping) and name in state


def given_state(state: Any, name: str, names: Sequence[str]) -> Any:
    """Return what a person says that is remembered at first under one of several names."""
    if _names(state, name):
        return state[name]
    if len(names) == 1:
        return state
    if isinstance(state, (list, tuple)) and len(state) == len(names):
        return state[names.index(name)]
    raise DataError(
        f"the step remembers {', '.join(names)}: give state as a dict with these names; it is "
        f"{describe(state)}"
    )
