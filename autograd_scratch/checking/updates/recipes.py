"""The steps of the optimizers of this package as a person would write them: in lines, to be edited.

They are held against `update` of each optimizer by the tests. What is remembered from step to step is what
a line reads before one sets it; it starts at 0 where `start` says nothing else.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)

COUPLED = "g = g + weight_decay * w"
DECOUPLED = "w = w - lr * weight_decay * w"
PAIRS: Mapping[str, tuple[str, str]] = {  # settings that are two numbers, by what each is called
    "betas": ("beta1", "beta2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("shortest", "longest"),
}


@dataclass(frozen=True)
class Recipe:
    """A step in lines, its settings, how what it remembers starts, and in what it is no usual step.

    What is `shared` is remembered once for all parameters; a step that `repeats` is taken twice.
    """

    lines: tuple[str, ...]
    settings: Mapping[str, float]
    start: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    repeats: bool = False


def recipe_of(optimizer: Optimizer) -> Recipe | None:
    r"""Return the step of an optimizer in lines; None for one that is not of this package.

    >>> print(*recipe_of(Adam(lr=0.1, weight_decay=0.01)).lines, sep="\n")
    g = g + weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (sqrt(v_hat) + eps)
    """
    written = _WRITTEN.get(type(optimizer))
    if written is None:
        return None
    start = dict(_STARTS.get(type(optimizer), {}))
    if isinstance(optimizer, Adagrad) and optimizer.initial_accumulator_value:
        start["s"] = repr(optimizer.initial_accumulator_value)
    upward = ["g = -g"] if getattr(optimizer, "maximize", False) else []
    return Recipe((*upward, *written(optimizer)), settings_of(optimizer), start)


def with_rates(recipe: Recipe) -> tuple[Recipe, Recipe]:
    """Return a step with momentum whose learning rate changes, outside of the velocity and inside of it.

    >>> follows, folded = with_rates(recipe_of(SGD(lr=0.1, momentum=0.9)))
    >>> follows.lines, folded.lines
    (('v = momentum * v + g', 'w = w - rate * v'), ('v = momentum * v + rate * g', 'w = w - v'))
    """
    *before, last = (re.sub(r"\blr\b", "rate", line) for line in recipe.lines)
    inside = [re.sub(r"^(\w+ = momentum \* \w+ \+) ", r"\1 rate * ", line) for line in before]
    ahead = re.sub(r"rate \* \(g \+", "(rate * g +", last)
    own = ahead if ahead != last else last.replace("rate * ", "")
    return replace(recipe, lines=(*before, last)), replace(recipe, lines=(*inside, own))


def settings_of(optimizer: Optimizer) -> dict[str, float]:
    """Return the settings of an optimizer that are numbers, a pair of them as two.

    >>> settings_of(Adam(lr=0.1))
    {'lr': 0.1, 'beta1': 0.9, 'beta2': 0.999, 'eps': 1e-08, 'weight_decay': 0.0}
    """
    found: dict[str, float] = {}
    for name in inspect.signature(type(optimizer)).parameters:
        setting = getattr(optimizer, name, None)
        if isinstance(setting, tuple):
            found |= zip(PAIRS[name], setting)
        elif isinstance(setting, float):
            found[name] = setting
    return found


def flagged(optimizer: Optimizer) -> dict[str, Any]:
    """Return the settings of an optimizer, with those that are true or false.

    >>> flagged(SGD(lr=0.1))["nesterov"]
    False
    """
    names = inspect.signature(type(optimizer)).parameters
    flags = {name: getattr(optimizer, name, None) for name in names}
    return settings_of(optimizer) | {name: x for name, x in flags.items() if isinstance(x, bool)}


def by_argument(settings: Mapping[str, float], usual: Optimizer) -> dict[str, Any]:
    """Return settings as an optimizer takes them, two numbers as a pair; one that is missing is as usual.

    >>> by_argument({"lr": 0.1, "beta2": 0.99}, Adam(lr=0.01))
    {'lr': 0.1, 'betas': (0.9, 0.99)}
    """
    own: dict[str, Any] = dict(settings)
    for pair, names in PAIRS.items():
        numbers = [own.pop(name, None) for name in names]
        if numbers != [None, None]:
            usual_ones = getattr(usual, pair)
            own[pair] = tuple(y if x is None else x for x, y in zip(numbers, usual_ones))
    return own


def _sgd(o: Any) -> Iterator[str]:
    yield from _coupled(o)
    if not o.momentum:
        yield "w = w - lr * g"
        return
    if o.dampening:
        yield "v = g if t == 1 else momentum * v + (1 - dampening) * g"
    else:
        yield "v = momentum * v + g"
    yield "w = w - lr * (g + momentum * v)" if o.nesterov else "w = w - lr * v"


def _adam(o: Any) -> Iterator[str]:
    yield from _decoupled(o) if isinstance(o, AdamW) else _coupled(o)
    yield "m = beta1 * m + (1 - beta1) * g"
    yield "v = beta2 * v + (1 - beta2) * g**2"
    if o.amsgrad:
        yield "peak = max(peak, v)"
    yield "m_hat = m / (1 - beta1**t)"
    yield f"v_hat = {'peak' if o.amsgrad else 'v'} / (1 - beta2**t)"
    yield "w = w - lr * m_hat / (sqrt(v_hat) + eps)"


def _nadam(o: Any) -> Iterator[str]:
    yield from _decoupled(o) if o.decoupled_weight_decay else _coupled(o)
    yield "mu = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))"
    yield "mu_next = beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))"
    yield "product = product * mu"
    yield "m = beta1 * m + (1 - beta1) * g"
    yield "v = beta2 * v + (1 - beta2) * g**2"
    yield "m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)"
    yield "v_hat = v / (1 - beta2**t)"
    yield "w = w - lr * m_hat / (sqrt(v_hat) + eps)"


def _radam(o: Any) -> Iterator[str]:
    yield from _decoupled(o) if o.decoupled_weight_decay else _coupled(o)
    yield "m = beta1 * m + (1 - beta1) * g"
    yield "v = beta2 * v + (1 - beta2) * g**2"
    yield "m_hat = m / (1 - beta1**t)"
    yield "d = (sqrt(v) + eps) / sqrt(1 - beta2**t)"
    yield "most = 2 / (1 - beta2) - 1"
    yield "n = most - 2 * t * beta2**t / (1 - beta2**t)"
    yield "r = sqrt((n - 4) * (n - 2) * most / ((most - 4) * (most - 2) * n)) if n > 5 else 0"
    yield "w = w - lr * (r * m_hat / d if n > 5 else m_hat)"


def _adamax(o: Any) -> Iterator[str]:
    yield from _coupled(o)
    yield "m = beta1 * m + (1 - beta1) * g"
    yield "u = max(beta2 * u, abs(g) + eps)"
    yield "m_hat = m / (1 - beta1**t)"
    yield "w = w - lr * m_hat / u"


def _lion(o: Any) -> Iterator[str]:
    yield from _decoupled(o)
    yield "c = beta1 * m + (1 - beta1) * g"
    yield "w = w - lr * sign(c)"
    yield "m = beta2 * m + (1 - beta2) * g"


def _rprop(o: Any) -> Iterator[str]:
    yield "turn = former * g"
    yield "s = s * (eta_plus if turn > 0 else eta_minus if turn < 0 else 1)"
    yield "s = min(max(s, shortest), longest)"
    yield "g = 0 if turn < 0 else g"
    yield "w = w - s * sign(g)"
    yield "former = g"


def _rmsprop(o: Any) -> Iterator[str]:
    yield from _coupled(o)
    yield "v = alpha * v + (1 - alpha) * g**2"
    if o.centered:
        yield "m = alpha * m + (1 - alpha) * g"
    move = f"g / (sqrt({'max(v - m**2, 0)' if o.centered else 'v'}) + eps)"
    if o.momentum:
        yield f"b = momentum * b + {move}"
    yield f"w = w - lr * {'b' if o.momentum else move}"


def _adagrad(o: Any) -> Iterator[str]:
    yield from _coupled(o)
    yield "s = s + g**2"
    rate = "lr / (1 + (t - 1) * lr_decay)" if o.lr_decay else "lr"
    yield f"w = w - {rate} * g / (sqrt(s) + eps)"


def _adadelta(o: Any) -> Iterator[str]:
    yield from _coupled(o)
    yield "v = rho * v + (1 - rho) * g**2"
    yield "d = sqrt((u + eps) / (v + eps)) * g"
    yield "u = rho * u + (1 - rho) * d**2"
    yield "w = w - lr * d"


def _coupled(o: Any) -> list[str]:
    return [COUPLED] if o.weight_decay else []


def _decoupled(o: Any) -> list[str]:
    return [DECOUPLED] if o.weight_decay else []


_WRITTEN: Mapping[type, Callable[[Any], Iterator[str]]] = {
    SGD: _sgd,
    Adam: _adam,
    AdamW: _adam,
    NAdam: _nadam,
    RAdam: _radam,
    Adamax: _adamax,
    Lion: _lion,
    Rprop: _rprop,
    RMSprop: _rmsprop,
    Adagrad: _adagrad,
    Adadelta: _adadelta,
}
_STARTS: Mapping[type, Mapping[str, str]] = {NAdam: {"product": "1"}, Rprop: {"s": "lr"}}
