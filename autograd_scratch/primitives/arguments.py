"""What a function may be given besides floats: nodes, which record it, and arrays, through which it goes.

Both are found from the argument: these rooms know neither Value nor NumPy.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from ..errors import DataError
from ..ieee import describe, real

array_rules: list[Callable[..., Any]] = []  # the room of arrays puts in how a function goes through entries


def is_node(thing: Any) -> bool:
    """Say whether operations on `thing` are recorded."""
    return hasattr(type(thing), "record")


def is_unknown(thing: Any) -> bool:
    """Say whether `thing` is a node of a trace: its number is known when the Program is called, not now."""
    return is_node(thing) and bool(thing.is_traced())


def is_array(thing: Any) -> bool:
    """Say whether NumPy's functions go through the entries of `thing`, which is no number itself."""
    return _is_of_arrays(type(thing))


def is_several(thing: Any) -> bool:
    """Say whether `thing` is several things, and not one: a text is one, and a 0-dimensional array."""
    if isinstance(thing, (list, tuple)):  # of which some compute their shape
        return True
    is_one = isinstance(thing, (str, bytes)) or getattr(thing, "shape", None) == ()
    return isinstance(thing, Iterable) and not is_one


def is_row(thing: Any) -> bool:
    """Say whether `thing` is several things in an order: no text, and no dict or set.

    >>> is_row([1.0]), is_row("1.0"), is_row({1.0}), is_several({1.0})
    (True, False, False, True)
    """
    return is_several(thing) and not isinstance(thing, (Mapping, Set))


def has_nodes(things: Iterable[Any]) -> bool:
    """Say whether a node is among many things: each type is looked at once."""
    return any(hasattr(kind, "record") for kind in {*map(type, things)})


def has_arrays(things: Iterable[Any]) -> bool:
    """Say whether an array is among many things."""
    return any(map(_is_of_arrays, {*map(type, things)}))


def _is_of_arrays(kind: type) -> bool:
    return hasattr(kind, "__array_ufunc__") and not hasattr(kind, "record")


def entry_by_entry(function: Callable[..., Any], *args: Any) -> Any:
    """Apply a function of numbers: where arrays are among the arguments, to their entries, broadcast."""
    return array_rules[-1](function, args) if has_arrays(args) else function(*args)


def of_each(name: str, function: Callable[..., Any], *args: Any) -> Any:
    """Do as `entry_by_entry` for the function `name`, which `function` computes: errors tell that name."""
    try:
        return entry_by_entry(function, *args)
    except DataError as fault:
        refused = fault
    for position, argument in enumerate(args):
        if not is_node(argument) and not is_array(argument):
            number_among(argument, position, name, len(args))
    raise refused


def number_among(argument: Any, position: int, name: str, arity: int | None) -> float:
    """Return an argument of the function `name` as a float, or say what to write for several numbers."""
    what = f"argument {position + 1} of {name}"
    if isinstance(argument, (list, tuple)) or (is_array(argument) and argument.shape != ()):
        call = f", [{name}(x) for x in xs]" if arity == 1 else ""
        advice = f"take a list entry by entry{call}, or make an array of it"
        if arity is None:
            advice = "give all numbers in one row, those of an array as z.ravel()"
        raise DataError(f"{what} must be a real number, not {describe(argument)}; {advice}")
    return real(argument, what)
