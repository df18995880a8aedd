"""Copies of lists, dicts, sets and tuples: what is in them is copied as well."""

from collections import OrderedDict, defaultdict
from typing import Any

from .copies import ATOMS, Copies


def copy_list(copies: Copies, thing: Any) -> Any:
    """Copy a list; one of plain numbers and texts at once."""
    if {*map(type, thing)} <= ATOMS:
        copy = thing.copy()
        copies.restoring_list(copy, thing.copy())
        return copy
    return copies.know(thing, copy := [], lambda: fill_list(copies, thing, copy))


def fill_list(copies: Copies, thing: Any, copy: Any) -> None:
    """Fill the copy of a list, or of an object that is one."""
    before = [*map(copies.copy, thing)]
    list.extend(copy, before)
    copies.restoring_list(copy, before)


def copy_set(copies: Copies, thing: Any) -> Any:
    """Copy a set or a deque, anything that is emptied by `clear` and filled by `extend` or `update`."""
    copy = thing.copy()
    copy.clear()
    add = copy.update if isinstance(thing, set) else copy.extend

    def put_back(before: list[Any]) -> None:
        copy.clear()
        add(before)

    def fill() -> None:
        before = [*map(copies.copy, thing)]
        add(before)
        copies.restoring(lambda: put_back(before))

    return copies.know(thing, copy, fill)


def copy_dict(copies: Copies, thing: Any) -> Any:
    """Copy a dict, of whatever kind in the standard library."""
    copy = thing.copy()
    copy.clear()

    def fill() -> None:
        if isinstance(copy, defaultdict):
            copy.default_factory = copies.copy(copy.default_factory)
        fill_dict(copies, thing, copy)

    return copies.know(thing, copy, fill)


def fill_dict(copies: Copies, thing: Any, copy: Any) -> None:
    """Fill the copy of a dict, of the attributes of an object, or of an object that is a dict."""
    kind = _kind(copy)
    for key, part in kind.items(thing):
        kind.__setitem__(copy, copies.copy(key), copies.copy(part))
    copies.restoring_dict(kind, copy, kind(copy))


def copy_namespace(copies: Copies, thing: Any) -> Any:
    """Copy a SimpleNamespace."""
    copy = type(thing)()
    return copies.know(thing, copy, lambda: fill_dict(copies, vars(thing), vars(copy)))


def _kind(thing: Any) -> Any:
    """Return whose methods fill a dict: those of `dict` leave an OrderedDict without its order."""
    return OrderedDict if isinstance(thing, OrderedDict) else dict


def copy_tuple(copies: Copies, thing: Any) -> Any:
    """Copy a tuple; one whose parts have no copies is its own."""
    parts = [*map(copies.copy, thing)]
    if all(part is each for part, each in zip(parts, thing)):
        return thing
    return type(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
