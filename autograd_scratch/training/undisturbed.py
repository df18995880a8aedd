"""What Ctrl-C may not cut in two: a step and all that counts it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


class Undisturbed:
    """Holds Ctrl-C back while something is done that must be done whole, and raises it after that.

    A second Ctrl-C is not held back. Outside of `listening()`, or where somebody else handles SIGINT, or in
    another thread than the first, nothing is changed. `is_whole` says whether all that was begun has come
    to its end, or has failed where Ctrl-C is heard, or harmlessly.

    >>> undisturbed = Undisturbed()
    >>> with undisturbed:
    ...     with undisturbed.heard():
    ...         found = 1  # which may take long
    ...     counted = found
    """

    def __init__(self) -> None:
        self._depth = 0
        self._came = 0
        self._listens = False
        self._harmless = 0  # the id of an error
        self.is_whole = True

    def __enter__(self) -> Self:
        self._depth += 1
        return self

    def __exit__(self, kind: object, fault: object, trace: object) -> None:
        self._depth -= 1
        if fault is not None and id(fault) != self._harmless:
            self.is_whole = False
        self._raise_what_came()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Let Ctrl-C come for a while, in the middle of what is not to be disturbed."""
        depth, self._depth = self._depth, 0
        try:
            self._raise_what_came()
            yield
        except BaseException as fault:
            self._harmless = id(fault)
            raise
        finally:
            self._depth = depth

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """Know that an error in here has changed nothing."""
        try:
            yield
        except Exception as fault:
            self._harmless = id(fault)
            raise

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Have Ctrl-C come here."""
        is_first = threading.current_thread() is threading.main_thread()
        if not is_first or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        try:
            self._listens = True
            signal.signal(signal.SIGINT, self._handle)
            yield
        finally:
            self._listens = False
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def forget(self) -> None:
        """Forget a Ctrl-C that is held back."""
        self._came = 0

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Take note of Ctrl-C, or raise it; where another one came while this was to end, end it."""
        if not self._listens:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._came += 1
        if self._came > 1 or not self._depth:
            self._came = 0
            raise KeyboardInterrupt

    def _raise_what_came(self) -> None:
        if self._came and not self._depth:
            self._came = 0
            raise KeyboardInterrupt
