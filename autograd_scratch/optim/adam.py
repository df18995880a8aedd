"""Adam and its kin: steps of a size that the running mean of squared gradients sets."""

from __future__ import annotations

from typing import Any

from ..primitives import maximum, sqrt, where
from ..primitives.piecewise import less
from .arguments import ParametersOrRate
from .hyperparameters import Setting, at_least_zero, learning_rate, pair_of_betas
from .optimizer import Optimizer, State, decayed


class _OfMeans(Optimizer):
    """What Adam and its kin are set to."""

    lr = Setting(learning_rate)
    betas = Setting(pair_of_betas)
    eps = Setting(at_least_zero, "eps")
    weight_decay = Setting(at_least_zero, "weight decay")


class Adam(_OfMeans):
    """Adam: p ← p - lr · m̂ / (√v̂ + eps), with the unbiased running means m̂ of g and v̂ of g².

    `amsgrad` divides by the largest v so far. Weight decay is added to the gradient.

    D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; S. J. Reddi et al., "On
    the Convergence of Adam and Beyond", ICLR 2018.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Adam([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.75
    """

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        m, v, peak = state
        m, v = _running_means(m, v, g, self.betas)
        if self.amsgrad:
            peak = maximum(peak, v)
        beta1, beta2 = self.betas
        rate = self.lr / (1.0 - beta1**step)
        scale = sqrt((peak if self.amsgrad else v) / (1.0 - beta2**step)) + self.eps
        return p - rate * m / scale, (m, v, peak)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself: p ← (1 - lr · weight_decay) · p first.

    I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = AdamW([w], lr=0.25, weight_decay=0.2)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.7
    """

    decoupled_weight_decay = True

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


class NAdam(_OfMeans):
    """Adam with Nesterov's momentum, which grows with the steps: μ = β₁ (1 - 0.96^(step · decay) / 2).

    T. Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = NAdam([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.735887
    """

    momentum_decay = Setting(at_least_zero, "momentum decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.002,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 0.004,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum_decay = momentum_decay
        self.decoupled_weight_decay = decoupled_weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0, 1.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        m, v, product = state
        m, v = _running_means(m, v, g, self.betas)
        mu, next_mu = self._momentum(step), self._momentum(step + 1.0)
        product = product * mu
        weighted = (1.0 - mu) / (1.0 - product) * g + next_mu / (1.0 - product * next_mu) * m
        scale = sqrt(v / (1.0 - self.betas[1] ** step)) + self.eps
        return p - self.lr * weighted / scale, (m, v, product)

    def _momentum(self, step: Any) -> Any:
        return self.betas[0] * (1.0 - 0.5 * 0.96 ** (self.momentum_decay * step))


class RAdam(_OfMeans):
    """Adam that waits: p ← p - lr · m̂ · r / (√v̂ + eps), once v̂ is a mean of enough numbers to divide by.

    Their number is n = n∞ - 2 step β₂^step / (1 - β₂^step), with n∞ = 2 / (1 - β₂) - 1. Above 5 the factor
    is r = √((n - 4)(n - 2) n∞ / ((n∞ - 4)(n∞ - 2) n)), and up to there the step is lr · m̂. The weight
    decay is Adam's, or AdamW's with `decoupled_weight_decay`.

    L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = RAdam([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.5
    """

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.decoupled_weight_decay = decoupled_weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        m, v = state
        m, v = _running_means(m, v, g, self.betas)
        beta1, beta2 = self.betas
        forgotten = beta2**step
        longest = 2.0 / (1.0 - beta2) - 1.0
        length = longest - 2.0 * step * forgotten / (1.0 - forgotten)
        is_long = less(5.0, length)
        most, now = maximum(longest, 5.0), maximum(length, 5.0)  # what is not taken is to be finite too
        factor = (now - 4.0) * (now - 2.0) * most / ((most - 4.0) * (most - 2.0) * now)
        factor = where(is_long, sqrt(factor) * sqrt(1.0 - forgotten), 1.0)
        scale = where(is_long, sqrt(v) + self.eps, 1.0)
        return p - self.lr / (1.0 - beta1**step) * m * factor / scale, (m, v)


class Adamax(_OfMeans):
    """Adam with a largest gradient in place of a mean: p ← p - lr · m̂ / u, u ← max(β₂ u, |g| + eps).

    Weight decay is added to the gradient.

    D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 7.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = Adamax([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.75
    """

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.002,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.maximize = maximize
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = decayed(self, p, g)
        m, largest = state
        beta1, beta2 = self.betas
        m = beta1 * m + (1.0 - beta1) * g
        largest = maximum(beta2 * largest, abs(g) + self.eps)
        return p - self.lr / (1.0 - beta1**step) * m / largest, (m, largest)


def _running_means(m: Any, v: Any, g: Any, betas: tuple[float, float]) -> tuple[Any, Any]:
    """Return the running means of gradients and of their squares, with one gradient more."""
    beta1, beta2 = betas
    return beta1 * m + (1.0 - beta1) * g, beta2 * v + (1.0 - beta2) * g * g
