"""A whole model: layers, a loss, and what is done to the loss in the end; its gradients by hand."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import targets
from .dense import back, through
from .draw import Draw
from .families import FAMILIES, OFTEN


class Case(NamedTuple):
    name: str
    loss: Callable[..., Any]
    at: dict[str, np.ndarray]
    hand: dict[str, np.ndarray]
    dtype: type
    kinks: tuple[str, ...]  # which function met its kink, and how often


class Penalty(NamedTuple):
    """strength * sum(w ** 2) over some parameters."""

    strength: float
    names: list

    def value(self, p):
        return sum(self.strength * np.sum(p[name] ** 2) for name in self.names)


class Model(NamedTuple):
    """factor * (loss + penalty) + offset."""

    layers: list
    x: Any
    loss: Any
    penalty: Penalty
    factor: float
    offset: float
    late: bool  # factors are multiplied into the gradients, not into the first delta

    def value(self, **p):
        value = self.loss.value(through(self.layers, p, self.x)[0])
        if self.penalty.names:
            value = value + self.penalty.value(p)
        if self.factor != 1:
            value = self.factor * value
        return value + self.offset if self.offset else value

    def gradients(self, p):
        out, caches = through(self.layers, p, self.x)
        delta = self.loss.delta(out)
        factor = self.factor * self.loss.factor
        gradients = {}
        back(self.layers, p, delta if self.late else delta * factor, caches, gradients)
        if self.late:
            gradients = {name: gradient * factor for name, gradient in gradients.items()}
        for name in self.penalty.names:
            gradients[name] = gradients[name] + self.factor * 2 * self.penalty.strength * p[name]
        return gradients


def drawn(seed, index):
    """Draw a case until its loss and its gradients are finite."""
    attempt = 0
    while True:
        rng = np.random.default_rng([seed, index, attempt])
        with np.errstate(all="ignore"):
            case = attempted(rng, f"#{seed}.{index}")
            if all(np.isfinite(a).all() for a in (case.loss(**case.at), *case.hand.values())):
                return case
        attempt += 1


def attempted(rng, number):
    family = OFTEN[rng.integers(len(OFTEN))]
    draw = Draw(rng, family)
    network, losses = FAMILIES[family]
    kind = draw.pick(losses)
    layers, x, samples = network(draw, outputs(draw, kind))
    if kind in ("squared", "absolute") and draw.chance(0.35):
        layers.append(draw.activation())
    loss = targets.loss(draw, kind, through(layers, draw.params, x)[0], samples)
    model = Model(layers, x, loss, penalty(draw), factor(draw), offset(draw), draw.chance(0.4))
    hand = model.gradients(draw.params)
    hand = {name: np.asarray(gradient, dtype=draw.dtype) for name, gradient in hand.items()}
    hand = {name: hand[name] for name in asked(draw, list(hand))}
    at = {name: draw.params[name] for name in shuffled(draw, list(draw.params))}
    return Case(
        f"{told(draw, family, model)} {number}", model.value, at, hand, draw.dtype, draw.kinks.told()
    )


def outputs(draw, kind):
    if kind == "classes":
        return draw.integer(2, 5) if draw.chance(0.95) else 1
    return 1 if kind == "hinge" and draw.chance(0.7) else draw.integer(1, 4)


def penalty(draw):
    if not draw.chance(0.2):
        return Penalty(0.0, [])
    strength = float(10 ** draw.rng.uniform(-4, 1)) * draw.pick([1, 1 / 2, 1 / (2 * draw.samples)])
    draw.notes.append(f"l2 {strength:.1e}")
    return Penalty(strength, draw.weights if draw.chance(0.8) else list(draw.params))


def factor(draw):
    if not draw.chance(0.35):
        return 1.0
    exponent = draw.integer(-12, 12)
    draw.notes.append(f"loss*1e{exponent}")
    return 10.0**exponent


def offset(draw):
    if not draw.chance(0.15):
        return 0.0
    size = draw.pick([-1, 1]) * 10.0 ** draw.rng.uniform(0, 6 if draw.dtype is np.float32 else 12)
    draw.notes.append(f"loss{size:+.1e}")
    return float(size)


def asked(draw, names):
    """Leave some gradients out, sometimes: nobody has to write them all."""
    if len(names) < 3 or not draw.chance(0.06):
        return names
    draw.notes.append("some")
    return [names[0], *(name for name in names[1:] if draw.chance(0.6))]


def shuffled(draw, names):
    if draw.chance(0.2):
        draw.rng.shuffle(names)
    return names


def told(draw, family, model):
    """Say in one line how a model was drawn."""
    parts = [family, f"N={draw.samples}", "-".join(layer.name for layer in model.layers), model.loss.name]
    parts += [f"b{draw.bias_form}" if draw.biased else "no b", "late" if model.late else "early"]
    return " ".join([*parts, *["loop"] * draw.loop, *draw.notes, np.dtype(draw.dtype).name])
