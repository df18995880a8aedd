"""Several schedules, one after the other."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ...errors import DataError, RangeError, ShapeError
from ...ieee import describe
from ..optimizer import Optimizer
from ..plain import count_in
from .decays import counts_of
from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler


class SequentialLR(LRScheduler):
    """Several schedules, each of which begins where the one before ends: at the `milestones`.

    These are counts of steps, one less than there are schedules. Each begins with the learning rates that
    the optimizer had at first. The schedules may be for the same optimizer or for none.

    >>> from autograd_scratch import SGD
    >>> from autograd_scratch.optim.lr_scheduler import CosineAnnealingLR, LinearLR
    >>> optimizer = SGD(lr=0.5)
    >>> parts = [LinearLR(start_factor=0.5, total_iters=2), CosineAnnealingLR(T_max=10)]
    >>> schedule = SequentialLR(optimizer, parts, milestones=[2])
    >>> for _ in range(3):
    ...     print(round(optimizer.lr, 6)); schedule.step()
    0.25
    0.375
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        schedulers: Iterable[LRScheduler] | None = None,
        milestones: Iterable[int] | None = None,
    ) -> None:
        self.schedulers: list[LRScheduler] = [] if schedulers is None else [*schedulers]
        self.milestones = counts_of(milestones, self)
        for part in self.schedulers:
            if not isinstance(part, LRScheduler) or isinstance(part, ReduceLROnPlateau):
                raise DataError(
                    "the schedulers of SequentialLR are such as StepLR(step_size=30), which go by the "
                    f"count of steps, not {describe(part)}"
                )
            if getattr(part, "cycle_momentum", False):
                raise DataError(
                    "SequentialLR sets learning rates alone: write OneCycleLR(..., cycle_momentum=False)"
                )
        count = len(self.schedulers)
        if not count or len(self.milestones) != count - 1:
            raise ShapeError(
                f"SequentialLR takes at least one schedule, and one milestone less; here are {count}, and "
                f"{len(self.milestones)} milestones"
            )
        if any(late <= early for early, late in pairwise([0, *self.milestones])):
            raise RangeError(
                f"the milestones of SequentialLR increase, from 1 on; {self.milestones} do not"
            )
        self._steps: int | None = None
        self.is_for_batches = any(part.is_for_batches for part in self.schedulers)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        part = bisect_right(self.milestones, step)
        return self.schedulers[part].rate(base, step - [0, *self.milestones][part], group)

    def read(self, name: str, given: Any) -> Any:
        if name == "_steps":
            return None if given is None else count_in(given, "the count of steps")
        if name == "is_for_batches" and given is not self.is_for_batches:
            raise DataError(f"its parts make {name!r} {self.is_for_batches}, not {describe(given)}")
        return super().read(name, given)

    def expects(self, steps: int) -> None:
        self._steps = steps

    def _begin(self, optimizer: Optimizer) -> None:
        for part in self.schedulers:
            if part.optimizer is not None and part.optimizer is not optimizer:
                raise DataError(f"{part!r} has another optimizer than the SequentialLR that it is part of")
        ends = [0, *self.milestones, self._steps]
        lengths = [late if late is None else max(late - (early or 0), 0) for early, late in pairwise(ends)]
        self.schedulers = [part.began(optimizer, n) for part, n in zip(self.schedulers, lengths)]
        super()._begin(optimizer)
