"""Fully connected layers with PyTorch's layout: `Linear`."""

import math
from random import Random
from typing import Any

from ..seeds import Seed
from ..value import dot_rows
from .parameter import Parameter
from .shapes import Shape
from .sizes import size
from .standard import Standard


class Linear(Standard):
    """y[j] = sum over i of weight[j][i] x[i], plus bias[j].

    `x` has `in_features` numbers along its last axis, and any axes before it; the answer has
    `out_features` there. `weight` is (out_features, in_features), `bias` (out_features,) or None. They are
    drawn uniformly from ±1 / sqrt(in_features), as PyTorch draws them.

    >>> layer = Linear(2, 3, seed=0)
    >>> layer
    Linear(in_features=2, out_features=3, bias=True)
    >>> layer.weight = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    >>> layer.bias = [0.0, 0.0, 0.5]
    >>> layer([2.0, 3.0])
    [Value(data=2.0), Value(data=3.0), Value(data=5.5)]
    """

    most = 99

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, seed: Seed = None
    ) -> None:
        self.in_features = size(in_features, "in_features of Linear")
        self.out_features = size(out_features, "out_features of Linear")
        self.weight = Parameter.zeros(out_features, in_features)
        self.bias = Parameter.zeros(out_features) if bias else None
        self.reset_parameters(seed)

    def draw(self, random: Random) -> None:
        bound = 1.0 / math.sqrt(self.in_features)
        for parameter in filter(None, (self.weight, self.bias)):
            parameter.fill(lambda: random.uniform(-bound, bound))

    def forward(self, x: Any) -> Any:
        """Return the answer to x; where there is one input, its number may come without a list."""
        is_number = self.in_features == 1 and not hasattr(x, "__len__")
        return super().forward([x] if is_number else x)

    def of_sample(self, x: Any) -> Any:
        return dot_rows(zip(self.weight, self.bias or [None] * self.out_features), x)

    def fits(self, shape: Shape) -> bool:
        return shape == (self.in_features,)

    def expects(self) -> str:
        return f"({self.in_features},), or a batch of such samples"

    def signature(self) -> str:
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"Linear({sizes}, bias={self.bias is not None})"
