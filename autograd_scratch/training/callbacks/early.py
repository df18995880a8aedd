"""When to stop because nothing gets better any more, and with which weights."""

import math
from collections.abc import Mapping
from typing import Any

from ...elsewhere import Elsewhere, look_up_elsewhere, named_elsewhere
from ...errors import DataError
from ...ieee import describe, real, whole
from ...nn.states import entries_of, load, numbers_of
from ...optim.plain import count_in, fitted, keyed
from ...signatures import call_forms
from ..history.metrics import is_rising, not_measured
from .protocol import Callback, Training
from .resuming import load_model

_MODES = {"min": 1.0, "max": -1.0}
_MODES_ELSEWHERE = {"auto": "mode=None: names tell whether more or less is better"}
INSTEAD = {
    **dict.fromkeys(("wait", "counter", "num_bad_epochs"), "the epochs without a better one are .waited"),
    **dict.fromkeys(("best_score", "best_loss", "val_loss_min"), "the best number is .best"),
    "best_weights": "the model has them after fit",
    **dict.fromkeys(
        ("early_stop", "should_stop", "stopped", "stopped_epoch", "step"),
        "fit(..., callbacks=[EarlyStopping(patience=10)]) stops, and history.stopped says in which epoch; "
        "the best one is .best_epoch",
    ),
}


@call_forms("__init__")
@named_elsewhere("an EarlyStopping", INSTEAD, Elsewhere)
class EarlyStopping(Callback):
    """Stops where nothing has become better for `patience` epochs, and gives the best weights back.

    `monitor` is "loss" or the name of a metric, such as "val_loss" or "val_accuracy"; without it, the loss
    of held-out rows if there are some. Better is smaller by more than `min_delta`, or larger with
    `mode="max"`, which names such as "accuracy" have without saying. The weights are those that were
    measured: a loss of training is that before an epoch, and one of held-out rows that after it. What the
    optimizer remembers stays as it is. Epochs before `start_from_epoch`, by their numbers from 0 on, do not
    count, and where there is a `baseline` one counts as no better until it is better than that, too.

    >>> from autograd_scratch import MLP, Adam, fit
    >>> from autograd_scratch.datasets import moons
    >>> stopping, model = EarlyStopping(patience=5), MLP(2, [8, 1], "tanh", "tanh", seed=0)
    >>> given = {"optimizer": Adam(0.1), "epochs": 200, "validation": 0.3, "seed": 0}
    >>> history = fit(model, moons(60, seed=0), callbacks=[stopping], **given)
    >>> history.stopped, stopping.best_epoch, stopping.best == min(history.metrics["val_loss"])
    ('stopped by EarlyStopping in epoch 11', 6, True)
    """

    def __init__(
        self,
        monitor: str | None = None,
        *,
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str | None = None,
        restore_best: bool = True,
        baseline: float | None = None,
        start_from_epoch: int = 0,
    ) -> None:
        if monitor is not None and not isinstance(monitor, str):
            raise DataError(
                f"monitor is a name, such as 'val_loss' or 'val_accuracy', not {describe(monitor)}"
            )
        self.monitor = monitor
        self.patience = whole(patience, "patience", 1)
        self.min_delta = abs(_comparable(min_delta, "min_delta"))
        self.mode = (
            None
            if mode is None
            else look_up_elsewhere(mode, {"min": "min", "max": "max"}, "mode", _MODES_ELSEWHERE)
        )
        self.restore_best = restore_best
        self.baseline = None if baseline is None else _comparable(baseline, "baseline")
        self.start_from_epoch = whole(start_from_epoch, "start_from_epoch")
        self.best: float | None = None
        self.best_epoch: int | None = None
        self.waited = 0
        self._weights: dict[str, Any] | None = None  # of the best epoch
        self._before: dict[str, Any] | None = None  # as the epoch that goes on began

    def on_train_begin(self, training: Training) -> bool:
        if not training.history.losses and not training.batch:
            self.best = self.best_epoch = self._weights = self._before = None
            self.waited = 0
        name = self._monitored(training)
        known = {"loss": [], **training.history.metrics}
        if name not in known:
            raise not_measured("EarlyStopping", name, known)
        return self.waited >= self.patience

    def on_epoch_begin(self, training: Training) -> None:
        if self.restore_best and not self._monitored(training).startswith("val_"):
            self._before = numbers_of(entries_of(training.model))

    def on_epoch_end(self, training: Training) -> bool:
        name = self._monitored(training)
        history = training.history
        epoch = len(history.losses) - 1
        if epoch < self.start_from_epoch:
            return False
        now = (history.losses if name == "loss" else history.metrics[name])[-1]
        is_better, is_good = (self._is_better(name, now, than) for than in (self.best, self.baseline))
        if is_better:
            self.best, self.best_epoch = now, epoch
            if self.restore_best:
                self._weights = self._before or numbers_of(entries_of(training.model))
        self.waited = 0 if is_better and is_good else self.waited + 1
        return self.waited >= self.patience

    def on_train_end(self, training: Training) -> None:
        if self.restore_best and self._weights is not None:
            load(entries_of(training.model), self._weights)

    def state_dict(self) -> dict[str, Any]:
        """Return what it has seen, as lists and numbers."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "weights": self._weights,
            "before": self._before,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what another one has seen; a StateError if that is none."""
        best, epoch, waited, *weights = fitted(self, _read, state)
        self.best, self.best_epoch, self.waited = best, epoch, waited
        self._weights, self._before = weights

    def fits(self, training: Training) -> None:
        """Refuse weights that were loaded if they are of another model."""
        entries = entries_of(training.model)
        now = numbers_of(entries)
        try:
            for weights in (self._weights, self._before):
                load_model(entries, now if weights is None else weights)
        finally:
            load_model(entries, now)

    def _monitored(self, training: Training) -> str:
        if self.monitor is not None:
            return self.monitor
        return "val_loss" if "val_loss" in training.history.metrics else "loss"

    def _is_better(self, name: str, now: float, than: float | None) -> bool:
        sign = _MODES[self.mode or ("max" if is_rising(name) else "min")]
        return sign * now < (math.inf if than is None else sign * than - self.min_delta)

    def __repr__(self) -> str:
        return f"EarlyStopping({self.monitor!r}, patience={self.patience})"


def _comparable(number: Any, what: str) -> float:
    checked = real(number, what)
    if math.isnan(checked):
        raise DataError(f"{what} is a number that others are compared with, and nothing is better than nan")
    return checked


def _read(stopping: EarlyStopping, state: Any) -> tuple[Any, ...]:
    """Return what a state has, which may be anything."""
    state = keyed(state, ("best", "best_epoch", "waited", "weights", "before"), "a state")
    best, epoch = state["best"], state["best_epoch"]
    weights = [state["weights"], state["before"]]
    if not all(each is None or isinstance(each, dict) for each in weights):
        raise DataError("its weights are no dicts")
    return (
        None if best is None else real(best, "'best'"),
        None if epoch is None else count_in(epoch, "'best_epoch'"),
        count_in(state["waited"], "'waited'"),
        *weights,
    )
