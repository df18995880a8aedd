"""What a person's variables are called that hold Values: `w`, `W[0, 1]`, `state['b'][2]`."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries, indices, is_array
from ..stepping.examples import arrays_in
from ..stepping.maps import Shape
from ..stepping.recorder import Array, Recorder
from ..stepping.sites import NOWHERE
from ..value import Value
from ..wording import shown

_OF_NOTEBOOKS = {"In": "_ih", "Out": "_oh"}  # what IPython calls its own history, and what it calls it too


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


def leaf_arrays(names: Mapping[str, Any]) -> dict[str, tuple[Shape, list[Any]]]:
    """Return arrays, and lists that are as regular, of Values that were not computed, by their places."""
    return {
        place: (shape, own)
        for place, (shape, own) in arrays_in(dict(_of_values(names))).items()
        if len(own) > 1 and all(isinstance(x, Value) and not x.parents for x in own)
    }


def recorded(names: Mapping[str, Any]) -> Recorder:
    """Return a recorder that knows the names of variables which hold Values, and arrays of them."""
    recorder = Recorder()
    for name, thing in _of_values(names):
        recorder.named(name, thing)
        if is_array(thing):
            recorder.arrays.append(Array(NOWHERE, thing.shape, tuple(thing.ravel().tolist())))
    return recorder


def _of_values(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the variables that hold a Value, or containers, not in themselves, whose first entry is one."""
    for name, thing in persons(names):
        is_container = isinstance(thing, (list, tuple, dict)) or (is_array(thing) and thing.dtype == object)
        with suppress(RecursionError):
            first = next((entry for _, entry in entries(thing)), None) if is_container else thing
            if isinstance(first, Value):
                any(False for _ in entries(thing))
                yield name, thing


def persons(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a person's own variables."""
    for name, thing in names.items():
        if not str(name).startswith("_") and _OF_NOTEBOOKS.get(name, name) not in (names.keys() - {name}):
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
