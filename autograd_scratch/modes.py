"""What is being recorded right now.

Operations on Values record a graph, except inside `no_grad()`, where they compute the number
alone. The mode belongs to a thread (and to an asyncio task): one thread that evaluates a model does
not stop another one that trains it.

Looking up a context variable in every operation would cost as much as the operation. So there is
one more word, `open_blocks`, that counts the blocks open anywhere: while it is 0, which is nearly
always, operators read it and nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

open_blocks = 0

_recording = ContextVar("recording", default=True)
_lock = Lock()


def is_recording() -> bool:
    """Say whether operations of this thread record a graph.

    >>> is_recording()
    True
    """
    return _recording.get()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute numbers and record no graph, inside a `with` or in a decorated function.

    Results are Values that remember which operation made them and nothing else, so memory stays
    flat; `backward()` on one says that there is nothing to go back through.

    >>> from autograd_scratch import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2.0
    >>> y.data, y.parents
    (6.0, ())
    """
    token = _recording.set(False)
    _count(+1)
    try:
        yield
    finally:
        _count(-1)
        _recording.reset(token)


def _count(change: int) -> None:
    global open_blocks
    with _lock:
        open_blocks += change
