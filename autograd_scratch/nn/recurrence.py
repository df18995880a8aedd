"""What layers and cells over time have in common: weights by gates, and states that are given or zeros."""

import math
from random import Random
from typing import Any

from ..errors import DataError, ShapeError
from ..ieee import describe
from .parameter import Parameter
from .shapes import Shape, as_lists, nested
from .sizes import flag, size
from .standard import Standard
from .steps import Kind, Rows, Weights


class Recurrent(Standard):
    """Holds the weights of a step of some kind; a layer has several such, told apart by a suffix."""

    kind: Kind

    def __init__(self, input_size: int, hidden_size: int, bias: bool) -> None:
        name = type(self).__name__
        self.input_size = size(input_size, f"input_size of {name}")
        self.hidden_size = size(hidden_size, f"hidden_size of {name}")
        self.bias = flag(bias, f"bias of {name}")

    def add_weights(self, inputs: int, outputs: int, suffix: str = "") -> None:
        """Make the weights of a step, which is given this many inputs and as many of its own outputs."""
        rows = self.kind.gates * self.hidden_size
        shapes: dict[str, Shape] = {"weight_ih": (rows, inputs), "weight_hh": (rows, outputs)}
        if self.bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        if outputs < self.hidden_size:
            shapes["weight_hr"] = (outputs, self.hidden_size)
        vars(self).update({f"{name}{suffix}": Parameter.zeros(*shape) for name, shape in shapes.items()})

    def weights(self, suffix: str = "") -> Weights:
        """Return the weights of a step as it takes them."""
        ih, hh, b_ih, b_hh, hr = (vars(self).get(f"{name}{suffix}") for name in _NAMES)
        return Weights(_rows(ih, b_ih), _rows(hh, b_hh), _rows(hr, None))

    def draw(self, random: Random) -> None:
        bound = 1.0 / math.sqrt(self.hidden_size)
        for parameter in vars(self).values():
            if isinstance(parameter, Parameter):
                parameter.fill(lambda: random.uniform(-bound, bound))

    def states(self, hx: Any, shapes: tuple[Shape, ...]) -> list[Any]:
        """Return the rows of state of these shapes: those given, two as (h, c), or zeros."""
        if hx is None:
            return [nested([0.0] * math.prod(shape), shape) for shape in shapes]
        parts = hx if len(shapes) > 1 else (hx,)
        if not isinstance(parts, (tuple, list)) or len(parts) != len(shapes):
            raise DataError(f"the state of {self.told()} is two arrays, (h, c), not {describe(hx)}")
        found = []
        for name, part, shape in zip("hc", parts, shapes):
            rows, own = as_lists(part, f"{name} of {type(self).__name__}")
            if own != shape:
                raise ShapeError(f"{name} of {self.told()} must have the shape {shape} here, not {own}")
            found.append(rows)
        return found


_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")


def _rows(weights: Any, biases: Any) -> Rows:
    return [*zip(weights or (), biases or [None] * len(weights or ()))]
