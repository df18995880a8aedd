"""Checkpoints: all that a training run needs to go on exactly, in one file, JSON, never code.

The file is written whole or not at all: what was there before stays until the new one is complete.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from os import PathLike, fspath
from pathlib import Path
from time import monotonic
from typing import Any

from ...errors import AutogradError, DataError, ModelFileError, OutputError, RangeError, StateError
from ...files import shallow, write_whole
from ...ieee import describe, real, whole
from ...signatures import call_forms
from ...wording import cut
from ..asked import Asked
from .resuming import FORMAT, VERSION, Followed, agreed, begin_again, state_of

_MOST = 2_000_000_000  # bytes of a file that is read
_NAMED = "not finite"  # the only key of what stands for such a number
_AS_JSON = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


@call_forms("__init__")
class Checkpoint:
    """Where, and how often, `fit(..., checkpoint=Checkpoint("run.json", epochs=10))` keeps its run.

    The file is written before the first step, and then at the end of an epoch, or after a step, when so
    many `epochs` or `steps` have passed since the last time, or `seconds`, without saying 30; and at the
    end, also at Ctrl-C or an error. An error of a callback that looks at the end of a step or an epoch
    leaves the file as it is, since that step is not done before all have looked at it. In place of a
    Checkpoint a path will do.

    What an optimizer is set to, such as its learning rate, comes from the file as well; for another one a
    callback sets `training.optimizer.lr` in `on_train_begin`.

    >>> Checkpoint("run.json", epochs=10)
    Checkpoint('run.json', epochs=10)
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        epochs: int | None = None,
        steps: int | None = None,
        seconds: float | None = None,
    ) -> None:
        name = fspath(path) if isinstance(path, (str, PathLike)) else None
        if not isinstance(name, str) or not name or "\0" in name:
            raise DataError(f"a checkpoint is the path of a file, as 'run.json', not {describe(path)}")
        given = {"epochs": epochs, "steps": steps, "seconds": seconds}
        if sum(each is not None for each in given.values()) > 1:
            raise DataError("a checkpoint is written by epochs, by steps or by seconds: write one of them")
        self.path = Path(name)
        self.epochs = None if epochs is None else whole(epochs, "epochs", 1)
        self.steps = None if steps is None else whole(steps, "steps", 1)
        self.seconds = None if seconds is None else real(seconds, "seconds")
        if self.seconds is not None and not self.seconds >= 0.0:
            raise RangeError(f"seconds are from 0 on, not {seconds}")

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in ("epochs", "steps", "seconds")}
        told = "".join(f", {name}={number}" for name, number in given.items() if number is not None)
        return f"Checkpoint({str(self.path)!r}{told})"


_SECONDS = 30.0  # between two times, without saying


class Keeping:
    """Writes checkpoints as a run goes on; without one, nothing."""

    def __init__(self, checkpoint: Checkpoint | None) -> None:
        self._checkpoint = checkpoint
        self._path = None if checkpoint is None else checkpoint.path.absolute()
        self._has_begun = False
        self._epochs = self._steps = 0
        self._last = monotonic()
        self.is_on = checkpoint is not None
        self.counts_steps = checkpoint is not None and checkpoint.steps is not None

    def begin(self, followed: Followed) -> None:
        """Write the first state: what cannot be kept, or not there, is told before it has taken long."""
        self._has_begun = True
        self.write(followed)

    def stepped(self, followed: Followed) -> None:
        """Look whether it is time, after a step."""
        self._steps += 1
        checkpoint = self._checkpoint
        if checkpoint is not None and (
            self._steps == checkpoint.steps or (checkpoint.epochs is None and self._is_late(checkpoint))
        ):
            self.write(followed)

    def ended(self, followed: Followed) -> None:
        """Look whether it is time, after an epoch."""
        checkpoint, epochs = self._checkpoint, followed.run.epoch
        if checkpoint is None:
            return
        if checkpoint.epochs is not None:
            if epochs - self._epochs >= checkpoint.epochs:
                self.write(followed)
        elif checkpoint.steps is None and self._is_late(checkpoint):
            self.write(followed)

    def write(self, followed: Followed) -> None:
        """Write the state of a run that has begun, whole or not at all; of one that was cut none."""
        if self._path is not None and self._has_begun and followed.run.is_whole:
            write_state(self._path, state_of(followed))
            self._epochs, self._steps, self._last = followed.run.epoch, 0, monotonic()

    def _is_late(self, checkpoint: Checkpoint) -> bool:
        if checkpoint.steps is not None:
            return False
        seconds = _SECONDS if checkpoint.seconds is None else checkpoint.seconds
        return monotonic() - self._last >= seconds


