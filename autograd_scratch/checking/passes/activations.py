"""Activations, recognised by what they compute, however they are written.

A region goes from an array to another of the same size, each entry of which depends on one entry of the
first and on constants. `1 / (1 + np.exp(-z))` is four steps and one region, and is found to be a sigmoid
because its numbers are those of a sigmoid.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

from ...stepping.groups import Step
from ...stepping.sites import line_after
from ...wording import Line
from .forward import Forward
from .functions import ELEMENTARY, Activation, elementary_of, recognised

_LONGEST = 16  # steps of a region


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

    @cached_property
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

    @cached_property
    def input_symbol(self) -> str:
        """The variable that holds the input, or z."""
        start = self.inputs[0]
        step = self.forward.steps.of.get(start)
        if step:
            return self.forward.steps.symbol(step, "z")
        return next((block.name for block in self.forward.blocks.values() if start in block.nodes), "z")

    @property
    def argument(self) -> str:
        """What the function is applied to."""
        return f"(-{self.input_symbol})" if self.sign < 0.0 else self.input_symbol

    @cached_property
    def output_symbol(self) -> str:
        """The variable that holds the output, or a; the call, if that holds the input as well."""
        symbol, z = self.forward.steps.symbol(self.step, "a"), self.input_symbol
        return f"({self.name}({z}))" if symbol == z else symbol

    @cached_property
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
    return [*named, *(region for region in found if not region.activation and region.inputs not in known)]


def elementary(forward: Forward, known: Sequence[Region]) -> Iterator[Region]:
    """Yield the steps that are an elementary function, and no part of an activation."""
    named = [region for region in known if region.activation]
    inside = {i for region in named for i in (*region.between(), region.outputs[0])}
    for step in forward.steps.all:
        function = elementary_of(forward.nodes[step.alive[0]].primitive)
        if function:
            inputs = [parent for i in step.alive for parent, _ in forward.edges[i]]
            if len(inputs) == len({*inputs}) == len(step.alive) and inside.isdisjoint(step.alive):
                yield Region(forward, step, tuple(inputs), step.alive, function)


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
