"""Learning rates that fall as a cosine does, once or again and again.

I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
"""

from ...ieee import whole
from ..hyperparameters import at_least_zero
from ..optimizer import Optimizer
from .portable import half_cosine
from .scheduler import LRScheduler


class CosineAnnealingLR(LRScheduler):
    """The learning rate falls to `eta_min` in `T_max` steps: eta_min + (lr - eta_min) · (1 + cos φ) / 2.

    φ is π · step / T_max; after T_max steps it rises again, as PyTorch's does.

    I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=2)
    >>> schedule.step(); round(optimizer.lr, 12)
    0.25
    """

    def __init__(
        self, optimizer: Optimizer | None = None, T_max: int | None = None, eta_min: float = 0.0
    ) -> None:
        self.T_max = whole(T_max, "the T_max of CosineAnnealingLR", 1)
        self.eta_min = at_least_zero(eta_min, "eta_min", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        return self.eta_min + (base - self.eta_min) * half_cosine(step, self.T_max)


class CosineAnnealingWarmRestarts(LRScheduler):
    """The learning rate falls to `eta_min` as a cosine in `T_0` steps, and then begins anew.

    Each fall has `T_mult` times as many steps as the one before.

    I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> schedule.step(); round(optimizer.lr, 12); schedule.step(); optimizer.lr
    0.25
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        T_0: int | None = None,
        T_mult: int = 1,
        eta_min: float = 0.0,
    ) -> None:
        self.T_0 = whole(T_0, "the T_0 of CosineAnnealingWarmRestarts", 1)
        self.T_mult = whole(T_mult, "the T_mult of CosineAnnealingWarmRestarts", 1)
        self.eta_min = at_least_zero(eta_min, "eta_min", self)
        super().__init__(optimizer)

    def rate(self, base: float, step: float, group: int) -> float:
        length = self.T_0
        if self.T_mult == 1:
            step = step % length
        while step >= length:
            step -= length
            length *= self.T_mult
        return self.eta_min + (base - self.eta_min) * half_cosine(step, length)
