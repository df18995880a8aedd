"""Learning rates that are a factor times those at the beginning, which falls, or rises to 1."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...errors import DataError, RangeError
from ...ieee import describe, real, whole
from ...primitives.arguments import is_row
from ..hyperparameters import at_least_zero
from ..optimizer import Optimizer
from .portable import power
from .scheduler import LRScheduler

Factor = Callable[[int], float]


class LambdaLR(LRScheduler):
    """The learning rate times `lr_lambda(step)`, a function of nothing but how many steps were taken.

    That is 0 at first. For groups it may be a list, a function for each.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = LambdaLR(optimizer, lambda step: 1 / (1 + step))
    >>> schedule.step(); optimizer.lr
    0.25
    """

    def __init__(
        self, optimizer: Optimizer | None = None, lr_lambda: Factor | Sequence[Factor] | None = None
    ) -> None:
        functions: list[Any] = [*lr_lambda] if isinstance(lr_lambda, Sequence) else [lr_lambda]
        for function in functions:
            if not callable(function):
                raise DataError(
                    "lr_lambda is a function of the count of steps, such as lambda step: 0.95**step, or a "
                    f"list with one for each group, not {describe(function)}"
                )
        self.lr_lambda = functions if is_row(lr_lambda) else lr_lambda
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        factor = self._each("lr_lambda")[group](step)
        return base * real(factor, f"what lr_lambda gives for step {step}")


class StepLR(LRScheduler):
    """The learning rate times `gamma` after each `step_size` steps: lr · gamma^⌊step / step_size⌋.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(3): schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(
        self, optimizer: Optimizer | None = None, step_size: int | None = None, gamma: float = 0.1
    ) -> None:
        self.step_size = whole(step_size, "the step_size of StepLR", 1)
        self.gamma = at_least_zero(gamma, "gamma", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return base * power(self.gamma, step // self.step_size)


class MultiStepLR(LRScheduler):
    """The learning rate times `gamma` at each of the `milestones`, which are counts of steps.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for _ in range(3): schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        milestones: Iterable[int] | None = None,
        gamma: float = 0.1,
    ) -> None:
        self.milestones = sorted(counts_of(milestones, self))
        self.gamma = at_least_zero(gamma, "gamma", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return base * power(self.gamma, bisect_right(self.milestones, step))


class ExponentialLR(LRScheduler):
    """The learning rate times `gamma` at each step: lr · gamma^step.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(3): schedule.step()
    >>> optimizer.lr
    0.0625
    """

    def __init__(self, optimizer: Optimizer | None = None, gamma: float | None = None) -> None:
        self.gamma = at_least_zero(gamma, "gamma", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return base * power(self.gamma, step)


class ConstantLR(LRScheduler):
    """The learning rate times `factor` for the first `total_iters` steps, and then as it is.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = ConstantLR(optimizer, factor=0.5, total_iters=1)
    >>> optimizer.lr; schedule.step(); optimizer.lr
    0.25
    0.5
    """

    def __init__(
        self, optimizer: Optimizer | None = None, factor: float = 1.0 / 3.0, total_iters: int = 5
    ) -> None:
        self.factor = _share(factor, "factor", self)
        self.total_iters = whole(total_iters, "the total_iters of ConstantLR")
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return base * self.factor if step < self.total_iters else base


class LinearLR(LRScheduler):
    """The learning rate times a factor from `start_factor` to `end_factor`, in `total_iters` equal steps.

    With its defaults it rises, as at the beginning of a training: a warm-up.

    P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> optimizer.lr; schedule.step(); optimizer.lr
    0.25
    0.375
    """

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        start_factor: float = 1.0 / 3.0,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor = _share(start_factor, "start_factor", self)
        self.end_factor = _share(end_factor, "end_factor", self)
        self.total_iters = whole(total_iters, "the total_iters of LinearLR", 1)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        rise = (self.end_factor - self.start_factor) * min(step, self.total_iters) / self.total_iters
        return base * (self.start_factor + rise)


class PolynomialLR(LRScheduler):
    """The learning rate times (1 - step / total_iters)^power, and 0 after `total_iters` steps.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = PolynomialLR(optimizer, total_iters=4, power=2)
    >>> for _ in range(2): schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(
        self, optimizer: Optimizer | None = None, total_iters: int = 5, power: float = 1.0
    ) -> None:
        self.total_iters = whole(total_iters, "the total_iters of PolynomialLR", 1)
        self.power = at_least_zero(power, "power", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return base * power(1.0 - min(step, self.total_iters) / self.total_iters, self.power)


def counts_of(milestones: Any, owner: object) -> list[int]:
    """Return counts of steps at which something changes."""
    name = type(owner).__name__
    if not is_row(milestones):
        raise DataError(
            f"the milestones of {name} are counts of steps, such as [30, 80], not {describe(milestones)}"
        )
    return [whole(milestone, f"a milestone of {name}") for milestone in milestones]


def _share(number: Any, what: str, owner: object) -> float:
    factor = at_least_zero(number, what, owner)
    if factor > 1.0:
        raise RangeError(f"the {what} of {type(owner).__name__} must be at most 1, not {factor}")
    return factor
