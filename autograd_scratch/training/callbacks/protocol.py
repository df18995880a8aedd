"""What looks on while a model is trained, and may stop that: one protocol, for one's own too."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import signature
from typing import Any

from ...elsewhere import named_elsewhere
from ...errors import DataError, StateError, refuse_class
from ...ieee import describe, is_array_of_one
from ...optim import Optimizer
from ...optim.plain import plain
from ..asked import Model
from ..history.history import History

OCCASIONS = tuple(f"on_{what}_{when}" for what in ("train", "epoch", "batch") for when in ("begin", "end"))


_ELSEWHERE = (  # parts of the names that occasions have in Keras, Lightning and transformers
    *(("train_batch", "batch"), ("test_batch", "batch"), ("step", "batch"), ("train_epoch", "epoch")),
    *(("fit", "train"), ("validation", "epoch"), ("start", "begin")),
)
INSTEAD = {
    "stop_training": "a method of a callback that returns True stops it",
    **dict.fromkeys(("logs", "metrics", "val_loss"), "what was measured is in training.history.metrics"),
    **dict.fromkeys(("lr", "learning_rate"), "it is training.optimizer.lr, to be read and set"),
    **dict.fromkeys(("step", "global_step", "batch_idx"), "steps of an epoch are counted in .batch"),
    **dict.fromkeys(("current_epoch", "trainer"), "the number of the epoch is .epoch"),
    "params": "they are training.model.parameters()",
}


@named_elsewhere("a training", INSTEAD)
@dataclass
class Training:
    """A training run, as callbacks see it.

    `epoch` is the number of the one that goes on, from 0 on, or has just ended, of `epochs` at most, and
    `batch` how many of its steps are taken, of `batches`. `loss` is that of the last step where steps are
    looked at, and at the end of an epoch that of the epoch; nan before. `history` is what `fit` returns.
    """

    model: Model
    optimizer: Optimizer
    history: History
    epochs: int
    batches: int
    epoch: int = 0
    batch: int = 0
    loss: float = math.nan


class Callback:
    """The base of callbacks, for which any object will do that has one of these methods.

    Each is called with the `Training`, and returns nothing, or True to stop it. A callback with something
    to remember when training is resumed has `state_dict()`, of numbers, texts, lists and dicts for JSON,
    and `load_state_dict(state)`. A resumed training begins with `on_train_begin`, which may set what is to
    be another than in the file, as `training.optimizer.lr = 0.01`.

    >>> from autograd_scratch import MLP, SGD, fit
    >>> from autograd_scratch.datasets import XOR
    >>> class UntilSmall(Callback):
    ...     def on_epoch_end(self, training):
    ...         return training.loss < 0.24
    >>> model = MLP(2, [4, 1], seed=0)
    >>> history = fit(model, XOR, optimizer=SGD(0.1), epochs=1_000, callbacks=[UntilSmall()])
    >>> history.losses[-1] < 0.24 <= history.losses[-2], history.stopped
    (True, 'stopped by UntilSmall in epoch 3')
    """

    def on_train_begin(self, training: Training) -> bool | None:
        """Look at the training before its first step, also where it is resumed."""
        return None

    def on_train_end(self, training: Training) -> bool | None:
        """Look at the training after its last step, also where it was stopped."""
        return None

    def on_epoch_begin(self, training: Training) -> bool | None:
        """Look at the training before an epoch."""
        return None

    def on_epoch_end(self, training: Training) -> bool | None:
        """Look at the training after an epoch, when its metrics are known."""
        return None

    def on_batch_begin(self, training: Training) -> bool | None:
        """Look at the training before a step."""
        return None

    def on_batch_end(self, training: Training) -> bool | None:
        """Look at the training after a step."""
        return None

    def fits(self, training: Training) -> None:
        """Refuse what `load_state_dict` has loaded, by an error, if it is not of this training."""


class Callbacks:
    """Some callbacks, which are called together; `kept` are those that have something to remember."""

    def __init__(self, callbacks: Any) -> None:
        given = _checked(callbacks)
        self.kept = [*filter(_remembers, given)]
        self._on = {name: [each for each in given if _has(each, name)] for name in OCCASIONS}
        self.stopped_by: str | None = None

    def look_at(self, *whats: str) -> bool:
        """Say whether any looks at epochs, say, or at batches."""
        return any(self._on[f"on_{what}_{when}"] for what in whats for when in ("begin", "end"))

    def call(self, name: str, training: Training) -> None:
        """Call all that look at an occasion; note which has stopped the training, if one has."""
        for callback in self._on[name]:
            method: Callable[[Training], Any] = getattr(callback, name)
            try:
                answer = method(training)
            except Exception as fault:
                fault.add_note(_note(callback, name, training))
                raise
            if stops(answer, f"{name} of {type(callback).__name__}"):
                self.stopped_by = self.stopped_by or type(callback).__name__


def stops(answer: Any, asked: str) -> bool:
    """Return whether an answer says that training is to stop; a DataError if it says neither that nor not.

    >>> stops(None, "on_epoch_end"), stops(True, "on_epoch_end")
    (False, True)
    """
    plain_answer = answer.item() if is_array_of_one(answer) else answer
    if plain_answer is None or isinstance(plain_answer, bool):
        return bool(plain_answer)
    raise DataError(f"{asked} returns nothing, or True where training is to stop, not {describe(answer)}")


def _checked(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if not isinstance(callbacks, (list, tuple)):
        callbacks = [callbacks]
    for callback in callbacks:
        refuse_class(callback)
        looks_at = [name for name in OCCASIONS if _has(callback, name)]
        if not looks_at:
            raise _looks_at_nothing(callback)
        for name in looks_at:
            _check_call(callback, name)
    return [*callbacks]


def _looks_at_nothing(callback: Any) -> DataError:
    """Return what is to be said of what is given as a callback, and would never be called."""
    other = next((name for name in dir(callback) if name.startswith("on_") and not _is_ours(name)), "")
    alike = other
    for theirs, ours in _ELSEWHERE:
        alike = alike.replace(theirs, ours)
    near = get_close_matches(alike, OCCASIONS, 1)
    if near:
        return DataError(f"{type(callback).__name__} has {other}, which nobody calls: write {near[0]}")
    if hasattr(callback, "path") and hasattr(callback, "seconds"):
        return DataError("a Checkpoint is no callback: write fit(..., checkpoint=Checkpoint(...))")
    if hasattr(type(callback), "moved_on"):
        return DataError(f"a schedule is no callback: write fit(..., schedule={callback!r})")
    instead = ": write on_epoch=lambda epoch, loss: ..." if callable(callback) else ""
    return DataError(
        f"a callback has one of the methods {', '.join(OCCASIONS)}, each of a training; "
        f"{describe(callback)} has none{instead}"
    )


def _is_ours(name: str) -> bool:
    return hasattr(Callback, name)


def _check_call(callback: Any, name: str) -> None:
    """Refuse a method that does not take a training, and nothing else."""
    try:
        parameters = [*signature(getattr(callback, name)).parameters.values()]
    except (TypeError, ValueError):  # of functions in C, which do not tell
        return
    by_position = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    takes_all = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    needs = any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters)
    if needs or (len(by_position) != 1 and not (takes_all and not by_position)):
        given = ", ".join(["self", *(p.name for p in parameters)])
        raise DataError(
            f"{type(callback).__name__}.{name} is written for ({given}), and called with one argument, the "
            f"training: write def {name}(self, training), and training.epoch, training.loss, "
            "training.history.metrics in it"
        )


def _has(callback: Any, name: str) -> bool:
    """Say whether a callback looks at an occasion, and has not only what its base has."""
    given = getattr(callback, "__dict__", {}).get(name) or getattr(type(callback), name, None)
    own = given or getattr(callback, name, None)
    return own is not None and own is not getattr(Callback, name)


def _note(callback: Any, name: str, training: Training) -> str:
    return (
        f"raised by {name} of {type(callback).__name__} after {len(training.history.losses):,} epochs. "
        "The model and the optimizer are as the last step left them"
    )


def states_of(callbacks: Sequence[Any]) -> list[Any]:
    """Return what callbacks want to have kept."""
    return [*map(_state_of, callbacks)]


def load_states(callbacks: Sequence[Any], states: Iterable[Any]) -> None:
    """Give callbacks what was kept for them; a StateError names the one that does not take it."""
    for callback, state in zip(callbacks, states):
        try:
            callback.load_state_dict(state)
        except Exception as fault:
            name = type(callback).__name__
            raise StateError(f"load_state_dict of {name} does not take it: {_words(fault)}") from fault


def _remembers(callback: Any) -> bool:
    has = [hasattr(callback, name) for name in ("state_dict", "load_state_dict")]
    if any(has) and not all(has):
        raise DataError(
            f"a callback that is kept has state_dict and load_state_dict; {type(callback).__name__} has "
            "one of them"
        )
    return all(has)


def _state_of(callback: Any) -> Any:
    name = type(callback).__name__
    try:
        state = callback.state_dict()
    except Exception as fault:
        raise StateError(f"state_dict of {name} has failed: {_words(fault)}") from fault
    return plain(state, f"what state_dict of {name} gives")


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
