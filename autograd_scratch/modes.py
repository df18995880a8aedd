"""What is being recorded right now.

Operations on Values record a graph, except inside `no_grad()`, where they compute the number
alone. The mode belongs to a thread (and to an asyncio task): one thread that evaluates a model does
not stop another one that trains it.

Looking up a context variable in every operation would cost as much as the operation. So there is
one more word, `open_blocks`, that counts the blocks open anywhere: while it is 0, which is nearly
always, operators read it and nothing else.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from threading import Lock
from typing import Any, TypeVar, cast

from .errors import RuleError

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

open_blocks = 0

_depth = ContextVar("no_grad depth", default=0)
_lock = Lock()


def is_recording() -> bool:
    """Say whether operations of this thread record a graph.

    >>> is_recording()
    True
    """
    return _depth.get() == 0


def no_grad() -> "NoGrad":
    """Compute numbers and record no graph: in a `with` block, or in a decorated function.

    Results are Values that remember which operation made them and nothing else, so memory stays
    flat; `backward()` on one says that there is nothing to go back through.

    >>> from autograd_scratch import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2.0
    >>> y.data, y.parents
    (6.0, ())
    """
    return NoGrad()


class recording:  # noqa: N801  used like a function
    """Record graphs in this block, in spite of `no_grad()` around it."""

    def __enter__(self) -> None:
        self._before = _depth.set(0)

    def __exit__(self, *_: object) -> None:
        _depth.reset(self._before)


class NoGrad:
    """What `no_grad()` gives: a block, which may be entered often, and a decorator."""

    def __enter__(self) -> None:
        _depth.set(_depth.get() + 1)
        _count(+1)

    def __exit__(self, *_: object) -> None:
        _count(-1)
        _depth.set(max(0, _depth.get() - 1))

    def __call__(self, function: FunctionT) -> FunctionT:
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
        if flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
            raise RuleError(
                f"no_grad() cannot decorate {function.__name__}, which is suspended between its steps; "
                "write `with no_grad():` around the lines that compute"
            )

        @wraps(function)
        def without_graph(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return cast(FunctionT, without_graph)


def _count(change: int) -> None:
    global open_blocks
    with _lock:
        open_blocks += change
