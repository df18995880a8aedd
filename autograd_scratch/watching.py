"""When functions return: who looks at their local variables just then.

Python hands every return to one function per thread, the profiler. Where a profiler is at work already that
cannot be set anew afterwards, as cProfile's, nobody looks: names are a convenience, a measurement is not
to be spoilt.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Watch = Callable[[FrameType, str, Any], object]


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Hand calls and returns of this thread to `watch` in this block; what was there before comes back.

    >>> seen = []
    >>> with watching(lambda frame, event, _: seen.append(event)):
    ...     len("abc")
    3
    >>> "c_call" in seen
    True
    """
    former = sys.getprofile()
    if former is not None and not callable(former):
        yield
        return
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(former)
