"""Gradient descent, with or without momentum."""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from ..primitives import where
from ..primitives.piecewise import equal
from .arguments import ParametersOrRate
from .hyperparameters import Setting, at_least_zero, learning_rate
from .optimizer import Optimizer, State, decayed, is_on


class SGD(Optimizer):
    """Gradient descent: p ← p - lr · g, with momentum, Nesterov's variant of it, and weight decay.

    `params` are a model or its parameters; without, `step(model)` and `fit` say which. With `momentum` the
    velocity v ← momentum · v + (1 - dampening) · g, at first g, takes the place of g. `weight_decay` adds
    weight_decay · p to g. A setting that is negative is a RangeError.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = SGD([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); w.data
    0.5
    """

    lr = Setting(learning_rate)
    momentum = Setting(at_least_zero, "momentum")
    dampening = Setting(at_least_zero, "dampening")
    weight_decay = Setting(at_least_zero, "weight decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = None,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        self.lr = lr
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        if nesterov and (self.momentum == 0.0 or self.dampening != 0.0):
            raise DataError("Nesterov's variant needs momentum, and no dampening: write momentum=0.9")
        self.weight_decay = weight_decay
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0,)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        g = decayed(p, g, self.weight_decay)
        if is_on(self.momentum):
            (velocity,) = state
            velocity = self.momentum * velocity + self._damped(g, step)
            state = (velocity,)
            g = g + self.momentum * velocity if self.nesterov else velocity
        return p - self.lr * g, state

    def _damped(self, g: Any, step: Any) -> Any:
        """Return what a gradient adds to the velocity: at the first step all of it."""
        return where(equal(step, 1.0), g, (1.0 - self.dampening) * g) if is_on(self.dampening) else g
