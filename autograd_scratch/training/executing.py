"""How calls are made by an executor: in time, again if they get lost, with results in their order.

An executor is any of `concurrent.futures`, or one of the same kind: threads, processes, Dask's, MPI's. What
a call itself raises is told apart from what happens to those who make it, a worker that dies, say.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as executor:
    ...     execute(executor, pow, [(2, 3), (3, 2)])
    [8, 9]
"""

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from time import monotonic
from traceback import format_exception
from typing import Any, NamedTuple

from ..errors import DataError, ExecutorError, ExecutorTimeoutError, RangeError, refuse_class
from ..ieee import describe, real, whole

_SLICE = 0.5  # seconds of waiting at once: on Windows Ctrl-C is not seen before its end
_SHOWN = 5  # names in an error
_MAKE_ONE = "ThreadPoolExecutor(4) or ProcessPoolExecutor(4) of concurrent.futures"
_UNSENT = (
    "processes take functions and classes that are written with def and class at the top of a module; "
    "threads and Dask take lambdas, too"
)
_UNGUARDED = (
    "the file that is run starts processes, and each of them runs it anew: write what it does below a line "
    'if __name__ == "__main__":'
)
_DIED = (
    "; make a new executor. Workers end for want of memory, or as they begin: then a file that is run "
    'lacks if __name__ == "__main__": before what it does, or a function was typed into a notebook, not a '
    "module"
)

_asked = count()


