"""When Python's garbage collector pauses: while very many objects are made that need none.

Graphs and Programs have no circles. Yet the collector looks at all objects, again and again as they become
more, which makes a node of a large graph cost three times as much as one of a small graph.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Keep the collector from running in this block; afterwards it is as it was."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
