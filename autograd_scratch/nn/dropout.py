"""Layers that leave out entries by chance while a model is trained.

They differ by what is left out as a whole: an entry, or a channel with all its positions.
"""

from itertools import chain, repeat
from math import prod
from random import Random
from typing import Any

from ..seeds import Seed
from .chance import Draws
from .shapes import Shape, as_lists, flattened, like, nested
from .sizes import share
from .standard import Standard


class Dropout(Standard):
    """0 with probability p, else x / (1 - p), for each entry in training; x itself after `eval()`.

    `fit` draws from its seed, the count of steps, the row and the place in the model: equal seeds leave out
    the same, each step something else. With a `seed` of its own, here or by `reset_parameters`, a layer
    draws from that. In a loop of your own each call leaves out something else. N. Srivastava et al.,
    "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.

    >>> layer = Dropout(0.5, seed=0)
    >>> layer([1.0, 2.0, 3.0, 4.0]), layer([1.0, 2.0, 3.0, 4.0])
    ([2.0, 0.0, 6.0, 0.0], [0.0, 0.0, 0.0, 8.0])
    >>> layer.eval()([1.0, 2.0])
    [1.0, 2.0]
    """

    has_modes = True
    positions = 0  # axes at the end, along which all is left out or nothing
    counts: tuple[int, ...] = ()  # how many axes there may be, where it matters

    def __init__(self, p: float = 0.5, inplace: bool = False, *, seed: Seed = None) -> None:
        self.p = share(p, f"p of {type(self).__name__}")
        self.inplace = inplace
        self._draws = Draws(seed)

    def draw(self, random: Random) -> None:
        self._draws = Draws(random)

    def forward(self, x: Any) -> Any:
        """Return x with entries left out."""
        if not (self.training and self.p):
            return x
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        if (self.counts and len(shape) not in self.counts) or 0 in shape:
            raise self.misfit(shape)
        axes = len(shape) - self.positions
        masks = self._masks(shape[:axes])
        each = chain.from_iterable(repeat(mask, prod(shape[axes:])) for mask in masks)
        return like(x, nested([x * mask for x, mask in zip(flattened(rows, shape), each)], shape))

    def _masks(self, shape: Shape) -> list[Any]:
        return self._draws.masks(self.p, shape, self.told)

    def expects(self) -> str:
        return f"arrays with {' or '.join(map(str, self.counts)) or 'any number of'} axes"

    def signature(self) -> str:
        return f"{type(self).__name__}(p={self.p}, inplace={self.inplace})"


class Dropout1d(Dropout):
    """`Dropout` of whole channels, with all positions: of a sample (C, L), or a batch (N, C, L)."""

    positions = 1
    counts = (2, 3)


class Dropout2d(Dropout):
    """`Dropout` of whole channels, with all positions: of an image (C, height, width), or a batch."""

    positions = 2
    counts = (3, 4)
