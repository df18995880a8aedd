"""What is being recorded right now.

Operations on Values record a graph, except inside `no_grad()`, where they compute the number
alone; inside `strict()` they raise where a number stops being finite. A mode belongs to a thread (and
to an asyncio task): one thread that evaluates a model does not stop another one that trains it.

Looking up a context variable in every operation would cost as much as the operation. So there is
one more variable, `open_blocks`, of the blocks open anywhere: while it is empty, which is nearly
always, operators read it and nothing else.

Ctrl-C may come at any line of Python: after `__enter__` has switched a mode on, before `__exit__` has
switched it off. So both are a single step of C, those of a lock: a mode is on while the lock of its
block is locked, and alive. Only the `with` statement keeps the lock alive; where that ends, in whatever
way, the lock is gone, and `open_blocks` forgets it, even if a notebook keeps the traceback.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial, wraps
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from threading import Lock
from typing import Any, Protocol, TypeVar, cast
from weakref import ref

from .errors import RuleError
from .signatures import call_form, call_forms
from .tab import hiding

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
Mode = ContextVar[tuple[Any, ...]]  # weak references to the locks of its blocks, the innermost last

open_blocks: dict[Any, tuple["Block", Any]] = {}  # and what they set, by weak references to their locks

_no_grad: Mode = ContextVar("no_grad", default=())
_strict: Mode = ContextVar("strict", default=())
_tracing: Mode = ContextVar("tracing", default=())
_observer: Mode = ContextVar("observer", default=())
_born: Mode = ContextVar("born", default=())


def setting(mode: Mode) -> Any:
    """Return what the innermost open block of this thread sets a mode to; None if there is none."""
    locks = mode.get()
    if locks:
        for lock_of in reversed(locks):
            lock = lock_of()
            if lock is not None and lock.locked():
                return open_blocks[lock_of][1]
    return None


def is_recording() -> bool:
    """Say whether operations of this thread record a graph.

    >>> is_recording()
    True
    """
    return not setting(_no_grad)


def is_strict() -> bool:
    """Say whether operations of this thread raise where a number stops being finite.

    >>> is_strict()
    False
    """
    return bool(setting(_strict))


def is_tracing() -> bool:
    """Say whether a function of this thread is being traced, so that comparisons are recorded.

    >>> is_tracing()
    False
    """
    return bool(setting(_tracing))


def tracing() -> "Block":
    """Record comparisons, and both arms of `where`; refuse what would leave the trace, such as `if`."""
    return Block("tracing", True, _tracing)


def only_numbers() -> bool:
    """Say whether operations of this thread compute numbers, and nothing beside is asked for.

    >>> with no_grad():
    ...     only_numbers()
    True
    """
    others = (_tracing, _strict, _observer, _born)
    return not is_recording() and all(setting(mode) is None for mode in others)


class Observer(Protocol):
    """What is told of every operation of this thread, inside `observing(observer)`."""

    def made(self, node: Any) -> None:
        """Hear of a node that was recorded."""

    def made_array(self, array: Any) -> None:
        """Hear of an array of Values that an operation gave."""

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        """Return what a comparison of two Values or numbers, or of two arrays of them, gives."""

    def read(self, array: Any) -> Any:
        """Return an array of plain numbers that is computed with: itself, or as objects."""

    def forget(self) -> None:
        """Forget what was told: the program is run again from its start."""


def observer() -> Observer | None:
    """Return who observes the operations of this thread, if anybody does.

    >>> observer() is None
    True
    """
    found: Observer | None = setting(_observer)
    return found


def observing(observer: Observer) -> "Block":
    """Tell `observer` of every operation in this block; `where` keeps both arms in it."""
    return Block("observing", observer, _observer)


def noting(born: set[Any]) -> "Block":
    """Put the leaves that are made in this block into a set."""
    return Block("noting", born, _born)


def note(leaf: Any) -> None:
    """Put a leaf into the set of the innermost block that notes them, if there is one."""
    born = setting(_born)
    if born is not None:
        born.add(leaf)


def recording() -> "Block":
    """Record graphs in this block, in spite of `no_grad()` around it."""
    return Block("recording", False, _no_grad)


def deriving() -> "Block":
    """Do as `recording`, without the checks of `strict()`: a rule may compute an arm that `where` drops."""
    return Block("deriving", False, _no_grad, _strict)


@call_form("with no_grad():, or @no_grad() above a function")
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
    return Block("no_grad", True, _no_grad)


@call_form("with strict():, or @strict() above a function")
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
    return Block("strict", True, _strict)


_BY_HAND = {"__enter__": "enter", "__exit__": "exit"}


class _Step:
    """`__enter__` or `__exit__` of a block: in a `with` statement that of a lock, else a method.

    It is handed out as a `partial`, of which profilers do not hear: they are Python again.
    """

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    def __get__(self, block: "Block | None", kind: type) -> Callable[..., Any]:
        if block is None:
            step: Callable[..., Any] = getattr(kind, _BY_HAND[self._name])
            return step
        return partial(getattr(block.next_lock(), self._name))


@call_forms("__call__")
@hiding("enter", "exit", "name", "next_lock")
class Block:
    """What `no_grad()` and its like give: a block, which may be entered often, and a decorator."""

    __enter__ = _Step()
    __exit__ = _Step()

    def __init__(self, name: str, setting: Any, *modes: Mode) -> None:
        self.name = name
        self._setting = setting
        self._modes = modes
        self._by_hand: set[Any] = set()

    def __repr__(self) -> str:
        return f"{self.name}()"

    def __getattribute__(self, name: str) -> Any:
        """Find `enter` and `exit` for who calls them by hand: `with` looks for its own in the class."""
        return object.__getattribute__(self, _BY_HAND.get(name, name))

    def next_lock(self) -> Any:
        """Return the lock of the `with` statement that begins: it asks twice, for its two steps."""
        modes = self._modes
        for lock_of in modes[0].get()[::-1]:
            lock = lock_of()
            if lock is not None:
                if open_blocks[lock_of][0] is self and not lock.locked():
                    return lock
                break
        lock = Lock()
        open_blocks[lock_of := ref(lock, open_blocks.pop)] = self, self._setting
        for mode in modes:
            mode.set((*(other for other in mode.get() if other() is not None), lock_of))
        return lock

    def enter(self) -> None:
        """Begin the block by hand, as an ExitStack does."""
        lock = self.next_lock()
        self._by_hand.add(lock)
        lock.acquire()

    def exit(self, *_: object) -> None:
        """End the block that was begun by hand last, in this thread."""
        for lock_of in self._modes[0].get()[::-1]:
            lock = lock_of()
            if lock in self._by_hand:
                self._by_hand.remove(lock)
                lock.release()
                break

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


Block.__name__ = "block"  # as Python's own messages call it
