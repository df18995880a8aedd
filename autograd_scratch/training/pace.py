"""How a schedule of learning rates goes along with a training run: epoch by epoch, or batch by batch."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..errors import DataError, look_up, refuse_class
from ..ieee import describe
from ..optim import LRScheduler, Optimizer, ReduceLROnPlateau
from ..program.updates import Setting
from .history.metrics import is_rising, not_measured

PER = {"epoch": False, "batch": True}


class Pace:
    """A schedule, or none, in a run of some batches an epoch; its steps are for these, or for epochs."""

    def __init__(
        self, schedule: LRScheduler | None = None, per_batch: bool = False, batches: int = 1
    ) -> None:
        self.schedule = schedule
        self.per_batch = per_batch
        self._batches = batches

    def after_batch(self) -> None:
        """Go on after a step of the optimizer."""
        if self.schedule is not None and self.per_batch:
            self.schedule.moved_on(1)

    def after_epoch(self, loss: float, measured: Mapping[str, float]) -> None:
        """Go on after an epoch of this loss, of which this was measured."""
        if self.schedule is not None and not self.per_batch:
            self.schedule.moved_on(1, self._metrics([loss], measured))

    def went_on(self, steps: int, losses: Sequence[float], measured: Mapping[str, float]) -> None:
        """Go on after some steps of the optimizer, in epochs of these losses; one if it was measured."""
        if self.schedule is not None:
            count = steps if self.per_batch else steps // self._batches
            self.schedule.moved_on(count, self._metrics(losses, measured))

    def _metrics(self, losses: Sequence[float], measured: Mapping[str, float]) -> Sequence[float]:
        """Return what the schedule looks at: what it monitors, without that the loss of held-out rows."""
        name = getattr(self.schedule, "monitor", None) or "val_loss"
        return [measured[name]] if name in measured else losses

    def known(self, epochs: int) -> int:
        """Return for how many of some epochs the settings are known beforehand."""
        known = None if self.schedule is None else self.schedule.known()
        return epochs if known is None else min(known, epochs)

    def columns(self, epochs: int) -> dict[Setting, list[float]]:
        """Return what the schedule sets in some epochs: of each setting, one for each batch or epoch."""
        return self._columns(epochs * (self._batches if self.per_batch else 1))

    def columns_of_step(self) -> dict[Setting, list[float]]:
        """Return what the schedule sets for the next step: of each setting one number."""
        return self._columns(1)

    def _columns(self, count: int) -> dict[Setting, list[float]]:
        if self.schedule is None or self.schedule.optimizer is None:
            return {}
        scopes = self.schedule.optimizer.scopes()
        found: dict[Setting, list[float]] = {}
        for group, columns in enumerate(self.schedule.ahead(self.schedule.last_epoch, count), 1):
            place = group if scopes[group] else 0
            for name, column in columns.items():
                if column and isinstance(column[0], tuple):
                    found |= {(place, name, i): [*entries] for i, entries in enumerate(zip(*column))}
                else:
                    found[place, name, None] = column
        return found


def pace_of(schedule: Any, per: Any, optimizer: Optimizer, epochs: int, batches: int) -> Pace:
    """Return how a schedule, one with this optimizer or with none, goes along with a run."""
    per_batch = per is not None and look_up(per, PER, "schedule_per")
    if schedule is None:
        if per is not None:
            raise DataError(
                f"schedule_per={per!r} is for a schedule: write schedule=StepLR(step_size=30), say"
            )
        return Pace()
    refuse_class(schedule)
    if not isinstance(schedule, LRScheduler):
        raise DataError(f"the schedule must be one such as StepLR(step_size=30), not {describe(schedule)}")
    per_batch = schedule.is_for_batches if per is None else per_batch
    if per_batch and isinstance(schedule, ReduceLROnPlateau):
        raise DataError("ReduceLROnPlateau looks at the loss of each epoch: leave schedule_per out")
    steps = epochs * batches if per_batch else epochs
    if schedule.optimizer is None:
        return Pace(schedule.began(optimizer, steps), per_batch, batches)
    if schedule.optimizer is not optimizer:
        raise DataError(
            f"the schedule has another optimizer than fit: write fit(..., optimizer=optimizer, schedule="
            f"{type(schedule).__name__}(optimizer, ...)), or make the schedule without one"
        )
    schedule.expects(schedule.last_epoch + steps)
    return Pace(schedule, per_batch, batches)


def check_monitored(schedule: Any, known: Collection[str]) -> None:
    """Refuse a schedule that looks at what is not measured, or at the wrong side of it."""
    if not isinstance(schedule, ReduceLROnPlateau) or schedule.monitor is None:
        return
    if schedule.monitor not in known:
        raise not_measured(type(schedule).__name__, schedule.monitor, known)
    if is_rising(schedule.monitor) and schedule.mode == "min":
        raise DataError(
            f"{schedule.monitor!r} is the better the larger it is: write ReduceLROnPlateau("
            f"monitor={schedule.monitor!r}, mode='max')"
        )
