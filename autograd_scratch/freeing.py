"""How a deep graph is freed: piece by piece.

Python frees a node when nobody refers to it, inside of that its parents, inside of that theirs. For some
thousand operations that takes more stack than a small thread has, or Python in a browser. So there are
landings: a node counts its height, and what would be higher than `HIGHEST` begins anew, on parents that are
not freed there and then. They line up, and whoever is first frees the line, one after the other.

    >>> from autograd_scratch import Value
    >>> x = Value(1.0)
    >>> for _ in range(1_000):
    ...     x = x * 1.0
    >>> x.height <= HIGHEST
    True

All of it is C. A Ctrl-C that came inside a `__del__` of Python would be printed there, and lost.
"""

import sys
from functools import partial
from itertools import cycle, repeat
from operator import call, not_
from threading import Lock
from types import MethodType
from typing import Any

HIGHEST = 200

_call: Any = call
_line: list[Any] = []
_busy = Lock()

# while _line: _line.clear()
_clear: Any = partial(any, map(_call, cycle((partial(not_, _line), _line.clear))))
# if _busy.acquire(False): _clear(); _busy.release()
_steps = partial(_busy.acquire, False), _clear, _busy.release
_free = partial(next, map(all, map(partial(map, _call), repeat(_steps))))


class _Landing(tuple[Any, ...]):
    """Parents that line up when they would be freed: Python calls `_line.append(self)`."""

    __slots__ = ()
    __del__ = property(partial(MethodType, _line.append))


class _Fall(tuple[Any, ...]):
    """What a node holds beside its landing, and loses after it: then the line is freed."""

    __slots__ = ()
    __del__ = staticmethod(_free)


def landed(parents: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the same parents, and the same tuple from a slot whose name comes later, for a landing.

    The slots of an object are emptied in the order of their names. Before CPython 3.13 the interpreter
    itself frees what is deep in pieces.
    """
    if sys.version_info < (3, 13):
        return parents, other
    _free()  # what a thread that ended at the wrong moment has left
    return _Landing(parents), _Fall(other)
