"""Which arrays of Values a person's variables hold, for the levels of a drawing."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries, is_array
from ..arrays.variables import persons
from ..stepping.examples import arrays_in
from ..stepping.maps import Shape
from ..stepping.recorder import Array, Recorder
from ..stepping.sites import NOWHERE
from ..value import Value


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
