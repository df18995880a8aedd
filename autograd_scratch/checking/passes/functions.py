"""Activations and elementary functions, recognised by the numbers that they give."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

from ... import primitives
from ...primitives import Primitive, activations, exponential
from ...wording import number


@dataclass(frozen=True)
class Activation:
    """A function with its derivative, and that as people write it with the output."""

    name: str
    rule: Primitive
    parameters: tuple[float, ...] = ()
    from_output: Callable[[float], float] | None = None
    formula: str = ""  # of the derivative, from the output {a} or the input {z}
    exponent: float | None = None  # of a power

    def value(self, x: float) -> float:
        return self.rule.evaluate(x, *self.parameters)

    def slope(self, x: float) -> float:
        return self.rule.linearize(x, *self.parameters)[1][0]

    def written(self, a: str, z: str) -> str:
        """Write the derivative, of the output `a` for the input `z`."""
        return self.formula.format(a=a, z=z) if self.formula else self.at(z)

    def at(self, z: str) -> str:
        """Write the derivative as that of the function, at `z`."""
        return f"{self.name}'{z}" if z.startswith("(") and z.endswith(")") else f"{self.name}'({z})"


ACTIVATIONS = (
    Activation("sigmoid", primitives.sigmoid, (), lambda a: a * (1.0 - a), "{a} * (1 - {a})"),
    Activation("tanh", primitives.tanh, (), lambda a: 1.0 - a * a, "(1 - {a} ** 2)"),
    Activation("relu", primitives.relu, (), lambda a: float(a > 0.0), "({a} > 0)"),
    Activation(
        "softplus",
        exponential.softplus_p,
        (),
        lambda a: 1.0 - exp(-a) if a > -700.0 else 0.0,
        "(1 - exp(-{a}))",
    ),
    Activation("silu", primitives.silu),
    Activation("gelu", activations.gelu_p),
    Activation("gelu_tanh", activations.gelu_tanh_p),
    Activation("selu", primitives.selu),
    Activation("softsign", primitives.softsign),
    Activation("mish", primitives.mish),
    Activation("hard_tanh", activations.hard_tanh_p, (-1.0, 1.0)),
    Activation("hard_sigmoid", primitives.hard_sigmoid),
    Activation("relu6", primitives.relu6),
    Activation("hard_swish", primitives.hard_swish),
    Activation("abs", primitives.abs_, formula="sign({z})"),
    Activation("sin", primitives.sin),
    Activation("atan", primitives.atan),
    Activation("erf", primitives.erf),
)

ELEMENTARY = {
    each.name: each
    for each in (
        Activation("exp", primitives.exp, (), lambda a: a, "{a}"),
        Activation("log", primitives.log, formula="(1 / {z})"),
        Activation("sqrt", primitives.sqrt, (), lambda a: 0.5 / a if a else 0.0, "(1 / (2 * {a}))"),
        Activation("square", primitives.square, formula="2 * {z}", exponent=2.0),
        Activation("log1p", primitives.log1p),
        Activation("expm1", primitives.expm1),
        Activation("cos", primitives.cos),
    )
}  # parts of other functions, or on their own


def elementary_of(primitive: Primitive) -> Activation | None:
    """Return the elementary function that a primitive is, if it is one."""
    if not primitive.name.startswith("power["):
        return ELEMENTARY.get(primitive.name)
    power = primitive.name.removeprefix("power[").removesuffix("]")
    if float(power) == 2.0:
        return ELEMENTARY["square"]
    text = number(float(power))
    formula = f"{text} * {{z}} ** {number(float(power) - 1.0)}"
    return Activation(f"** {text}", primitive, formula=formula, exponent=float(power))


def recognised(xs: Sequence[float], outs: Sequence[float]) -> Activation | None:
    """Return the activation that gives these numbers, or None."""
    if _is_linear(xs, outs):
        return None
    alike = [known for known in ACTIVATIONS if _gives(known, xs, outs)]
    if alike:  # far out several are nearly 0
        return min(alike, key=lambda known: _mismatch(known, xs, outs))
    below = next(((x, a) for x, a in zip(xs, outs) if x < 0.0), None)
    if below is None or len(set(xs)) < 3:
        return None
    x, a = below
    fallen = math.expm1(x)
    slope, height = a / x, a / fallen if fallen else 0.0
    for bent in (
        Activation("leaky_relu", activations.leaky_relu_p, (slope,)),
        Activation("elu", activations.elu_p, (height,), lambda a: 1.0 if a > 0.0 else a + height),
    ):
        if any(x > 0.0 for x in xs) and 0.0 < bent.parameters[0] < 4.0 and _gives(bent, xs, outs):
            return bent
    return None


def _is_linear(xs: Sequence[float], outs: Sequence[float]) -> bool:
    """Say whether these numbers show one piece of a function only: all as they are, or all negated."""
    return any(all(_is_near(sign * x, x, a) for x, a in zip(xs, outs)) for sign in (1.0, -1.0))


def _gives(activation: Activation, xs: Sequence[float], outs: Sequence[float]) -> bool:
    """Say whether a function gives these numbers, up to rounding, as it is most often written."""
    return all(_is_near(activation.value(x), x, out) for x, out in zip(xs, outs))


def _is_near(value: float, x: float, out: float) -> bool:
    """Say whether a function that gives a value for x gives `out` up to rounding, or a tiny constant."""
    return abs(value - out) <= 1e-11 * abs(out) + 1e-13 * min(1.0, abs(x))


def _mismatch(activation: Activation, xs: Sequence[float], outs: Sequence[float]) -> float:
    """Return how far a function is from these numbers at the worst, relative to them."""
    pairs = ((activation.value(x), out) for x, out in zip(xs, outs))
    return max((abs(a - b) / (abs(a) + abs(b)) for a, b in pairs if a != b), default=0.0)
