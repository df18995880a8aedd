"""The line that says what a check is doing: on a terminal, after two seconds, and gone at the end."""

import io
import itertools
import os
import threading
from contextlib import redirect_stderr, suppress

import numpy as np
import pytest

from autograd_scratch import compare
from autograd_scratch.checking import progress

pty = pytest.importorskip("pty", reason="pseudo terminals are as on Unix")

W = np.linspace(0.1, 1.0, 12).reshape(3, 4)


def loss(W):
    return (np.tanh(W) ** 2).sum()


def backward(W):
    return {"W": 2.0 * np.tanh(W)}  # tanh' is forgotten


class Terminal:
    """A pseudo terminal: `file` to write to, and what came out of it."""

    def __init__(self):
        self._master, slave = pty.openpty()
        self.file = os.fdopen(slave, "w")
        os.set_blocking(self._master, False)
        self._seen = ""

    def written(self):
        """Return all that was written up to now."""
        self.file.flush()
        with suppress(BlockingIOError):
            while True:
                self._seen += os.read(self._master, 65_536).decode()
        return self._seen

    def close(self):
        self.file.close()
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch):
    try:
        terminal = Terminal()
    except OSError:
        pytest.skip("there are no pseudo terminals")
    monkeypatch.setenv("COLUMNS", "60")
    yield terminal
    terminal.close()


@pytest.fixture
def ticks(monkeypatch):
    """Let each look at the clock take a second; return how many there were."""
    seen = itertools.count()
    looks = []
    monkeypatch.setattr(progress, "clock", lambda: looks.append(next(seen)) or float(looks[-1]))
    return looks


def left_on(text):
    """Return what a terminal shows at the end of a line that was written over and over."""
    cells = {}
    for line in text.split("\r"):
        cells |= dict(enumerate(line))
    return "".join(cells.get(i, " ") for i in range(max(cells, default=-1) + 1)).rstrip()


def test_it_says_what_is_done_and_leaves_nothing(terminal, ticks):
    with redirect_stderr(terminal.file):
        assert not compare(loss, {"W": W}, backward)
    text = terminal.written()
    assert "measuring W: 1 of 12 entries" in text
    assert "measuring W: 11 of 12 entries" in text
    assert "looking for the mistake: " in text
    assert "\n" not in text
    assert left_on(text) == ""
    assert max(map(len, text.split("\r"))) < 60


def test_it_waits_for_two_seconds_and_then_for_a_tenth(terminal, monkeypatch):
    times = iter([10.0, 11.0, 11.9, 12.0, 12.05, 12.11])
    monkeypatch.setattr(progress, "clock", lambda: next(times))
    with redirect_stderr(terminal.file), progress.shown():
        for i in range(5):
            progress.tell("step {}", i)
    shown = [line.strip() for line in terminal.written().split("\r")]
    assert [line for line in shown if line] == ["step 2", "step 4"]


def test_a_shorter_line_covers_a_longer_one(terminal, ticks):
    with redirect_stderr(terminal.file), progress.shown():
        for name in ("one", "two", "a" * 200, "three"):
            progress.tell("measuring {}", name)
        assert left_on(terminal.written()).split() == ["measuring", "three"]
    assert left_on(terminal.written()) == ""


def test_of_many_operations_some_are_told(terminal, ticks):
    x = np.full(1_200, 0.5)
    with redirect_stderr(terminal.file):
        compare(lambda w: (np.tanh(x * w) ** 2).mean(), {"w": 2.0}, {"w": 1.0})
    assert "running the loss on Values: 2,000 operations" in terminal.written()


def test_it_is_gone_after_ctrl_c(terminal, ticks, monkeypatch):
    def clock():
        if len(ticks) == 9:
            raise KeyboardInterrupt
        ticks.append(len(ticks))
        return float(len(ticks))

    monkeypatch.setattr(progress, "clock", clock)
    with redirect_stderr(terminal.file), pytest.raises(KeyboardInterrupt):
        compare(loss, {"W": W}, backward)
    text = terminal.written()
    assert "measuring W: 5 of 12 entries" in text
    assert left_on(text) == ""


def test_a_check_within_another_leaves_the_line_to_it(terminal, ticks):
    with redirect_stderr(terminal.file), progress.shown():
        compare(loss, {"W": W}, backward)
        assert left_on(terminal.written())
    assert left_on(terminal.written()) == ""


@pytest.mark.parametrize("file", [None, io.StringIO(), object()], ids=["none", "no terminal", "no file"])
def test_nothing_is_written_and_no_clock_is_asked_where_nobody_watches(ticks, file):
    with redirect_stderr(file):
        compare(loss, {"W": W}, backward)
    assert ticks == []
    assert not isinstance(file, io.StringIO) or file.getvalue() == ""


def test_other_threads_are_silent(terminal, ticks):
    thread = threading.Thread(target=compare, args=(loss, {"W": W}, backward))
    with redirect_stderr(terminal.file):
        thread.start()
        thread.join()
    assert (terminal.written(), ticks) == ("", [])


def test_a_terminal_that_goes_away_ends_no_check(ticks):
    class Gone(io.StringIO):
        def isatty(self):
            return True

        def write(self, text):
            raise OSError(5, "Input/output error")

    with redirect_stderr(Gone()):
        assert compare(loss, {"W": W}, backward).verdict == "wrong"
