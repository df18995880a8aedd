"""Adam and its kin: steps of a size that the running mean of squared gradients sets."""

from __future__ import annotations

from typing import Any

from ..primitives import maximum, sqrt
from .arguments import ParametersOrRate
from .hyperparameters import Setting, at_least_zero, learning_rate, pair_of_betas
from .optimizer import Optimizer, State, decayed


class Adam(Optimizer):
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

    lr = Setting(learning_rate)
    betas = Setting(pair_of_betas)
    eps = Setting(at_least_zero, "eps")
    weight_decay = Setting(at_least_zero, "weight decay")

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0, 0.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        p, g = self._decayed(p, g)
        m, v, peak = state
        m, v = _running_means(m, v, g, self.betas)
        if self.amsgrad:
            peak = maximum(peak, v)
        beta1, beta2 = self.betas
        rate = self.lr / (1.0 - beta1**step)
        scale = sqrt((peak if self.amsgrad else v) / (1.0 - beta2**step)) + self.eps
        return p - rate * m / scale, (m, v, peak)

    def _decayed(self, p: Any, g: Any) -> tuple[Any, Any]:
        return p, decayed(p, g, self.weight_decay)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter itself: p ← (1 - lr · weight_decay) · p first.

    I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = AdamW([w], lr=0.25, weight_decay=0.2)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.7
    """

    def __init__(
        self,
        params: ParametersOrRate = None,
        lr: ParametersOrRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    def _decayed(self, p: Any, g: Any) -> tuple[Any, Any]:
        return (1.0 - self.lr * self.weight_decay) * p, g


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, which grows with the steps: μ = β₁ (1 - 0.96^(step · decay) / 2).

    T. Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop.

    >>> from autograd_scratch import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = NAdam([w], lr=0.25)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.735887
    """

    lr = Setting(learning_rate)
    betas = Setting(pair_of_betas)
    eps = Setting(at_least_zero, "eps")
    weight_decay = Setting(at_least_zero, "weight decay")
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
    ) -> None:
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum_decay = momentum_decay
        self.decoupled_weight_decay = decoupled_weight_decay
        super().__init__(params)

    def init(self, p: Any) -> State:
        return (0.0, 0.0, 1.0)

    def update(self, p: Any, g: Any, state: State, step: Any) -> tuple[Any, State]:
        if self.decoupled_weight_decay:
            p = (1.0 - self.lr * self.weight_decay) * p
        else:
            g = decayed(p, g, self.weight_decay)
        m, v, product = state
        m, v = _running_means(m, v, g, self.betas)
        mu, next_mu = self._momentum(step), self._momentum(step + 1.0)
        product = product * mu
        weighted = (1.0 - mu) / (1.0 - product) * g + next_mu / (1.0 - product * next_mu) * m
        scale = sqrt(v / (1.0 - self.betas[1] ** step)) + self.eps
        return p - self.lr * weighted / scale, (m, v, product)

    def _momentum(self, step: Any) -> Any:
        return self.betas[0] * (1.0 - 0.5 * 0.96 ** (self.momentum_decay * step))


def _running_means(m: Any, v: Any, g: Any, betas: tuple[float, float]) -> tuple[Any, Any]:
    """Return the running means of gradients and of their squares, with one gradient more."""
    beta1, beta2 = betas
    return beta1 * m + (1.0 - beta1) * g, beta2 * v + (1.0 - beta2) * g * g
