"""When Python's garbage collector pauses: while very many objects are made that need none.

Graphs and Programs have no circles. Yet the collector looks at all objects, again and again as they become
more, which makes a node of a large graph cost three times as much as one of a small graph.
"""

import gc
from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_enable = partial(gc.enable)  # profilers do not hear of it: they are Python, where Ctrl-C may come


def without_collector(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the collector from running while `function` does; afterwards it is as it was.

    No context manager: Ctrl-C could come between the end of a block and the first line of its `__exit__`.
    Here nothing lies between an end of the function and the call that restores.

    >>> without_collector(gc.isenabled)(), gc.isenabled()
    (False, True)
    """

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        was_enabled = gc.isenabled()
        try:
            if was_enabled:  # if another thread has disabled it, that one enables it
                gc.disable()
            return function(*args, **kwargs)
        finally:
            if was_enabled:
                _enable()

    return inside