def checkpoint_of(checkpoint: Any, resume: bool | None) -> tuple[Checkpoint | None, dict[str, Any] | None]:
    """Return where a run is to be kept, and what is there to go on from, if that is wanted.

    Without a word on that, a file that is there is refused: nothing is lost.
    """
    if checkpoint is None:
        if resume:
            raise DataError('resume=True goes on from a checkpoint: write checkpoint="run.json" with it')
        return None, None
    if not isinstance(checkpoint, Checkpoint):
        checkpoint = Checkpoint(checkpoint)
    path = checkpoint.path
    try:
        is_there, is_file, has_folder = path.exists(), path.is_file(), path.parent.is_dir()
    except OSError as fault:
        raise OutputError(f"cannot look for {path}: {fault.strerror or fault}") from fault
    if is_there and not is_file:
        raise OutputError(f"{path} is no file: write a file in it, as {str(path / 'run.json')!r}")
    if is_there and resume is None:
        raise OutputError(
            f"{path} is there already: write resume=True to go on from it, or resume=False to write over it"
        )
    if not has_folder:
        raise OutputError(f"{path} would be in a folder that is not there: make {path.parent} first")
    return checkpoint, read_state(path) if is_there and resume else None


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write a state into a file."""
    try:
        text = _AS_JSON(state)
    except ValueError:
        text = _NAMED
    if _NAMED in text:
        text = _AS_JSON(_with_names(state))
    write_whole(path, text.encode())


def read_state(path: Path) -> dict[str, Any]:
    """Return the state that a file has; a ModelFileError where it has none that this version can use."""
    try:
        if path.stat().st_size > _MOST:
            raise ModelFileError(f"{path} has more than {_MOST:,} bytes, which no checkpoint has")
        content = path.read_bytes()
    except OSError as fault:
        raise ModelFileError(f"cannot read {path}: {fault.strerror or fault}") from fault
    try:
        state = json.loads(shallow(content.decode()), parse_constant=_refused, object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        raise ModelFileError(
            f"{path} is no checkpoint, or has been cut short: it is not JSON, {fault}; begin anew with "
            "resume=False"
        ) from fault
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ModelFileError(f"{path} is no checkpoint of a training run; begin anew with resume=False")
    version = state.get("version")
    if type(version) is not int or version != VERSION:
        raise ModelFileError(
            f"{path} is a checkpoint of version {cut(describe(version), 40)}, and this package reads "
            f"version {VERSION}: go on with the version of the package that wrote it"
        )
    return state


def agreeing(path: Path, asked: Asked, state: Mapping[str, Any]) -> Asked:
    """Return what is asked for, with what a state has settled; a ModelFileError if they do not agree."""
    with _named(path):
        return agreed(asked, state)


def resumed(path: Path, state: Mapping[str, Any], followed: Followed) -> None:
    """Have a run be where a state says; a ModelFileError where it does not fit, and nothing is changed."""
    with _named(path):
        begin_again(state, followed)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file in what is wrong with it."""
    try:
        yield
    except AutogradError as fault:
        raise ModelFileError(f"cannot go on from {path}: {fault}") from fault
    except RecursionError as fault:
        raise ModelFileError(f"cannot go on from {path}: it is too deep") from fault


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number of a checkpoint")


def _once(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it has a name twice")
    if found.keys() == {_NAMED}:
        name = found[_NAMED]
        if name not in ("nan", "inf", "-inf"):
            raise ValueError(f"it has {_NAMED!r} with what is none")
        return float(name)
    return found


def _with_names(thing: Any) -> Any:
    """Return data with names for numbers that JSON does not have."""
    if isinstance(thing, float):
        return thing if isfinite(thing) else {_NAMED: str(thing)}
    if isinstance(thing, Mapping):
        if thing.keys() == {_NAMED}:
            raise StateError(f"a dict in a checkpoint has other keys than {_NAMED!r} alone: rename that")
        return {name: _with_names(each) for name, each in thing.items()}
    return [*map(_with_names, thing)] if isinstance(thing, (list, tuple)) else thing
