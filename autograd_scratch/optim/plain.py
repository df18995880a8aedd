"""Which data a state holds: numbers, texts, lists and dicts, as JSON has them; and how strangers' are read.

What is read may be anything, so each function here says what it wants, and returns or refuses.

>>> plain({"betas": (0.9, 0.999)}, "a setting"), count_in(3, "steps")
({'betas': [0.9, 0.999]}, 3)
>>> count_in(True, "steps")
Traceback (most recent call last):
autograd_scratch.errors.DataError: steps must be a whole number from 0 on, not True (bool)
"""

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from numbers import Integral, Real
from typing import Any, TypeVar

from ..errors import AutogradError, DataError, StateError
from ..ieee import describe, is_array_of_one, real

DEEPEST = 12  # how many lists and dicts may be in each other
MOST = 2**53  # up to here floats count one by one

T = TypeVar("T")


def plain(thing: Any, what: str, deepest: int = DEEPEST) -> Any:
    """Return a thing as JSON has it, with lists for tuples, or say that it has no such form.

    >>> plain({1, 2}, "'seen' of Sawtooth")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: a state keeps numbers, texts, lists and dicts with texts as keys; \
'seen' of Sawtooth is {1, 2} (set)
    """
    if thing is None or type(thing) in (bool, int, float, str):
        return thing
    if isinstance(thing, str):
        return str(thing)
    if isinstance(thing, Integral):
        return int(thing)
    if isinstance(thing, Real) or is_array_of_one(thing):
        return float(real(thing, what))
    if deepest and isinstance(thing, (list, tuple)):
        return [plain(entry, what, deepest - 1) for entry in thing]
    if deepest and isinstance(thing, Mapping) and all(isinstance(key, str) for key in thing):
        return {str(key): plain(entry, what, deepest - 1) for key, entry in thing.items()}
    raise DataError(
        f"a state keeps numbers, texts, lists and dicts with texts as keys; {what} is {describe(thing)}"
    )


def is_function(thing: Any) -> bool:
    """Say whether a thing is a function, or a list of some, which states do not keep."""
    return callable(thing) or (isinstance(thing, (list, tuple)) and any(map(callable, thing)))


def formed(given: Any, now: Any, what: str) -> Any:
    """Return plain data in the form of what is there now, with its tuples; any where that is None.

    >>> formed([0.5, 0.75], (0.9, 0.999), "betas")
    (0.5, 0.75)
    >>> formed("0.5", 0.1, "lr")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: lr must be a number, not '0.5' (str)
    """
    given = plain(given, what)
    if type(given) is int:
        real(given, what)
    if now is None:
        return given
    if (wanted := _kind(now)) != _kind(given):
        raise DataError(f"{what} must be {wanted}, not {describe(given)}")
    return _shaped(given, now)


def _shaped(given: Any, now: Any) -> Any:
    """Return plain data with tuples where there are some now."""
    if isinstance(now, dict) and isinstance(given, dict):
        return {key: _shaped(entry, now.get(key)) for key, entry in given.items()}
    if isinstance(now, (list, tuple)) and isinstance(given, list):
        kind = tuple if isinstance(now, tuple) else list
        return kind([*map(_shaped, given, now), *given[len(now) :]])
    return given


def is_same(given: Any, now: Any) -> bool:
    """Say whether plain data are the same: 1 is 1.0, and not True.

    >>> is_same([1.0, {"a": 2}], [1, {"a": 2}]), is_same([1], [True])
    (True, False)
    """
    if _kind(given) != _kind(now):
        return False
    if isinstance(now, list):
        return len(given) == len(now) and all(map(is_same, given, now))
    if isinstance(now, dict):
        return given.keys() == now.keys() and all(is_same(given[key], now[key]) for key in now)
    return bool(given == now)


def keyed(given: Any, keys: Iterable[str], what: str) -> Mapping[str, Any]:
    """Return a mapping of just these keys."""
    if not isinstance(given, Mapping):
        raise DataError(f"{what} is a dict, not {describe(given)}")
    keys = [*keys]
    missing = [key for key in keys if key not in given]
    extra = [key for key in given if key not in keys]
    if missing:
        raise DataError(f"{what} lacks {missing[0]!r}")
    if extra:
        raise DataError(f"{what} has {describe(extra[0])}, which is none of {', '.join(keys)}")
    return given


def rows_in(given: Any, what: str, length: int) -> list[Any]:
    """Return a list of this length."""
    if not isinstance(given, list):
        raise DataError(f"{what} is a list, not {describe(given)}")
    if len(given) != length:
        raise DataError(f"{what} has {len(given)} entries, where {length} belong")
    return given


def count_in(given: Any, what: str, most: int = MOST) -> int:
    """Return a whole number from 0 on, which True is not."""
    if type(given) is not int or given < 0:
        raise DataError(f"{what} must be a whole number from 0 on, not {describe(given)}")
    if given > most:
        raise DataError(f"{what} must be at most {most}, not {describe(given)}")
    return given


def counts_in(given: list[Any], what: str, most: int = MOST) -> list[int]:
    """Return a list of whole numbers from 0 on; many are looked at in little time."""
    if {*map(type, given)} <= {int} and (not given or (min(given) >= 0 and max(given) <= most)):
        return given
    return [count_in(entry, f"{what}[{i}]", most) for i, entry in enumerate(given)]


def finite_in(given: list[Any], what: str) -> list[Any]:
    """Return a list of finite numbers; many are looked at in little time."""
    if {*map(type, given)} <= {float} and all(map(isfinite, given)):
        return given
    for i, entry in enumerate(given):
        is_number = type(entry) in (int, float)
        if not is_number or not isfinite(real(entry, f"{what}[{i}]")):
            raise DataError(f"{what}[{i}] must be a finite number, not {describe(entry)}")
    return given


def fitted(owner: object, read: Callable[..., T], *given: Any) -> T:
    """Return what a reader makes of a state, or refuse the state in the name of its owner."""
    try:
        return read(owner, *given)
    except AutogradError as fault:
        raise StateError(f"this state does not fit {type(owner).__name__}; {fault}") from None


def of_class(given: Any, owner: object, keys: Iterable[str]) -> Mapping[str, Any]:
    """Return a state with these keys, and of a class of this name."""
    if isinstance(given, Mapping) and "class" in given:
        name = given["class"]
        if not isinstance(name, str) or name != type(owner).__name__:
            raise DataError(f"it is that of another class, {describe(name)}")
    return keyed(given, keys, "a state")


def _kind(thing: Any) -> str:
    if isinstance(thing, bool):
        return "True or False"
    if isinstance(thing, Real) or is_array_of_one(thing):
        return "a number"
    if isinstance(thing, str):
        return "a text"
    if isinstance(thing, (list, tuple)):
        return "a list"
    if isinstance(thing, Mapping):
        return "a dict"
    return "None" if thing is None else "another thing"
