"""What the tab key shows: what is public of a module or an object, and nothing of the machinery."""

from collections.abc import Callable, Mapping
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


def hiding(*names: str, unless_set: bool = False) -> Callable[[ClassT], ClassT]:
    """Leave these attributes out of what `dir` and the tab key show of the objects of a class.

    With `unless_set` an object that was given one of them shows it.

    >>> @hiding("gears")
    ... class Clock:
    ...     gears = time = None
    >>> [name for name in dir(Clock()) if not name.startswith("_")]
    ['time']
    """

    def decorate(kind: ClassT) -> ClassT:
        listed: Any = kind.__dir__

        def shown(self: object) -> list[str]:
            own = getattr(self, "__dict__", ()) if unless_set else ()
            return sorted(name for name in listed(self) if name not in names or name in own)

        methods: Any = kind
        methods.__dir__ = shown
        return kind

    return decorate