class Fault:
    """What a call raised; sent to another process it is still there, if need be as text."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def settle(self) -> None:
        """Keep where it came from as text alone: a traceback holds on to all that was computed."""
        if self.error.__traceback__ is not None:
            self.error.add_note(_told(_lines_of(self.error)))
        self.error.__traceback__ = self.error.__cause__ = self.error.__context__ = None

    def __reduce__(self) -> tuple[Any, ...]:
        told = _lines_of(self.error)
        try:
            packed = pickle.dumps(self.error)
        except Exception:  # whatever a class of somebody's own raises there
            packed = b""
        return _received, (packed, f"{type(self.error).__name__}: {self.error}", told)


def execute(
    executor: Executor | None,
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    *,
    timeout: float | None = None,
    retries: int = 1,
    found: dict[int, Any] | None = None,
    names: Sequence[str] | None = None,
    keeps_faults: bool = False,
    look: Callable[[], Any] = lambda: None,
) -> list[Any]:
    """Return what `function` gives to each of `calls`, its arguments, in their order.

    Without an executor they are made here, one after the other. A call that gets lost is made again up to
    `retries` times, so `function` may be called more often; those that stay lost are an ExecutorError in
    the end, and an ExecutorTimeoutError tells that `timeout` seconds were not enough for all. An error of
    `function` is raised as it is, or with `keeps_faults` stands as a Fault in the place of the result.
    Whatever is raised, calls that have not begun are cancelled, and results that came are in `found`, by
    the number of the call; `look` is called whenever one has come. Errors call these by `names`.

    >>> execute(None, divmod, [(7, 2), (7, 0)], keeps_faults=True)[0]
    (3, 1)
    """
    found = {} if found is None else found
    work = _Work(executor, function, calls, retries, found, names, keeps_faults, look)
    if timeout is not None and not real(timeout, "timeout") > 0.0:
        raise RangeError(f"timeout is the time for all together, in seconds and more than 0, not {timeout}")
    work.until(None if timeout is None else monotonic() + timeout)
    return [found[place] for place in range(len(calls))]


def checked_executor(executor: Any) -> Executor | None:
    """Return an executor, or say that a thing is none."""
    refuse_class(executor, "4")
    if executor is None or isinstance(executor, Executor):
        return executor
    if hasattr(executor, "get_executor"):
        raise DataError("of a Dask client write executor=client.get_executor(pure=False)")
    raise DataError(f"an executor is one such as {_MAKE_ONE}, not {describe(executor)}")


class _Place(NamedTuple):
    """Which call a future is for, and how often it was made before."""

    number: int
    tries: int


class _Outcome(NamedTuple):
    value: Any
    fault: Fault | None


class _Work:
    """Calls that are made, and how far that is."""

    def __init__(
        self,
        executor: Executor | None,
        function: Callable[..., Any],
        calls: Sequence[tuple[Any, ...]],
        retries: int,
        found: dict[int, Any],
        names: Sequence[str] | None,
        keeps_faults: bool,
        look: Callable[[], Any],
    ) -> None:
        self._executor = checked_executor(executor)
        self._function = function
        self._calls = calls
        self._retries = whole(retries, "retries")
        self._found = found
        self._names = names
        self._keeps_faults = keeps_faults
        self._look = look
        self._asked = next(_asked)
        self._pending: dict[Future[_Outcome], _Place] = {}
        self._lost: dict[int, BaseException] = {}
        self._done: SimpleQueue[Future[_Outcome]] = SimpleQueue()
        self._has_begun = False

    def until(self, end: float | None) -> None:
        """Make all calls, as long as it is not later than `end`; or raise."""
        if self._executor is None:
            for number, arguments in enumerate(self._calls):
                self._left(end)
                self._keep(number, _made(self._function, (), arguments))
                self._look()
            return
        try:
            for number in range(len(self._calls)):
                self._submit(_Place(number, 0))
            while self._pending:
                with suppress(Empty):
                    self._take(self._done.get(timeout=self._left(end)))
        except BaseException:
            self._abandon()
            raise
        if self._lost:
            raise self._error()

    def _submit(self, place: _Place) -> None:
        """Give a call to the executor, or count it as lost."""
        assert self._executor is not None
        ticket = (self._asked, *place)  # Dask makes equal calls once
        try:
            future = self._executor.submit(_made, self._function, ticket, self._calls[place.number])
        except Exception as fault:
            if _is_unsent(fault):
                raise self._unsent(fault) from fault
            self._lost.setdefault(place.number, fault)
        else:
            self._has_begun = True
            self._pending[future] = place
            future.add_done_callback(self._done.put)

    def _take(self, future: Future[_Outcome]) -> None:
        """Keep what a call gave, or make it again."""
        place = self._pending[future]
        fault = CancelledError() if future.cancelled() else future.exception()
        if fault is None:
            self._keep(place.number, future.result())
            del self._pending[future]
            self._look()
            return
        if _is_unsent(fault):
            raise self._unsent(fault) from fault
        del self._pending[future]
        if place.tries < self._retries:
            self._submit(_Place(place.number, place.tries + 1))
        else:
            self._lost[place.number] = fault

    def _keep(self, number: int, outcome: _Outcome) -> None:
        fault = outcome.fault
        if fault is not None and not self._keeps_faults:
            fault.error.add_note(f"in {self._named([number])}")
            raise fault.error
        if fault is not None:
            fault.settle()
        self._found[number] = outcome.value if fault is None else fault

    def _abandon(self) -> None:
        """Cancel what has not begun, and keep what is done."""
        for future in self._pending:
            future.cancel()
        for future, place in self._pending.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                outcome = future.result()
                if outcome.fault is None or self._keeps_faults:
                    self._keep(place.number, outcome)

    def _left(self, end: float | None) -> float:
        """Return for how long to wait now, or raise that the time is over."""
        left = _SLICE if end is None else end - monotonic()
        if left > 0.0:
            return min(left, _SLICE)
        undone = self._undone()
        has_none = self._executor is not None and not self._found
        fault = ExecutorTimeoutError(
            f"the time is over, and {self._count(undone)} not finished: {self._named(undone)}. "
            + ("None has; are there any workers? " if has_none else "")
            + "Give it a longer timeout, or less to do"
        )
        fault.lost = undone
        raise fault

    def _unsent(self, fault: BaseException) -> ExecutorError:
        error = ExecutorError(
            "what is called, or what it gives, cannot be sent to another process "
            f"({_line(fault)}): {_UNSENT}"
        )
        error.lost = self._undone()
        return error

    def _undone(self) -> list[int]:
        return [number for number in range(len(self._calls)) if number not in self._found]

    def _error(self) -> ExecutorError:
        """Return the error that tells which calls are lost, and why."""
        lost = sorted(self._lost)
        why = self._lost[lost[0]]
        told = f"{type(why).__name__}: {_line(why)}" if str(why) else type(why).__name__
        if "bootstrapping phase" in str(why):
            text = _UNGUARDED
        elif not self._has_begun:
            text = f"the executor takes no calls ({told}): make a new one, such as {_MAKE_ONE}"
        else:
            often = "" if self._retries == 0 else f", also when tried {self._retries + 1} times"
            is_broken = isinstance(why, BrokenExecutor)
            text = (
                f"{self._count(lost)} lost{'' if is_broken else often}: {self._named(lost)} ({told})"
                f"{_DIED * is_broken}"
            )
        fault = ExecutorError(text)
        fault.lost = lost
        fault.__cause__ = why
        return fault

    def _count(self, numbers: Sequence[int]) -> str:
        return f"{len(numbers):,} of {len(self._calls):,} {'is' if len(numbers) == 1 else 'are'}"

    def _named(self, numbers: Sequence[int]) -> str:
        names = [self._names[i] if self._names else f"call {i}" for i in numbers[:_SHOWN]]
        more = [f"and {len(numbers) - _SHOWN:,} more"] if len(numbers) > _SHOWN else []
        return "; ".join([*names, *more])


def _made(function: Callable[..., Any], ticket: tuple[int, ...], arguments: tuple[Any, ...]) -> _Outcome:
    """Make a call, wherever that is; the ticket is there to tell equal ones apart."""
    try:
        return _Outcome(function(*arguments), None)
    except Exception as error:
        return _Outcome(None, Fault(error))


def _received(packed: bytes, line: str, told: str) -> Fault:
    """Return a fault that came from another process."""
    try:
        error = pickle.loads(packed)
    except Exception:
        error = None
    if not isinstance(error, Exception):
        error = RuntimeError(line)
    error.add_note(_told(told))
    return Fault(error)


def _told(lines: str) -> str:
    return f"where it was raised:\n{lines}"


def _lines_of(error: Exception) -> str:
    return "".join(format_exception(error)).rstrip()


def _is_unsent(fault: BaseException) -> bool:
    """Say whether a call could not be sent, or not be read: then no other try would do better."""
    text = str(fault).lower()
    words = ("pickle", "serialize", "can't get")  # which name differs between Pythons
    return isinstance(fault, pickle.PicklingError) or (
        isinstance(fault, (AttributeError, TypeError)) and any(word in text for word in words)
    )


def _line(fault: BaseException) -> str:
    return (str(fault).splitlines() or [""])[0][:200]
