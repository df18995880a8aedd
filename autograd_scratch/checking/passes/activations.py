"""Activations, recognised by what they compute, however they are written.

A region goes from an array to another of the same size, each entry of which depends on one entry of the
first and on constants. `1 / (1 + np.exp(-z))` is four steps and one region, and is found to be a sigmoid
because its numbers are those of a sigmoid.
"""

import math
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from math import exp

from ... import primitives
from ...primitives import Primitive, activations, exponential
from ...stepping.groups import Step
from ...stepping.sites import line_after
from ...wording import Line
from .forward import Forward

_LONGEST = 16  # steps of a region


@dataclass(frozen=True)
class Activation:
    """A function with its derivative, and that as people write it with the output."""

    name: str
    rule: Primitive
    parameters: tuple[float, ...] = ()
    from_output: Callable[[float], float] | None = None
    formula: str = ""  # of the derivative, from the output {a}

    def value(self, x: float) -> float:
        return self.rule.evaluate(x, *self.parameters)

    def slope(self, x: float) -> float:
        return self.rule.linearize(x, *self.parameters)[1][0]

    def written(self, a: str, z: str) -> str:
        """Write the derivative, of the output `a` for the input `z`."""
        return self.formula.format(a=a) if self.formula else f"{self.name}'{_called_with(z)}"


def _called_with(z: str) -> str:
    """Return an argument in parentheses."""
    return z if z.startswith("(") and z.endswith(")") else f"({z})"


ACTIVATIONS = (
    Activation("sigmoid", primitives.sigmoid, (), lambda a: a * (1.0 - a), "{a} * (1 - {a})"),
    Activation("tanh", primitives.tanh, (), lambda a: 1.0 - a * a, "(1 - {a} ** 2)"),
    Activation("relu", primitives.relu, (), lambda a: float(a > 0.0), "({a} > 0)"),
    Activation("softplus", exponential.softplus_p, (), lambda a: 1.0 - exp(-a) if a > -700.0 else 0.0),
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
    Activation("abs", primitives.abs_),
    Activation("sin", primitives.sin),
    Activation("atan", primitives.atan),
    Activation("erf", primitives.erf),
)

ELEMENTARY = {
    each.name: each
    for each in (
        Activation("exp", primitives.exp, (), lambda a: a, "{a}"),
        Activation("log", primitives.log),
        Activation("sqrt", primitives.sqrt, (), lambda a: 0.5 / a if a else 0.0, "1 / (2 * {a})"),
        Activation("square", primitives.square),
        Activation("log1p", primitives.log1p),
        Activation("expm1", primitives.expm1),
        Activation("cos", primitives.cos),
    )
}  # parts of other functions, or on their own


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


@dataclass(frozen=True, eq=False)
class Region:
    """An elementwise function from some nodes to the nodes of a step."""

    forward: Forward
    step: Step
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    activation: Activation | None
    sign: float = 1.0  # of the input: 1 / (1 + exp(u)) is the sigmoid of -u

    def apart(self, steps: Sequence[Step]) -> "Iterator[Region]":
        """Yield the regions of the steps that were joined to find this one."""
        start = dict(zip(self.outputs, self.inputs))
        for step in steps:
            ins = tuple(start[i] for i in step.alive)
            yield Region(self.forward, step, ins, step.alive, self.activation, self.sign)

    def between(self) -> list[int]:
        """Return the nodes on the way from the first input to the first output, both left out."""
        way, node = [], self.forward.sources[self.outputs[0]]
        while node not in (self.inputs[0], -1):
            way.append(node)
            node = self.forward.sources[node]
        return way

    @property
    def line(self) -> Line | None:
        """The line where the function is written or called."""
        source = self.forward.steps.of.get(self.inputs[0])
        return line_after(self.step.site, source.site if source else None)

    @property
    def name(self) -> str:
        """What the function is called."""
        if self.activation:
            return self.activation.name
        return self.forward.steps.written(self.step) or self.step.primitive

    @property
    def is_activation(self) -> bool:
        """Whether it is one of those that have a name."""
        return self.activation is not None and self.activation.name not in ELEMENTARY

    @property
    def told(self) -> str:
        """What the function is called in a sentence."""
        return f"`{self.name}`" if self.activation else "a function"

    @cached_property
    def x(self) -> list[float]:
        """The numbers that go in."""
        return [self.sign * self.forward.nodes[i]._data for i in self.inputs]

    @cached_property
    def out(self) -> list[float]:
        """The numbers that come out."""
        return [self.forward.nodes[i]._data for i in self.outputs]

    @cached_property
    def slopes(self) -> list[float]:
        """The derivative of each entry."""
        if self.activation:
            return [self.sign * self.activation.slope(x) for x in self.x]
        pairs = zip(self.inputs, self.outputs)
        return [_slope(self.forward, start, end) for start, end in pairs]

    @property
    def input_symbol(self) -> str:
        """The variable that holds the input, or z."""
        step = self.forward.steps.of.get(self.inputs[0])
        return self.forward.steps.symbol(step, "z") if step else "z"

    @property
    def argument(self) -> str:
        """What the function is applied to."""
        return f"(-{self.input_symbol})" if self.sign < 0.0 else self.input_symbol

    @property
    def output_symbol(self) -> str:
        """The variable that holds the output, or a; the call, if that holds the input as well."""
        symbol, z = self.forward.steps.symbol(self.step, "a"), self.input_symbol
        return f"({self.name}({z}))" if symbol == z else symbol

    @property
    def derivative(self) -> str:
        """The derivative as people write it."""
        z, a = self.argument, self.output_symbol
        return self.activation.written(a, z) if self.activation else f"(d {a} / d {z})"

    @property
    def output_name(self) -> str:
        """What a person calls the output."""
        return self.forward.steps.called(self.step)


