"""How far a training run is: a bar in a terminal, a line of a notebook, and nothing elsewhere.

A notebook needs no widgets for it: one output is written anew, and stays as plain text and a `<progress>`.
"""

import sys
from time import monotonic
from typing import Any

from ...fragments import text
from .protocol import Training

_PERIOD = 0.1  # seconds
_LONG = 10  # steps of an epoch that are told


class Progress:
    """Shows nothing."""

    is_shown = False

    def show(self, training: Training) -> None:
        """Show how far it is, unless that was shown a moment ago."""

    def close(self, training: Training) -> None:
        """Show how far it has come."""


class _Shown(Progress):
    is_shown = True

    def __init__(self) -> None:
        self._last = self._began = monotonic()

    def show(self, training: Training) -> None:
        now = monotonic()
        if now - self._last >= _PERIOD:
            self._last = now
            self.write(training)

    def close(self, training: Training) -> None:
        self.write(training)

    def write(self, training: Training) -> None:
        """Write how far it is over what was written before."""
        raise NotImplementedError

    def words(self, training: Training) -> str:
        """Return what is known, in a line."""
        history = training.history
        done = len(history.losses)
        seconds = monotonic() - self._began
        parts = [f"epoch {done:,} of {training.epochs:,}"]
        if training.batch and training.batches >= _LONG:
            parts.append(f"step {training.batch:,} of {training.batches:,}")
        parts.append(f"loss {training.loss:.4g}")
        parts += [f"{name} {seen[-1]:.4g}" for name, seen in history.metrics.items() if seen]
        return ", ".join(parts) + f", {_duration(seconds)}"


class _InTerminal(_Shown):
    """A bar of rich, on standard error."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (BarColumn(20), TextColumn("{task.description}"), TimeRemainingColumn())
        self._bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False)
        self._task = self._bar.add_task("", total=None)
        self._bar.start()

    def write(self, training: Training) -> None:
        done = len(training.history.losses) + training.batch / training.batches
        words = self.words(training)
        self._bar.update(self._task, description=words, completed=done, total=training.epochs)
        self._bar.refresh()

    def close(self, training: Training) -> None:
        super().close(training)
        self._bar.stop()


class _InNotebook(_Shown):
    """One output of a notebook's cell."""

    def __init__(self, display: Any) -> None:
        super().__init__()
        self._handle = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, training: Training) -> None:
        done, words = len(training.history.losses), self.words(training)
        bar = f'<progress max="{max(1, training.epochs)}" value="{done}"></progress>'
        bundle = {"text/plain": words, "text/html": f"{bar} {text(words)}"}
        self._handle.update(bundle, raw=True)


def progress_of(is_wanted: bool) -> Progress:
    """Return what shows progress here, if that is wanted: nothing where output goes into a file or pipe."""
    if not is_wanted:
        return Progress()
    display = _notebook_display()
    if display is not None:
        return _InNotebook(display)
    return _InTerminal() if sys.stderr is not None and sys.stderr.isatty() else Progress()


def _notebook_display() -> Any:
    """Return what displays things in the notebook that this runs in; None where there is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes else f"{seconds:.1f} s"
