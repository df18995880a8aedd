"""Copies of classes that a person wrote, with copies of their methods, and of their objects."""

from abc import ABC, ABCMeta
from collections.abc import Callable
from operator import is_
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any, Generic, Protocol

from .containers import fill_dict, fill_list
from .copies import Copies
from .persons import is_persons
from .slots import has_slots, put_slots, slots_of

_METACLASSES = (type, ABCMeta, type(Protocol))
_BASES = frozenset((object, ABC, Generic, Protocol, dict, list))
_TOLD = ("__doc__", "__module__", "__slots__", "__orig_bases__")
_MADE = frozenset(("__dict__", "__weakref__", "__abstractmethods__", *_TOLD))
_ENDING = "__del__"  # which would close what the original still has open


def copy_class(copies: Copies, thing: type) -> Any:
    """Copy a class whose bases are a person's, too, or Python's plainest; another is its own."""
    bases = [copies.copy(base) for base in thing.__bases__]
    plain = all(base is not each or base in _BASES for base, each in zip(bases, thing.__bases__))
    if not is_persons(thing) or type(thing) not in _METACLASSES or not plain:
        return thing
    told = {name: vars(thing)[name] for name in _TOLD if name in vars(thing)}
    try:
        copy = type(thing)(thing.__name__, tuple(bases), told)
    except Exception:  # a class that is made in another way
        return thing
    copy.__qualname__ = thing.__qualname__

    def fill() -> None:
        for name, part in [*vars(thing).items()]:
            is_slot = isinstance(part, (MemberDescriptorType, GetSetDescriptorType))
            if name not in _MADE and name != _ENDING and not is_slot and not name.startswith("_abc_"):
                type.__setattr__(copy, name, copies.copy(part))
        before = {name: part for name, part in vars(copy).items() if name in vars(thing)}
        copies.restoring(lambda: _put_back(copy, before))

    return copies.know(thing, copy, fill)


def _put_back(copy: type, before: dict[str, Any]) -> None:
    """Put back the attributes of a class, as a counter is."""
    held = vars(copy)
    if all(map(is_, map(held.get, before), before.values())):
        return
    for name, part in before.items():
        if held.get(name) is not part:
            type.__setattr__(copy, name, part)


def copy_object(copies: Copies, thing: Any) -> Any:
    """Copy an object of a person's class, with what it holds; where that cannot be, it is shared."""
    kind = copies.copy(type(thing))
    if kind is type(thing):
        return copies.share(thing)
    base: Callable[[type], Any] = next(
        each.__new__ for each in (dict, list, object) if issubclass(kind, each)
    )
    try:
        copy = base(kind)
    except TypeError:  # an object that lies in memory in another way
        return copies.share(thing)

    def fill() -> None:
        if isinstance(thing, dict):
            fill_dict(copies, thing, copy)
        if isinstance(thing, list):
            fill_list(copies, thing, copy)
        if hasattr(thing, "__dict__"):
            fill_dict(copies, vars(thing), vars(copy))
        if has_slots(kind):
            slots = {name: copies.copy(part) for name, part in slots_of(thing).items()}
            put_slots(copy, slots)
            copies.restoring(lambda: put_slots(copy, slots))

    return copies.know(thing, copy, fill)
