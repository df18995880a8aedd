"""How far something is: a bar in a terminal, a line of a notebook, and nothing elsewhere.

A notebook needs no widgets for it: one output is written anew, and stays as plain text and a `<progress>`.
"""

import sys
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar

from ...fragments import text
from .protocol import Training

_PERIOD = 0.1  # seconds
_LONG = 10  # steps of an epoch that are told

ThingT = TypeVar("ThingT")


class HowFar(NamedTuple):
    """How much is done of a total, and a line about it."""

    done: float
    total: int
    words: str


class Progress(Generic[ThingT]):
    """Shows nothing."""

    is_shown = False

    def show(self, thing: ThingT) -> None:
        """Show how far it is, unless that was shown a moment ago."""

    def close(self, thing: ThingT) -> None:
        """Show how far it has come."""


class _Shown(Progress[ThingT]):
    is_shown = True

    def __init__(self, how_far: Callable[[ThingT], HowFar]) -> None:
        self._how_far = how_far
        self._last = self._began = monotonic()

    def show(self, thing: ThingT) -> None:
        now = monotonic()
        if now - self._last >= _PERIOD:
            self._last = now
            self._tell(thing)

    def close(self, thing: ThingT) -> None:
        self._tell(thing)

    def _tell(self, thing: ThingT) -> None:
        done, total, words = self._how_far(thing)
        self.write(HowFar(done, total, f"{words}, {_duration(monotonic() - self._began)}"))

    def write(self, found: HowFar) -> None:
        """Write how far it is over what was written before."""
        raise NotImplementedError


class _InTerminal(_Shown[ThingT]):
    """A bar of rich, on standard error."""

    def __init__(self, how_far: Callable[[ThingT], HowFar]) -> None:
        super().__init__(how_far)
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (BarColumn(20), TextColumn("{task.description}"), TimeRemainingColumn())
        self._bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False)
        self._task = self._bar.add_task("", total=None)
        self._bar.start()

    def write(self, found: HowFar) -> None:
        self._bar.update(self._task, description=found.words, completed=found.done, total=found.total)
        self._bar.refresh()

    def close(self, thing: ThingT) -> None:
        super().close(thing)
        self._bar.stop()


class _InNotebook(_Shown[ThingT]):
    """One output of a notebook's cell."""

    def __init__(self, how_far: Callable[[ThingT], HowFar], display: Any) -> None:
        super().__init__(how_far)
        self._handle = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, found: HowFar) -> None:
        bar = f'<progress max="{max(1, found.total)}" value="{found.done:.10g}"></progress>'
        bundle = {"text/plain": found.words, "text/html": f"{bar} {text(found.words)}"}
        self._handle.update(bundle, raw=True)


def how_far(training: Training) -> HowFar:
    """Return how far a run is, with its loss and metrics."""
    history = training.history
    done = len(history.losses)
    parts = [f"epoch {done:,} of {training.epochs:,}"]
    if training.batch and training.batches >= _LONG:
        parts.append(f"step {training.batch:,} of {training.batches:,}")
    parts.append(f"loss {training.loss:.4g}")
    parts += [f"{name} {seen[-1]:.4g}" for name, seen in history.metrics.items() if seen]
    return HowFar(done + training.batch / training.batches, training.epochs, ", ".join(parts))


def progress_of(how_far: Callable[[ThingT], HowFar], is_wanted: bool) -> Progress[ThingT]:
    """Return what shows progress here, if that is wanted: nothing where output goes into a file or pipe."""
    if not is_wanted:
        return Progress()
    display = _notebook_display()
    if display is not None:
        return _InNotebook(how_far, display)
    return _InTerminal(how_far) if sys.stderr is not None and sys.stderr.isatty() else Progress()


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
