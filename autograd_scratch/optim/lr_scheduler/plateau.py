"""A learning rate that falls where a loss no longer does."""

from collections.abc import Sequence
from math import inf
from typing import Any

from ...arrays.conversion import number_of
from ...errors import DataError, RangeError, look_up
from ...ieee import describe, whole
from ..hyperparameters import at_least_zero
from ..optimizer import Optimizer
from ..plain import count_in, formed
from .scheduler import Columns, LRScheduler, each_of

MODES = {
    ("min", "rel"): lambda metric, best, threshold: metric < best * (1.0 - threshold),
    ("min", "abs"): lambda metric, best, threshold: metric < best - threshold,
    ("max", "rel"): lambda metric, best, threshold: metric > best * (1.0 + threshold),
    ("max", "abs"): lambda metric, best, threshold: metric > best + threshold,
}
START = {"min": inf, "max": -inf}  # what is worse than any metric


class ReduceLROnPlateau(LRScheduler):
    """The learning rate times `factor` whenever a metric has not improved for more than `patience` steps.

    It is looked at in each step, `step(loss)`. In `fit` it is what `monitor` names of each epoch, such as
    "loss" or "val_accuracy"; without it the loss of held-out rows, or that of the epoch if there are none.
    To improve it has to fall, or with mode="max" to rise, by more than `threshold`, times the best, or
    "abs" as it is. After the learning rate fell the next `cooldown` steps do not count. It stays at or
    above `min_lr`, which may be a list for groups, and as it is where it would change by `eps` or less.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0): schedule.step(loss)
    >>> optimizer.lr
    0.25
    """

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
        *,
        monitor: str | None = None,
    ) -> None:
        if monitor is not None and not isinstance(monitor, str):
            raise DataError(f"monitor is a name, such as 'val_loss', not {describe(monitor)}")
        for name, given in (("mode", mode), ("threshold_mode", threshold_mode)):
            known = {pair[name != "mode"]: pair for pair in MODES}
            look_up(given, known, f"{name} of ReduceLROnPlateau")
        self.monitor = monitor
        self.mode = mode
        self.threshold_mode = threshold_mode
        self.factor = at_least_zero(factor, "factor", self)
        if self.factor >= 1.0:
            raise RangeError(f"the factor of ReduceLROnPlateau must be below 1, not {self.factor}")
        self.patience = whole(patience, "the patience of ReduceLROnPlateau")
        self.threshold = at_least_zero(threshold, "threshold", self)
        self.cooldown = whole(cooldown, "the cooldown of ReduceLROnPlateau")
        self.min_lr = each_of(min_lr, "min_lr", self)
        self.eps = at_least_zero(eps, "eps", self)
        super().__init__(optimizer)

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Go on by one step, in which `metrics`, a loss say, was this number."""
        self.moved_on(1, [number_of(metrics, "a metric")])

    def state_dict(self) -> dict[str, Any]:
        """Return arguments and how far it has come as plain data; no `best` is None."""
        state = super().state_dict()
        if self.optimizer is not None:
            state["best"] = None if self.best == START[self.mode] else self.best
            state["_last"] = [{"lr": rate} for rate in self.get_last_lr()]  # somebody may have set others
        return state

    def read(self, name: str, given: Any) -> Any:
        if name == "best":
            best = START[self.mode] if given is None else formed(given, 0.0, "'best'")
            if best != best:
                raise DataError("'best' must be a number, not nan")
            return best
        most = {"num_bad_epochs": self.patience, "cooldown_counter": self.cooldown}
        if name in most:
            return count_in(given, repr(name), most[name])
        return super().read(name, given)

    def rate(self, base: float, step: int, group: int) -> float:
        rate: float = self._groups()[group]["lr"]
        return rate

    def ahead(self, start: int, count: int) -> Columns:
        return [{"lr": [rate] * count} for rate in self.get_last_lr()]

    def known(self) -> int:
        return self.cooldown_counter + self.patience + 1 - self.num_bad_epochs

    def moved_on(self, steps: int, metrics: Sequence[float] = ()) -> None:
        self._groups()
        for metric in metrics:
            self._look_at(metric)
        super().moved_on(steps)

    def _begin(self, optimizer: Optimizer) -> None:
        self.best = START[self.mode]
        self.num_bad_epochs = self.cooldown_counter = 0
        super()._begin(optimizer)

    def _look_at(self, metric: float) -> None:
        if MODES[self.mode, self.threshold_mode](metric, self.best, self.threshold):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.num_bad_epochs, self.cooldown_counter = 0, self.cooldown
            rates, floors = self.get_last_lr(), self._each("min_lr")
            lower = [max(rate * self.factor, least) for rate, least in zip(rates, floors)]
            kept = [new if old - new > self.eps else old for old, new in zip(rates, lower)]
            self._owner().set_by_schedule([{"lr": rate} for rate in kept])
