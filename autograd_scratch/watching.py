"""When functions return: who looks at their local variables just then.

Python hands every return to one function per thread, the profiler. Where a profiler is at work already that
cannot be set anew afterwards, as cProfile's, nobody looks: names are a convenience, a measurement is not
to be spoilt.
"""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType, FunctionType
from typing import Any, TypeVar

T = TypeVar("T")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
Watch = Callable[[FrameType, str, Any], object]

telling: dict[int, str] = {}  # the code of our own functions whose variables are names, as people's are


def tells(function: FunctionT) -> FunctionT:
    """Let the variables of a function of ours name what it computes, where code is derived of it."""
    assert isinstance(function, FunctionType)
    telling[id(function.__code__)] = function.__name__
    return function


def watched(watch: Watch, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call `function`, and hand calls and returns to `watch`; what was there before comes back.

    >>> seen = []
    >>> watched(lambda frame, event, _: seen.append(event), len, "abc")
    3
    >>> "c_call" in seen
    True
    """
    former = sys.getprofile()
    if former is not None and not callable(former):
        return function(*args, **kwargs)
    restore = partial(sys.setprofile, former)  # of this `watch` does not hear: Ctrl-C may come there
    try:
        sys.setprofile(watch)
        return function(*args, **kwargs)
    finally:
        restore()
