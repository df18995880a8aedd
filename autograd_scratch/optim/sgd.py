"""Gradient descent, with or without momentum, and with an average of where it has been."""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from ..primitives import maximum, where
from ..primitives.piecewise import equal
from ..value import Value
from .arguments import ParametersOrRate
from .hyperparameters import Setting, at_least_zero, learning_rate
from .optimizer import Optimizer, State, decayed, is_on


def _nesterov(nesterov: Any, owner: Any) -> bool:
    if nesterov and (owner.momentum == 0.0 or owner.dampening != 0.0):
        raise DataError("Nesterov's variant needs momentum, and no dampening: write momentum=0.9")
    return bool(nesterov)


class SGD(Optimizer):
    """Gradient descent: p ← p - lr · g, with momentum, Nesterov's variant of it, and weight decay.

    `params` are a model or its parameters; without, `step(model)` and `fit` say which. With `momentum` the
    velocity v ← momentum · v + (1 - dampening) · g, at first g, takes the place of g. `weight_decay` adds
    weight_decay · p to g. With `maximize` it goes up: the sign of g is turned first, as in all optimizers
    here. A setting that is negative is a RangeError.

    H. Robbins, S. Monro, "A Stochastic Approximation Method", 1951; B. T. Polyak, "Some Methods of Speeding
    Up the Convergence of Iteration Methods", 1964; I. Sutskever et al., "On the Importance of
    Initialization and Momentum in Deep Learning", ICML 2013.

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
    nesterov = Setting(_nesterov)

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = None,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.momentum = momentum
        self.dampening = dampening
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0,)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        if is_on(self.momentum):
            (velocity,) = state
            velocity = self.momentum * velocity + self._damped(g, step)
            state = (velocity,)
            g = g + self.momentum * velocity if self.nesterov else velocity
        return p - self.lr * g, state

    def _damped(self, g: Any, step: Any) -> Any:
        """Return what a gradient adds to the velocity: at the first step all of it."""
        return where(equal(step, 1.0), g, (1.0 - self.dampening) * g) if is_on(self.dampening) else g


class ASGD(Optimizer):
    """Gradient descent that is averaged: p ← (1 - lambd · η) p - η g, with η = lr / (1 + lambd lr t)^alpha.

    t counts the steps before. `average(p)` is the mean of p over the steps after t0 + 1, and p until then.
    Weight decay is added to the gradient.

    B. T. Polyak, A. B. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = ASGD([w], lr=0.25, lambd=0.0, t0=0)
    >>> for _ in range(2):
    ...     optimizer.zero_grad(); (w * w).backward(); optimizer.step()
    >>> w.data, optimizer.average(w)
    (0.25, 0.25)
    """

    lr = Setting(learning_rate)
    lambd = Setting(at_least_zero, "lambd")
    alpha = Setting(at_least_zero, "alpha")
    t0 = Setting(at_least_zero, "t0")
    weight_decay = Setting(at_least_zero, "weight decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.01,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.lambd = lambd
        self.alpha = alpha
        self.t0 = t0
        self.weight_decay = weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (self.lr, 1.0, p)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        eta, share, average = state
        p = (1.0 - self.lambd * eta) * p - eta * g
        average = where(equal(share, 1.0), p, average + share * (p - average))
        eta = self.lr / (1.0 + self.lambd * self.lr * step) ** self.alpha
        return p, (eta, 1.0 / maximum(1.0, step - self.t0), average)

    def average(self, p: Value) -> float:
        """Return the mean of a parameter over the steps after t0 + 1."""
        _, (_, _, average) = self.recall(p)
        return float(average)
