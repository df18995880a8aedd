"""What is seen of a function while it runs: its local variables, and where it draws random numbers from.

Its own local variables are what it calls its intermediate results; they are gone after it has returned.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from random import Random
from types import MethodType
from typing import Any, NamedTuple

from ..arrays.containers import entries
from ..value import Value
from ..watching import Watch, watched
from ..wording import is_users

DEEPEST = 3  # attributes, as in self.dropout.generator


class Watched(NamedTuple):
    """The result of a function, the names of the Values in its variables, and what it drew from."""

    result: Any
    names: dict[Value, str]
    drawn: set[Any]


def with_locals(also: Watch | None, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Watched:
    """Call a function; return its result, and the names of the Values in its local variables.

    Who looks on, too, hears of the same events.

    >>> def f(x):
    ...     h = x * x
    ...     return h + 1.0
    >>> y, names, _ = with_locals(None, f, Value(2.0))
    >>> names[y.parents[0]]
    'h'
    """
    code = getattr(_innermost(function), "__code__", None)
    found: dict[str, Any] = {}
    drawn: set[Any] = set()

    def watch(frame: Any, event: str, called: Any) -> None:
        if also is not None:
            also(frame, event, called)
        if event == "c_call" and isinstance(getattr(called, "__self__", None), Random):
            drawn.add(called.__self__)
        if event == "return" and is_users(frame):
            drawn.update(_generators(frame))
        if event == "return" and frame.f_code is code:
            found.clear()  # of a function that calls itself, the outermost call is the last to return
            found.update(frame.f_locals)

    result = watched(watch, function, *args, **kwargs)
    names: dict[Value, str] = {}
    for name, thing in found.items():
        with suppress(RecursionError):  # of a list that contains itself
            for place, entry in entries(thing, name):
                if isinstance(entry, Value) and entry.primitive is not None:
                    names.setdefault(entry, place)
    return Watched(result, names, drawn)


def _generators(frame: Any) -> Iterator[Any]:
    """Yield the random generators of NumPy's that a frame's code names: no profiler hears of these."""
    names = frame.f_code.co_names
    things = [*frame.f_locals.values(), *(frame.f_globals.get(name) for name in names)]
    for _ in range(DEEPEST):
        for thing in things:
            owner = thing.__self__ if isinstance(thing, MethodType) else thing  # as of np.random.rand
            if str(type(owner).__module__).startswith("numpy.random"):
                yield owner
        held = [*map(_attributes, things)]
        things = [inside[name] for inside in held for name in names if name in inside]


def _attributes(thing: Any) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = object.__getattribute__(thing, "__dict__")  # no code of the user's
    except AttributeError:
        return {}
    return found


def _innermost(function: Any) -> Any:
    """Return the function of a method, of a partial and of what is wrapped."""
    function = inspect.unwrap(function)
    while hasattr(function, "func"):
        function = function.func
    if not hasattr(function, "__code__") and not hasattr(function, "__func__"):
        function = type(function).__call__
    return getattr(function, "__func__", function)
