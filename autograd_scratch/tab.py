"""What the tab key shows: what is public of a module or an object, and nothing of the machinery."""

from collections.abc import Callable, Mapping
from inspect import getattr_static
from types import ModuleType
from typing import Any, TypeVar

ClassT = TypeVar("ClassT", bound=type)


def public(scope: Mapping[str, Any], *rooms: str) -> list[str]:
    """List the names of a module that are no modules themselves, but for `rooms`.

    >>> public({"fit": len, "errors": ModuleType("errors"), "freeing": ModuleType("freeing")}, "errors")
    ['errors', 'fit']
    """
    return sorted(
        name for name, thing in scope.items() if name in rooms or not isinstance(thing, ModuleType)
    )


class Hidden:
    """An attribute of a class that is not shown, unless an object or a class below has its own."""


def is_hidden(thing: object, name: str) -> bool:
    """Say whether an attribute is found, in an object or a class, to be a Hidden one."""
    return isinstance(getattr_static(thing, name, None), Hidden)


def hiding(*names: str) -> Callable[[ClassT], ClassT]:
    """Leave these attributes, and Hidden ones, out of what `dir` and the tab key show of a class's objects.

    >>> @hiding("gears")
    ... class Clock:
    ...     gears = time = None
    >>> [name for name in dir(Clock()) if not name.startswith("_")]
    ['time']
    """

    def decorate(kind: ClassT) -> ClassT:
        listed: Any = kind.__dir__

        def shown(self: object) -> list[str]:
            return [name for name in listed(self) if name not in names and not is_hidden(self, name)]

        methods: Any = kind
        methods.__dir__ = shown
        return kind

    return decorate
