"""What a function calls its intermediate results: by its own local variables.

They are there when the function returns, and are gone afterwards; so it is watched while it runs.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..arrays.containers import entries
from ..value import Value
from ..watching import watched


def with_locals(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> tuple[Any, dict[Value, str]]:
    """Call a function; return its result, and the names of the Values in its local variables.

    >>> def f(x):
    ...     h = x * x
    ...     return h + 1.0
    >>> y, names = with_locals(f, Value(2.0))
    >>> names[y.parents[0]]
    'h'
    """
    code = getattr(_innermost(function), "__code__", None)
    found: dict[str, Any] = {}

    def watch(frame: Any, event: str, _: Any) -> None:
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
    return result, names


def _innermost(function: Any) -> Any:
    """Return the function of a method, of a partial and of what is wrapped."""
    function = inspect.unwrap(function)
    while hasattr(function, "func"):
        function = function.func
    if not hasattr(function, "__code__") and not hasattr(function, "__func__"):
        function = type(function).__call__
    return getattr(function, "__func__", function)
