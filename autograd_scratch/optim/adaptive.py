"""Learning rates that follow the size of the gradients, one for each parameter."""

from __future__ import annotations

from typing import Any

from ..primitives import maximum, sqrt
from .arguments import ParametersOrRate
from .hyperparameters import Setting, at_least_zero, below_one, learning_rate
from .optimizer import Optimizer, State, decayed, is_on


class RMSprop(Optimizer):
    """RMSprop: p ← p - lr · g / (√v + eps), with the running mean v of g²; also with momentum.

    `centered` takes the square of the running mean of g away from v, which leaves a variance.

    T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop", Coursera 2012; A. Graves, "Generating Sequences With
    Recurrent Neural Networks", 2013.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = RMSprop([w], lr=0.25, alpha=0.75)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.5
    """

    lr = Setting(learning_rate)
    alpha = Setting(below_one, "alpha")
    eps = Setting(at_least_zero, "eps")
    weight_decay = Setting(at_least_zero, "weight decay")
    momentum = Setting(at_least_zero, "momentum")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.alpha = alpha
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.centered = centered
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        v, m, velocity = state
        v = spread = _mean_square(v, g, self.alpha)
        if self.centered:
            m = self.alpha * m + (1.0 - self.alpha) * g
            spread = maximum(v - m * m, 0.0)  # a variance may round below 0
        move = g / (sqrt(spread) + self.eps)
        if is_on(self.momentum):
            velocity = move = self.momentum * velocity + move
        return p - self.lr * move, (v, m, velocity)


class Adagrad(Optimizer):
    """Adagrad: p ← p - lr · g / (√s + eps), with the sum s of all g² so far.

    `lr_decay` makes the learning rate lr / (1 + (step - 1) · lr_decay).

    J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 12, 2011.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Adagrad([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.75
    """

    lr = Setting(learning_rate)
    lr_decay = Setting(at_least_zero, "decay of the learning rate")
    weight_decay = Setting(at_least_zero, "weight decay")
    initial_accumulator_value = Setting(at_least_zero, "initial accumulator value")
    eps = Setting(at_least_zero, "eps")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.01,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.lr_decay = lr_decay
        self.weight_decay = weight_decay
        self.initial_accumulator_value = initial_accumulator_value
        self.eps = eps
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (self.initial_accumulator_value,)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        (total,) = state
        total = total + g * g
        rate = self.lr / (1.0 + (step - 1.0) * self.lr_decay) if is_on(self.lr_decay) else self.lr
        return p - rate * g / (sqrt(total) + self.eps), (total,)


class Adadelta(Optimizer):
    """Adadelta: p ← p - lr · Δ, Δ = √((u + eps) / (v + eps)) · g, with running means u of Δ² and v of g².

    M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Adadelta([w])
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.996838
    """

    lr = Setting(learning_rate)
    rho = Setting(below_one, "rho")
    eps = Setting(at_least_zero, "eps")
    weight_decay = Setting(at_least_zero, "weight decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.rho = rho
        self.eps = eps
        self.weight_decay = weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        v, u = state
        v = _mean_square(v, g, self.rho)
        move = sqrt((u + self.eps) / (v + self.eps)) * g
        return p - self.lr * move, (v, _mean_square(u, move, self.rho))


def _mean_square(mean: Any, number: Any, kept: float) -> Any:
    """Return a running mean of squares with one number more."""
    return kept * mean + (1.0 - kept) * number * number
