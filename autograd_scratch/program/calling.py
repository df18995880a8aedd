"""How arguments come into a Program: by position or by name, in the form that it was derived with."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..arrays.containers import entries
from ..errors import ShapeError
from ..ieee import describe, real
from ..value import Value
from .forms import Tree, leaves, plain


def numbers_of(argument: Any, like: Tree, name: str) -> list[float]:
    """Return the numbers of an argument, which arranged as `like`; Values count as their numbers."""
    given = dict(entries(plain(argument), name))
    wanted = [place for place, _ in entries(like, name)]
    if len(given) != len(wanted) or any(place not in given for place in wanted):
        missing = [f"{place} is missing" for place in wanted if place not in given]
        extra = [f"{place} is too much" for place in given if place not in {*wanted}]
        raise ShapeError(
            f"the argument {name} must be {_told(like)}, not {describe(argument)}: {(missing + extra)[0]}"
        )
    numbers = ((place, given[place]) for place in wanted)
    return [entry._data if isinstance(entry, Value) else real(entry, place) for place, entry in numbers]


def _told(like: Tree) -> str:
    count = len(leaves(like))
    if not isinstance(like, (list, tuple, dict)):
        return "one number"
    if isinstance(like, dict):
        return f"a dict with {', '.join(map(repr, like))}"
    flat = not any(isinstance(branch, (list, tuple, dict)) for branch in like)
    return f"a {type(like).__name__} of {len(like)}" + ("" if flat else f" with {count} numbers in all")


def bound(names: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any], called: str) -> list[Any]:
    """Return the arguments in the order of `names`, given by position or by name."""
    signature = f"{called}({', '.join(names)})"
    if len(args) > len(names):
        raise ShapeError(
            f"{signature} takes {len(names)} arguments, and was given {len(args) + len(kwargs)}"
        )
    given = dict(zip(names, args))
    for key, argument in kwargs.items():
        if key not in names:
            raise ShapeError(f"{signature} has no argument {key!r}")
        if key in given:
            raise ShapeError(f"{signature} was given {key!r} twice, by position and by name")
        given[key] = argument
    missing = [name for name in names if name not in given]
    if missing:
        raise ShapeError(f"{signature} was not given {', '.join(map(repr, missing))}")
    return [given[name] for name in names]
