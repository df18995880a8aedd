"""What a person's variables are called that hold Values: `w`, `W[0, 1]`, `state['b'][2]`."""

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries, indices, is_array
from ..stepping.examples import arrays_in
from ..stepping.maps import Shape
from ..stepping.recorder import Array as Recorded
from ..stepping.recorder import Recorder
from ..stepping.sites import NOWHERE
from ..value import Value
from ..wording import shown

Array = tuple[Shape, list[Any]]
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


def leaf_arrays(
    names: Mapping[str, Any], given: Mapping[str, Array], parameters: Container[Value] = ()
) -> dict[str, Array]:
    """Return arrays, and lists that are as regular, of Values that were not computed, by their places.

    Lists come after arrays, and longer ones after shorter ones; what is all there already, among those that
    are `given` or in others, is left out, and so are `parameters`.
    """
    held = {place: each for place, each in arrays_in(dict(_of_values(names))).items() if len(each[1]) > 1}
    known = {id(x) for _, own in given.values() for x in own}
    found: dict[str, Array] = {}
    for place, (shape, own) in sorted(held.items(), key=lambda item: _size(item[0], item[1], names)):
        is_new = any(id(x) not in known for x in own)
        if is_new and all(isinstance(x, Value) and not x.parents and x not in parameters for x in own):
            found[place] = shape, own
            known |= set(map(id, own))
    return found


def _size(place: str, array: Array, names: Mapping[str, Any]) -> int:
    """Return by what lists are put into order, after all arrays."""
    return 0 if is_array(names.get(place)) else len(array[1])


def recorded(names: Mapping[str, Any]) -> Recorder:
    """Return a recorder that knows the names of variables which hold Values, and arrays of them."""
    recorder = Recorder()
    for name, thing in _of_values(names):
        recorder.named(name, thing)
    for shape, own in arrays_in(dict(_of_values(names))).values():
        if len(own) > 1:
            recorder.arrays.append(Recorded(NOWHERE, shape, tuple(own)))
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


def persons(names: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
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
