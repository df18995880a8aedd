"""What objects of classes with `__slots__` hold there."""

from collections.abc import Iterator
from typing import Any


def slots_of(thing: Any) -> dict[str, Any]:
    """Return what an object's slots hold, by their names, without those that hold nothing."""
    held = {}
    for name in _names(type(thing)):
        try:
            held[name] = object.__getattribute__(thing, name)
        except AttributeError:
            continue
    return held


def has_slots(kind: type) -> bool:
    """Say whether objects of a class have slots."""
    return any(True for _ in _names(kind))


def put_slots(thing: Any, slots: dict[str, Any]) -> None:
    """Let an object's slots hold what `slots_of` gave, and no others anything."""
    for name in slots_of(thing).keys() - slots.keys():
        object.__delattr__(thing, name)
    for name, part in slots.items():
        object.__setattr__(thing, name, part)


def _names(kind: type) -> Iterator[str]:
    for each in kind.__mro__:
        slots = vars(each).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__") and not name.endswith("__"):
                name = f"_{each.__name__.lstrip('_')}{name}"
            if name not in ("__dict__", "__weakref__"):
                yield name
