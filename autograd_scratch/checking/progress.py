"""One line on a terminal that says what is being done, once that takes its time.

Whoever computes for long calls `tell` now and then, and knows nothing of terminals or clocks. Nothing is
written where nobody watches: into a file or pipe, in a notebook, from another thread than the main one.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from shutil import get_terminal_size
from typing import Any, TextIO

from ..wording import cut

PATIENCE = 2.0  # seconds before the line appears
PAUSE = 0.1  # seconds between two states of it

clock: Callable[[], float] = time.monotonic


class Progress:
    """The line of one computation, on a terminal."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._next = clock() + PATIENCE
        self._width = 0  # of what is shown

    def tell(self, text: str, things: tuple[Any, ...]) -> None:
        """Show a text, `things` filled in, unless it is too early, or something was shown just now."""
        now = clock()
        if now >= self._next:
            self._next = now + PAUSE
            line = cut(text.format(*things), get_terminal_size().columns - 1)
            self._write(line.ljust(self._width))
            self._width = len(line)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._width:
            self._write(" " * self._width)
            self._write("")
            self._width = 0

    def _write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a terminal that is gone is no fault of what is computed
            encoding = self._terminal.encoding or "ascii"
            self._terminal.write(f"\r{line.encode(encoding, 'replace').decode(encoding)}")
            self._terminal.flush()


_current: ContextVar[Progress | None] = ContextVar("progress", default=None)


def tell(text: str, *things: Any) -> None:
    """Say what is being done, as `tell("measuring {}: {:,} of {:,} entries", name, done, count)`."""
    progress = _current.get()
    if progress is not None:
        progress.tell(text, things)


@contextmanager
def shown() -> Iterator[None]:
    """Show in this block what is told, where somebody watches; a block inside of another tells nothing."""
    is_main = threading.current_thread() is threading.main_thread()
    if _current.get() is not None or not is_main or not _is_terminal(sys.stderr):
        yield
        return
    progress = Progress(sys.stderr)
    token = _current.set(progress)
    try:
        yield
    finally:
        _current.reset(token)
        progress.clear()


def _is_terminal(file: Any) -> bool:
    try:
        return file is not None and bool(file.isatty())
    except (AttributeError, ValueError):  # a stand-in, or a file that is closed
        return False
