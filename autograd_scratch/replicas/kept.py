"""What a person's objects hold where they have no copies: their attributes, lists, dicts and arrays.

An object of a library's class with a person's methods, such as a model, runs as it is. So what it holds is
noted before, and put back after each run.
"""

from collections.abc import Iterator
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from .libraries import is_array
from .persons import functions_of, is_persons, used_by
from .slots import put_slots, slots_of

_MOST = 1_000  # things that are put back
_LONG = 1_000  # entries: a longer container is data, and nothing that a call changes
_LARGE = 100_000  # entries of an array


class Kept:
    """What is reachable from things, as it was when they were added; `restore` puts it back."""

    def __init__(self) -> None:
        self._saved: list[tuple[Any, Any]] = []
        self._seen: dict[int, Any] = {}

    def add(self, thing: Any) -> None:
        """Note what is reachable from a thing."""
        pending = [thing]
        while pending and len(self._saved) < _MOST:
            thing = pending.pop()
            if id(thing) not in self._seen:
                self._seen[id(thing)] = thing
                pending.extend(self._within(thing))

    def restore(self) -> None:
        """Put all back as it was; nothing is gone in between, for Ctrl-C may come there."""
        for container, before in self._saved:
            if is_array(container):
                container[...] = before
            elif isinstance(container, list):
                container[:] = before
            elif not isinstance(container, dict):
                put_slots(container, before)
            else:
                container.update(before)
                for added in container.keys() - before.keys():
                    del container[added]

    def _within(self, thing: Any) -> Iterator[Any]:
        """Yield what a call of a thing may use; save what it may change."""
        if isinstance(thing, FunctionType):
            yield from (used for used, *_ in used_by(thing)) if is_persons(thing) else ()
        elif isinstance(thing, MethodType):
            yield from (thing.__self__, thing.__func__)
        elif isinstance(thing, partial):
            yield from (thing.func, *thing.args, *thing.keywords.values())
        elif isinstance(thing, tuple):
            yield from thing[:_LONG]
        elif isinstance(thing, (list, dict)):
            if len(thing) <= _LONG:
                self._saved.append((thing, thing.copy()))
                yield from thing.values() if isinstance(thing, dict) else thing
        elif is_array(thing):
            if thing.size <= _LARGE and thing.flags.writeable and thing.dtype != object:
                self._saved.append((thing, thing.copy()))
        elif not isinstance(thing, type) and is_persons(type(thing)):
            slots, attributes = slots_of(thing), getattr(thing, "__dict__", {})
            self._saved += (thing, slots), (attributes, attributes.copy())
            yield from (*slots.values(), *attributes.values())
            yield from functions_of(type(thing))
