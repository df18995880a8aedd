"""Which arrays of Values a person's variables hold, for the levels of a drawing."""

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries, is_array
from ..arrays.variables import persons
from ..stepping.examples import arrays_in
from ..stepping.maps import Shape
from ..stepping.recorder import Array as Recorded
from ..stepping.recorder import Recorder
from ..stepping.sites import NOWHERE
from ..value import Value

Array = tuple[Shape, list[Any]]


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
    held = dict(_of_values(names))
    for name, thing in held.items():
        recorder.named(name, thing)
    for shape, own in arrays_in(held).values():
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
