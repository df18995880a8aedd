"""Which numbers in a person's objects are parameters, and where their gradients are."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...arrays.containers import extent, is_array
from ...replicas import Holding
from ...replicas.holdings import Place
from ..names import meant
from .blocks import Named
from .roles import Role, role_of, stem_of

_VALUES = ("data", "value", "_data", "val", "items", "tensor", "array", "weight", "w")
_GRADIENTS = ("grad", "gradient", "_grad", "grads", "gradients")
_TWINS = {"params": "grads", "parameters": "gradients", "_params": "_grads", "weights": "gradients"}


class Held(NamedTuple):
    """A parameter and its gradient, where an object has them."""

    value: Holding
    places: Sequence[Place]  # of the gradient


def pairs_in(found: Mapping[str, Holding]) -> dict[str, Held]:
    """Return the parameters among what objects hold, with their gradients."""
    found = {name: holding for name, holding in found.items() if _is_held(holding)}
    by_path = {path: holding for holding in found.values() for path in holding.paths}
    pairs: dict[str, Held] = {}
    for name, holding in found.items():
        for path in holding.paths:
            if any(key in _GRADIENTS for key in path):
                continue
            places = _gradient_of(path, holding, by_path)
            if places:
                pairs[name.removesuffix(f".{path[-1]}") if path[-1] in _VALUES else name] = Held(
                    holding, places
                )
                break
    return pairs


def _gradient_of(
    path: tuple[Any, ...], holding: Holding, by_path: Mapping[tuple[Any, ...], Holding]
) -> Sequence[Place]:
    """Return where the gradient of what stands on a path is, if it has one."""
    *before, key = path
    shape = extent(holding.value)
    for other, its in by_path.items():
        if other[:-1] == tuple(before) and isinstance(key, str) and isinstance(other[-1], str):
            is_its = key in meant(other[-1]) or (key in _VALUES and other[-1] in _GRADIENTS)
            if is_its and extent(its.value) == shape:
                return its.places
    called = [
        i for i, part in enumerate(path) if isinstance(part, str) and role_of(part) is Role.PARAMETERS
    ]
    for i in called:
        for other, its in by_path.items():
            is_beside = (other[:i], other[i + 1 :]) == (path[:i], path[i + 1 :])
            if is_beside and _is_gradient_of(other[i], path[i]) and extent(its.value) == shape:
                return its.places
    for name in _GRADIENTS:
        inner = by_path.get((*before, name, key))
        if inner is not None and extent(inner.value) == shape:
            return inner.places
    for i, part in enumerate(path[:-1]):
        twin = by_path.get((*path[:i], _TWINS.get(part), *path[i + 1 :]))
        twin = twin or by_path.get((*path[:i], _TWINS.get(part), *path[i + 1 : -1], f"d{key}"))
        if twin is not None and extent(twin.value) == shape:
            return twin.places
    home = holding.places[0].home
    if key in _VALUES:
        for name in _GRADIENTS:
            if hasattr(home, name) and getattr(home, name, 0) is None:
                return [Place(home, "attribute", name)]
    return []


def rows_in(found: Mapping[str, Holding]) -> dict[str, Held]:
    """Return the parameters that stand in pairs with their gradients, if all that is held does."""
    rows: dict[tuple[Any, ...], dict[Any, Holding]] = {}
    for holding in filter(_is_held, found.values()):
        for path in holding.paths:
            rows.setdefault(path[:-1], {})[path[-1]] = holding
    for row in rows.values():
        if {*row} != {0, 1} or extent(row[0].value) != extent(row[1].value):
            return {}
    return {f"p[{i}]": Held(row[0], row[1].places) for i, row in enumerate(rows.values())}


def _is_gradient_of(name: Any, parameter: str) -> bool:
    """Say whether something is called after a parameter, as dW after weights."""
    is_gradient = isinstance(name, str) and role_of(name) is Role.GRADIENTS
    return is_gradient and bool(stem_of(name)) and parameter.lower().startswith(stem_of(name))


def alone_in(found: Mapping[str, Holding]) -> dict[str, Held]:
    """Return the arrays that are called as parameters are, without gradients: these are handed apart."""
    return {
        name: Held(holding, [])
        for name, holding in found.items()
        if _is_held(holding)
        and (is_array(holding.value) or isinstance(holding.value, list))
        and any(map(_is_called, holding.paths))
    }


def _is_held(holding: Holding) -> bool:
    """Say whether an object has something, and not the module or function around its class."""
    return not all(place.kind in ("global", "variable") for place in holding.places)


def _is_called(path: tuple[Any, ...]) -> bool:
    names = [key.strip("_").rstrip("0123456789") for key in path if isinstance(key, str)]
    return any(role_of(name) is Role.PARAMETERS for name in names)


def are_handed(found: Mapping[str, Holding], names: Sequence[str]) -> bool:
    """Say whether arguments are called after parameters without gradients beside them."""
    held = alone_in(found)
    arrays = {name: pair.value.value for name, pair in held.items()}
    return bool(names) and all(gradients_for(name, held, arrays) is not None for name in names)


def gradients_for(name: str, held: Mapping[str, Held], gradients: Mapping[str, Any]) -> Any:
    """Return the gradients that an argument is called after: of weights[0] and weights[1], say, in a list.

    None if none of the parameters is called so.
    """
    groups: dict[str, list[str]] = {}
    for each, pair in held.items():
        last = [key for key in pair.value.paths[0] if isinstance(key, str)][-1]
        groups.setdefault(last, []).append(each)
    stem = stem_of(name)
    if not stem:
        alone = all(len(names) == 1 for names in groups.values())
        return Named({key: gradients[names[0]] for key, names in groups.items()}) if alone else None
    fits = [key for key in groups if key.lower().startswith(stem) or stem.startswith(key.lower())]
    if len(fits) != 1:
        return None
    is_row = any(isinstance(key, int) for key in held[groups[fits[0]][0]].value.paths[0])
    found = [gradients[each] for each in groups[fits[0]]]
    return found if is_row else found[0]
