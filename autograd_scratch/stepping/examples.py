"""What a function is called with: examples of its arguments, by name or in order, as Values."""

import inspect
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

from ..arrays.containers import arrange, blocks, entries, extent, is_array, shape_of
from ..arrays.conversion import number_of
from ..errors import DataError, ShapeError
from ..ieee import describe
from ..value import Value
from ..wording import apart, shown
from .maps import Shape


def as_values(examples: Mapping[str, Any]) -> dict[str, Any]:
    """Return examples of arguments with a new leaf, named after its place, for each number."""
    return {
        key: arrange(tree, [Value(_number(entry, place), place) for place, entry in entries(tree, key)])
        for key, tree in examples.items()
    }


def _number(entry: Any, place: str) -> float:
    """Return the number of an entry; that of a Value may be read while a function is being traced."""
    return entry._data if isinstance(entry, Value) else number_of(entry, place)


def are_whole(tree: Any) -> bool:
    """Say whether an argument has whole numbers alone, as labels and indices are.

    >>> are_whole([1, 2]), are_whole([1, 2.0])
    (True, False)
    """
    if is_array(tree):
        return bool(tree.dtype.kind in "biu")
    return all(isinstance(entry, Integral) for _, entry in entries(tree))


def arrays_in(arguments: Mapping[str, Any]) -> dict[str, tuple[Shape, list[Any]]]:
    """Return arrays, and nested lists that are as regular, by their places: their shapes and entries.

    >>> arrays_in({"w": [[1.0, 2.0], [3.0, 4.0]], "b": {"c": 5.0}})
    {'w': ((2, 2), [1.0, 2.0, 3.0, 4.0]), "b['c']": ((), [5.0])}
    """
    found: dict[str, tuple[Shape, list[Any]]] = {}
    pending = [(key, tree) for key, tree in arguments.items()][::-1]
    while pending:
        place, tree = pending.pop()
        if isinstance(tree, dict):
            pending += [(f"{place}[{shown(key)}]", each) for key, each in tree.items()][::-1]
            continue
        parts = [*blocks(tree)]
        own = [entry for _, entry in entries(tree)]
        shape = shape_of(tree) if is_array(tree) else extent(tree)
        is_flat = not any(isinstance(part, dict) or is_array(part) for _, part in parts)
        if not isinstance(tree, (list, tuple)) or (is_flat and (len(shape) > 1 or len(tree) == len(own))):
            found[place] = shape, own
        else:
            pending += [(f"{place}[{i}]", each) for i, each in enumerate(tree)][::-1]
    return found


def by_name(given: Mapping[Any, Any], form: str) -> dict[str, Any]:
    """Return arguments that are given by name; refuse what is called by none. `form` is how to write it."""
    for key in given:
        if not isinstance(key, str):
            raise DataError(
                f"inputs are given by the names of arguments, and {describe(key)} is none; write "
                f"{form}, say"
            )
    return dict(given)


def by_position(function: Callable[..., Any], given: Any, form: str) -> dict[str, Any]:
    """Return examples that are given in order by the names of the arguments."""
    given = listed(given)
    try:
        signature = inspect.signature(function)
        bound = signature.bind(*given).arguments
    except TypeError as fault:
        raise ShapeError(
            f"inputs are examples of all arguments of {called(function)}, and here: {fault}; write "
            f"{form}, say"
        ) from None
    except ValueError:  # a builtin without a signature
        return {f"x{i}": tree for i, tree in enumerate(given)}
    named: dict[str, Any] = {}
    for key, tree in bound.items():
        if signature.parameters[key].kind is inspect.Parameter.VAR_POSITIONAL:
            named |= {apart(f"{key}{i}", bound): each for i, each in enumerate(tree)}
        else:
            named[key] = tree
    return named


def listed(given: Any) -> list[Any]:
    """Return inputs in a list, of which one may be given alone, and none as None."""
    if isinstance(given, (list, tuple)):
        return list(given)
    return [] if given is None else [given]


def called(function: Callable[..., Any]) -> str:
    """Return the name of a function, or, without one, what it is."""
    return str(getattr(function, "__name__", function))
