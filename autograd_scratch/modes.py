"""What is being recorded right now.

Operations on Values record a graph, except inside `no_grad()`, where they compute the number
alone; inside `strict()` they raise where a number stops being finite. A mode belongs to a thread (and
to an asyncio task): one thread that evaluates a model does not stop another one that trains it.

Looking up a context variable in every operation would cost as much as the operation. So there is
one more variable, `open_blocks`, that counts the blocks open anywhere: while it is 0, which is nearly
always, operators read it and nothing else.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from threading import Lock
from typing import Any, Protocol, TypeVar, cast

from .errors import RuleError

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

open_blocks = 0

_no_grad_depth = ContextVar("no_grad depth", default=0)
_strict_depth = ContextVar("strict depth", default=0)
_tracing_depth = ContextVar("tracing depth", default=0)
_observer: ContextVar["Observer | None"] = ContextVar("observer", default=None)
_lock = Lock()


def is_recording() -> bool:
    """Say whether operations of this thread record a graph.

    >>> is_recording()
    True
    """
    return _no_grad_depth.get() == 0


def is_strict() -> bool:
    """Say whether operations of this thread raise where a number stops being finite.

    >>> is_strict()
    False
    """
    return _strict_depth.get() > 0


def is_tracing() -> bool:
    """Say whether a function of this thread is being traced, so that comparisons are recorded.

    >>> is_tracing()
    False
    """
    return _tracing_depth.get() > 0


def tracing() -> "Block":
    """Record comparisons, and both arms of `where`; refuse what would leave the trace, such as `if`."""
    return Block("tracing", _tracing_depth)


class Observer(Protocol):
    """What is told of every operation of this thread, inside `observing(observer)`."""

    def made(self, node: Any) -> None:
        """Hear of a node that was recorded."""

    def made_array(self, array: Any) -> None:
        """Hear of an array of Values that an operation gave."""

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        """Return what a comparison of two Values or numbers, or of two arrays of them, gives."""


def observer() -> Observer | None:
    """Return who observes the operations of this thread, if anybody does.

    >>> observer() is None
    True
    """
    return _observer.get()


class observing:  # noqa: N801, used as a function
    """Tell `observer` of every operation in this block; `where` keeps both arms in it."""

    def __init__(self, observer: Observer) -> None:
        self._new = observer

    def __enter__(self) -> None:
        self._token = _observer.set(self._new)
        _count(+1)

    def __exit__(self, *_: object) -> None:
        _count(-1)
        _observer.reset(self._token)


def no_grad() -> "Block":
    """Compute numbers and record no graph: in a `with` block, or in a decorated function.

    Results are Values that remember which operation made them and nothing else, so memory stays
    flat; `backward()` on one says that there is nothing to go back through.

    >>> from autograd_scratch import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2.0
    >>> y.data, y.parents
    (6.0, ())
    """
    return Block("no_grad", _no_grad_depth)


def strict() -> "Block":
    """Raise at the first operation that makes an infinity or nan out of finite numbers.

    A block or a decorator, as `no_grad`. NonFiniteError names the operation, its operands and the line,
    as soon as a value or a local derivative is not finite, and before `backward()` writes a gradient
    that is not. Nodes remember the line that made them, in `origin`. Infinities that you bring in yourself
    are let through.

    >>> from autograd_scratch import Value
    >>> p = Value(0.0, "p")
    >>> with strict():
    ...     loss = -p.log()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd_scratch.errors.NonFiniteError: log(p) is -inf, though p = 0.0 is finite
    ...
    """
    return Block("strict", _strict_depth)


class Block:
    """What `no_grad()` and `strict()` give: a block, which may be entered often, and a decorator."""

    def __init__(self, name: str, depth: ContextVar[int]) -> None:
        self.name = name
        self._depth = depth

    def __enter__(self) -> None:
        self._depth.set(self._depth.get() + 1)
        _count(+1)

    def __exit__(self, *_: object) -> None:
        _count(-1)
        self._depth.set(max(0, self._depth.get() - 1))

    def __call__(self, function: FunctionT) -> FunctionT:
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
        if flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
            raise RuleError(
                f"{self.name}() cannot decorate {function.__name__}, which is suspended between its steps; "
                f"write `with {self.name}():` around the lines that compute"
            )

        @wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return cast(FunctionT, inside)


def _count(change: int) -> None:
    global open_blocks
    with _lock:
        open_blocks += change


def recording() -> "Suspended":
    """Record graphs in this block, in spite of `no_grad()` around it."""
    return Suspended(_no_grad_depth)


def deriving() -> "Suspended":
    """Do as `recording`, without the checks of `strict()`: a rule may compute an arm that `where` drops."""
    return Suspended(_no_grad_depth, _strict_depth)


class Suspended:
    """A block inside which modes that were switched on are off."""

    def __init__(self, *depths: ContextVar[int]) -> None:
        self._depths = depths

    def __enter__(self) -> None:
        self._tokens = [depth.set(0) for depth in self._depths]

    def __exit__(self, *_: object) -> None:
        for depth, token in zip(self._depths, self._tokens):
            depth.reset(token)