def _slope(forward: Forward, start: int, end: int) -> float:
    """Return d end / d start, where `end` depends on `start` alone."""
    adjoints, pending = {end: 1.0}, [-end]
    while pending and pending[0] != -start:
        i = -heappop(pending)
        for parent, slope in forward.edges[i]:
            if parent not in adjoints:
                heappush(pending, -parent)
            adjoints[parent] = adjoints.get(parent, 0.0) + adjoints[i] * slope
    return adjoints.get(start, 0.0)


def regions(forward: Forward) -> list[Region]:
    """Return the activations of a forward pass, and other elementwise functions between two layers."""
    found: list[Region] = []
    for steps in forward.steps.at.values():
        for layer in forward.steps.layers(steps):
            widest = _widest(forward, forward.steps.joined(layer))
            if widest is not None:
                found += widest.apart(layer)
    named = [region for region in found if region.activation]
    ends = {region.outputs[0] for region in named}
    named = [
        region for region in named if ends.isdisjoint(region.between())
    ]  # 1 - a is no sigmoid of its own
    known = {region.inputs for region in named}
    inside = {i for region in named for i in region.between()} | {region.outputs[0] for region in named}
    return [
        *named,
        *(each for each in _elementary(forward) if inside.isdisjoint(each.outputs)),
        *(region for region in found if not region.activation and region.inputs not in known),
    ]


def _elementary(forward: Forward) -> Iterator[Region]:
    """Yield the steps that are an elementary function."""
    for step in forward.steps.all:
        if step.primitive in ELEMENTARY:
            inputs = [parent for i in step.alive for parent, _ in forward.edges[i]]
            if len(inputs) == len({*inputs}) == len(step.alive):
                yield Region(forward, step, tuple(inputs), step.alive, ELEMENTARY[step.primitive])


def inner_parts(forward: Forward, known: Sequence[Region]) -> Iterator[list[Region]]:
    """Yield what activations compute on the way, by instructions: the x + 0.044715 x^3 of a GELU."""
    inputs, outputs = ({getattr(each, end) for each in known} for end in ("inputs", "outputs"))
    for steps in forward.steps.at.values():
        for layer in forward.steps.layers(steps):
            parts = [*filter(None, (_part(forward, step, inputs) for step in layer))]
            curved = any(max(each.slopes) - min(each.slopes) > 1e-9 for each in parts)
            if curved and len(parts) == len(layer) and parts[0].outputs not in outputs:
                yield parts


def _part(forward: Forward, step: Step, inputs: Container[tuple[int, ...]]) -> Region | None:
    """Return the function from the input of an activation to a step, if it is one."""
    starts = step.alive
    for _ in range(_LONGEST):
        starts = tuple(forward.sources[i] for i in starts)
        if min(starts) < 0 or len({*starts}) < len(starts):
            return None
        if starts in inputs:
            return Region(forward, step, starts, step.alive, None)
    return None


def _widest(forward: Forward, step: Step) -> Region | None:
    """Return the region from farthest away that is an activation, or else lies between two layers."""
    widest = None
    inputs = step.alive
    outs = [forward.nodes[i]._data for i in step.alive]
    for _ in range(_LONGEST):
        inputs = tuple(forward.sources[i] for i in inputs)
        if min(inputs) < 0 or len(set(inputs)) < len(inputs):
            break
        if len({forward.steps.key_of(i) for i in inputs}) > 1:
            continue
        xs = [forward.nodes[i]._data for i in inputs]
        for sign in (1.0, -1.0):
            known = None if step.primitive == "exp" else _known([sign * x for x in xs], outs)
            if known:
                widest = Region(forward, step, inputs, step.alive, known, sign)
                break
        else:
            if widest is None and _is_between_layers(forward, inputs[0], step.alive[0]):
                widest = Region(forward, step, inputs, step.alive, None)
    return widest


def _known(xs: Sequence[float], outs: Sequence[float]) -> Activation | None:
    """Return the activation that gives these numbers: some are tried first, then all."""
    some = sorted({0, xs.index(min(xs)), xs.index(max(xs)), len(xs) // 2})
    known = recognised([xs[i] for i in some], [outs[i] for i in some])
    return known and recognised(xs, outs)


def _is_between_layers(forward: Forward, start: int, end: int) -> bool:
    """Say whether a function comes after one layer's sum, and before another's."""
    above = {forward.nodes[i].primitive.name for i in forward.consumers[end]}
    return "dot" in above and forward.sources[start] < 0 and forward.nodes[start].primitive is not None
