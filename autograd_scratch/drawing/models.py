"""The parameters of models, also of people's own classes, by the paths on which these hold them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries, is_array
from ..nn.module import ParameterName, names_in
from ..nn.search import is_model
from ..replicas.persons import is_persons
from ..value import Value

_MOST = 100_000  # things that are looked through


def models_among(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that hold a model: what has parameters, or is a person's and holds Values."""
    return {
        name: thing
        for name, thing in names.items()
        if not isinstance(thing, (Value, type)) and _is_persons_model(thing)
    }


def _is_persons_model(thing: Any) -> bool:
    with suppress(Exception):  # of anybody's classes, which matter only if they are models
        return bool((is_model(thing) or is_persons(type(thing))) and parameters_by_path(thing))
    return False


def parameters_by_path(model: Any) -> dict[Value, ParameterName]:
    """Return the parameters of a model and their names by their paths in it.

    Where its own `parameters` tells none with a path, or there is none, its attributes do.

    >>> class Line:
    ...     def __init__(self):
    ...         self.w = [Value(2.0)]
    ...     def __call__(self, x):
    ...         return self.w[0] * x
    >>> [*parameters_by_path(Line()).values()]
    ['w.0']
    """
    known = names_in(model) if is_model(model) else {}
    if known and not any(name.path.startswith("parameters.") for name in known.values()):
        return known
    token = object()
    found = {leaf: ParameterName.of(leaf.name, path, token) for path, leaf in _leaves(model)}
    return found or known


def _leaves(model: Any) -> Iterator[tuple[str, Value]]:
    """Yield the path and the leaf of each Value that an object holds, and persons' objects in it."""
    seen: set[int] = set()
    pending: list[tuple[str, Any]] = [("", model)]
    while pending and len(seen) < _MOST:
        path, thing = pending.pop()
        if isinstance(thing, Value):
            if not thing.parents:
                yield path, thing
            continue
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        pending += [(f"{path}.{key}" if path else str(key), each) for key, each in _inside(thing)][::-1]


def _inside(thing: Any) -> list[tuple[Any, Any]]:
    if isinstance(thing, dict):
        return [*thing.items()]
    if isinstance(thing, (list, tuple)):
        return [*enumerate(thing)]
    if is_array(thing) and thing.dtype == object:
        return [(place.strip("[]").replace(", ", "."), entry) for place, entry in entries(thing)]
    if not isinstance(thing, type) and is_persons(type(thing)):
        return [*getattr(thing, "__dict__", {}).items()]
    return []
