"""What a person's variables are called that hold Values: `w`, `W[0, 1]`, `state['b'][2]`."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import DataError
from ..ieee import describe
from ..value import Value
from ..wording import shown
from .containers import indices, is_array

_OF_NOTEBOOKS = {"In": "_ih", "Out": "_oh"}  # what IPython calls its own history, and what it calls it too


def checked(names: Any) -> Mapping[str, Any]:
    """Return a person's variables by name, none for None; a DataError says what they may be."""
    if not isinstance(names, Mapping | None):
        raise DataError(f"names are a mapping such as locals() or {{'x': x}}, not {describe(names)}")
    return names or {}


def named_values(names: Mapping[str, Any]) -> dict[Value, str]:
    """Return what each Value is called in some variables: by one that is itself, else by a place in one.

    What IPython puts among a person's variables, as `Out`, names nothing.

    >>> w = Value(1.0)
    >>> named_values({"Out": {3: w}, "_oh": {}, "row": [w, Value(2.0)], "w": w})[w]
    'w'
    """
    called: dict[Value, str] = {}
    seen: set[int] = set()
    level = [*persons(names)]
    while level:
        for name, thing in level:
            if isinstance(thing, Value):
                called.setdefault(thing, name)
        level = [entry for name, thing in level for entry in _inside(name, thing, seen)]
    return called


def persons(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a person's own variables."""
    for name, thing in names.items():
        if isinstance(name, str) and not name.startswith("_") and _OF_NOTEBOOKS.get(name) not in names:
            yield name, thing


def _inside(name: str, thing: Any, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield what a container has in it, with the places, once."""
    if isinstance(thing, Value) or id(thing) in seen:
        return
    if is_array(thing) and thing.dtype == object:
        for index, entry in zip(indices(thing), thing.ravel().tolist()):
            yield f"{name}[{', '.join(map(str, index))}]", entry
    elif isinstance(thing, (list, tuple, dict)):
        pairs = thing.items() if isinstance(thing, dict) else enumerate(thing)
        for key, entry in pairs:
            yield f"{name}[{shown(key)}]", entry
    seen.add(id(thing))
