"""Steps whose length the size of the gradient has no part in: they go by its sign."""

from __future__ import annotations

from typing import Any

from ..primitives import maximum, minimum, sign, where
from ..primitives.piecewise import less
from .arguments import ParametersOrRate
from .hyperparameters import (
    Setting,
    at_least_zero,
    learning_rate,
    pair_of_betas,
    pair_of_etas,
    pair_of_sizes,
)
from .optimizer import Optimizer, State, decayed


class Rprop(Optimizer):
    """Resilient propagation: p ← p - sign(g) · s, with a step size s of its own for each parameter.

    It begins with lr, grows by the second of `etas` while g keeps its sign, shrinks by the first where it
    turns, when p stays and that gradient is forgotten, and remains in the range of `step_sizes`. Made for
    gradients of all rows at once. After the first step a learning rate that is set changes nothing.

    M. Riedmiller, H. Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP
    Algorithm", ICNN 1993.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Rprop([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); w.data
    0.75
    """

    lr = Setting(learning_rate)
    etas = Setting(pair_of_etas)
    step_sizes = Setting(pair_of_sizes)

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.01,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.etas = etas
        self.step_sizes = step_sizes
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, self.lr)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        g = -g if self.maximize else g
        former, size = state
        agreement = sign(former * g)
        shorter, longer = self.etas
        shortest, longest = self.step_sizes
        factor = where(less(0.0, agreement), longer, where(less(agreement, 0.0), shorter, 1.0))
        size = minimum(maximum(size * factor, shortest), longest)
        g = where(less(agreement, 0.0), 0.0, g)
        return p - sign(g) * size, (g, size)


class Lion(Optimizer):
    """Lion: p ← p - lr · sign(β₁ m + (1 - β₁) g), then m ← β₂ m + (1 - β₂) g.

    All parameters move by lr, which wants to be some five times smaller than Adam's. Weight decay shrinks
    the parameter first, p ← (1 - lr · weight_decay) · p.

    X. Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Lion([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); w.data
    0.75
    """

    decoupled_weight_decay = True
    lr = Setting(learning_rate)
    betas = Setting(pair_of_betas)
    weight_decay = Setting(at_least_zero, "weight decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.0001,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.weight_decay = weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0,)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        (m,) = state
        beta1, beta2 = self.betas
        return p - self.lr * sign(beta1 * m + (1.0 - beta1) * g), (beta2 * m + (1.0 - beta2) * g,)
