"""What layers of PyTorch's names have in common: how they take samples and batches, and how they print.

Arguments, layouts and paths of parameters are PyTorch's, so that weights carry over, both ways:

    >>> from autograd_scratch.nn import Linear
    >>> layer = Linear(2, 1, seed=0)
    >>> layer.load_state_dict({"weight": [[1.0, -1.0]], "bias": [0.5]})
    >>> layer([3.0, 1.0]), layer([[3.0, 1.0], [0.0, 0.0]])
    ([Value(data=2.5)], [[Value(data=2.5)], [Value(data=0.5)]])
"""

from random import Random
from textwrap import indent
from typing import Any, Self

from ..errors import ShapeError
from ..seeds import Seed, random_from
from .module import Module
from .names import ParameterName
from .outline import children_of
from .parameter import Parameter
from .shapes import Shape, as_lists, each_sample, like


class Standard(Module):
    """A layer that is called with an array: one sample, or a batch of them.

    Arrays are nested lists of numbers and Values, and come back as such; NumPy's come back as arrays.
    A layer says how many axes a sample has, what `of_sample` computes of it, and what it `expects`.
    """

    axes = 1  # of a sample
    most = 1  # axes before those of a sample

    def forward(self, x: Any) -> Any:
        """Return what the layer computes of a sample, or of each sample of a batch."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        batch = len(shape) - self.axes
        if not 0 <= batch <= self.most or 0 in shape or not self.fits(shape[batch:]):
            raise self.misfit(shape)
        return like(x, each_sample(self.of_sample, rows, batch))

    def of_sample(self, x: Any) -> Any:
        """Return what the layer computes of one sample, in nested lists."""
        raise NotImplementedError

    def fits(self, shape: Shape) -> bool:
        """Say whether a sample may have this shape."""
        return True

    def expects(self) -> str:
        """Return the shapes that the layer takes, in words."""
        raise NotImplementedError

    def misfit(self, shape: Shape) -> ShapeError:
        """Return the error for an input of another shape."""
        told = "an empty batch" if 0 in shape else f"the shape {shape}"
        return ShapeError(f"{self.told()} takes {self.expects()}, not {told}")

    def draw(self, random: Random) -> None:
        """Draw the layer's own parameters anew."""

    def reset_parameters(self, seed: Seed = None) -> Self:
        """Draw the parameters of this layer and of those in it anew, in order; returns this one.

        The same seed, a whole number or a `random.Random`, gives the same numbers.
        """
        random = random_from(seed)
        for part in self.modules():
            if isinstance(part, Standard):
                part.draw(random)
        return self

    def told(self) -> str:
        """Return how the layer is called in errors: with its place in a model, where that is known."""
        names = [p.name for p in self.parameters(frozen=True)[:1] if isinstance(p.name, ParameterName)]
        place = names[0].module if names else ""
        return f"{self.signature()}{f' at {place}' if place else ''}"

    def __setattr__(self, name: str, thing: Any) -> None:
        """Let an array of numbers that takes a parameter's place be one: of the same shape."""
        former = vars(self).get(name)
        if isinstance(former, Parameter) and thing is not None and not isinstance(thing, Parameter):
            former.data = thing
            return
        super().__setattr__(name, thing)

    def __repr__(self) -> str:
        parts = [
            f"({path}): {part if isinstance(part, Standard) else part.signature()}"
            for path, part in children_of(self)
        ]
        if not parts:
            return self.signature()
        return f"{type(self).__name__}(\n{indent(chr(10).join(parts), '  ')}\n)"
