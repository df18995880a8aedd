"""Layers that give numbers the mean 0 and the variance 1: of a sample, or of groups of its channels.

Variances are divided by n, and eps is added inside of the root.

    >>> LayerNorm(2)([1.0, 3.0])
    [Value(data=-0.9999950000374997), Value(data=0.9999950000374997)]
"""

from collections.abc import Sequence
from itertools import chain
from random import Random
from sys import float_info
from typing import Any, NamedTuple

from ..errors import ShapeError
from ..ieee import real
from ..primitives import dot, mean, rsqrt
from .lists import Array
from .parameter import Parameter
from .shapes import Shape, as_lists, flattened, like, nested
from .sizes import flag, size, sizes
from .standard import Standard


class Moments(NamedTuple):
    """The mean of numbers, their differences from it, and the mean of the squares of these."""

    mean: Any
    centred: list[Any]
    variance: Any


def moments(x: Sequence[Any]) -> Moments:
    """Return the moments of some numbers or Values.

    >>> moments([1.0, 3.0])
    Moments(mean=2.0, centred=[-1.0, 1.0], variance=1.0)
    """
    centre = mean(x)
    centred = [each - centre for each in x]
    return Moments(centre, centred, dot(centred, centred) / len(x))


class Affine(Standard):
    """A layer that ends with `weight` times x plus `bias`: ones and zeros at first, or None."""

    weight: Array | None
    bias: Array | None

    def begin(self, shape: Shape, has_weight: bool, has_bias: bool) -> None:
        """Make the parameters."""
        self.weight = Parameter.zeros(*shape) if has_weight else None
        self.bias = Parameter.zeros(*shape) if has_weight and has_bias else None
        self.reset_parameters()

    def draw(self, random: Random) -> None:
        for parameter, number in ((self.weight, 1.0), (self.bias, 0.0)):
            if isinstance(parameter, Parameter):
                parameter.data = nested([number] * parameter.numel(), parameter.shape)

    def channel(self, i: int, centred: Sequence[Any], scale: Any) -> list[Any]:
        """Return what becomes of entries of channel i, which are centred, by a scale that they share."""
        if self.weight is not None:
            scale = scale * self.weight[i]
        made = [each * scale for each in centred]
        if self.bias is None:
            return made
        bias = self.bias[i]
        return [each + bias for each in made]


class OverLastAxes(Affine):
    """A layer whose parameters have an entry for each entry of the last axes of what it takes."""

    most = 99

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None, has_weight: bool, has_bias: bool
    ) -> None:
        name = type(self).__name__
        count = len(normalized_shape) if isinstance(normalized_shape, (tuple, list)) else 1
        if not count:
            raise ShapeError(f"normalized_shape of {name} has one axis or more, not {normalized_shape!r}")
        self.normalized_shape = sizes(normalized_shape, count, f"normalized_shape of {name}")
        self.axes = count
        self.eps = None if eps is None else real(eps, f"eps of {name}")
        self.elementwise_affine = flag(has_weight, f"elementwise_affine of {name}")
        self.begin(self.normalized_shape, has_weight, flag(has_bias, f"bias of {name}"))

    def of_sample(self, x: Any) -> Any:
        made = self.normalized(flattened(x, self.normalized_shape))
        if self.weight is not None:
            made = [each * weight for each, weight in zip(made, self.weight.leaves)]
        if self.bias is not None:
            made = [each + bias for each, bias in zip(made, self.bias.leaves)]
        return nested(made, self.normalized_shape)

    def normalized(self, x: Sequence[Any]) -> list[Any]:
        """Return the entries of a sample, normalized."""
        raise NotImplementedError

    def fits(self, shape: Shape) -> bool:
        return shape == self.normalized_shape

    def expects(self) -> str:
        return f"arrays whose last axes have the shape {self.normalized_shape}"


class LayerNorm(OverLastAxes):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, over the last axes.

    `normalized_shape` is the shape of these axes, or the length of the last one; any axes may come before.
    `weight` and `bias` have that shape, and are ones and zeros at first. J. L. Ba, J. R. Kiros and
    G. E. Hinton, "Layer Normalization", 2016.

    >>> layer = LayerNorm(3)
    >>> layer
    LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)
    >>> [round(y.data, 4) for y in layer([1.0, 2.0, 4.0])]
    [-1.069, -0.2673, 1.3363]
    """

    eps: float

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__(normalized_shape, real(eps, "eps of LayerNorm"), elementwise_affine, bias)

    def normalized(self, x: Sequence[Any]) -> list[Any]:
        _, centred, variance = moments(x)
        scale = rsqrt(variance + self.eps)
        return [each * scale for each in centred]

    def signature(self) -> str:
        affine = f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        return f"LayerNorm({self.normalized_shape}, eps={self.eps}, {affine})"


class RMSNorm(OverLastAxes):
    """y = x / sqrt(mean of x**2 + eps) * weight, over the last axes.

    `normalized_shape` is as for `LayerNorm`. An `eps` of None is that of floats, 2.2e-16. B. Zhang and
    R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.

    >>> RMSNorm(2, elementwise_affine=False)([3.0, 4.0])
    [0.848528137423857, 1.131370849898476]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, False)

    def normalized(self, x: Sequence[Any]) -> list[Any]:
        eps = float_info.epsilon if self.eps is None else self.eps
        scale = rsqrt(dot(x, x) / len(x) + eps)
        return [each * scale for each in x]

    def signature(self) -> str:
        affine = f"elementwise_affine={self.elementwise_affine}"
        return f"RMSNorm({self.normalized_shape}, eps={self.eps}, {affine})"


class GroupNorm(Affine):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, over groups of channels of a sample.

    It takes a batch, (N, num_channels, ...). A group is num_channels / num_groups channels next to each
    other, with all positions; `weight` and `bias` have a number for each channel. Y. Wu and K. He, "Group
    Normalization", ECCV 2018.

    >>> GroupNorm(1, 2, affine=False)([[[1.0], [3.0]]])
    [[[-0.9999950000374997], [0.9999950000374997]]]
    """

    wants_batch = True

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        bias: bool = True,
    ) -> None:
        self.num_groups = size(num_groups, "num_groups of GroupNorm")
        self.num_channels = size(num_channels, "num_channels of GroupNorm")
        if num_channels % num_groups:
            raise ShapeError(
                f"num_channels of GroupNorm is divided into num_groups equal groups, and {num_channels} is "
                f"no multiple of {num_groups}"
            )
        self.eps = real(eps, "eps of GroupNorm")
        self.affine = flag(affine, "affine of GroupNorm")
        self.begin((self.num_channels,), affine, flag(bias, "bias of GroupNorm"))

    def forward(self, x: Any) -> Any:
        """Return the groups of each sample of a batch, normalized."""
        rows, shape = as_lists(x, "the input of GroupNorm")
        if len(shape) < 2 or 0 in shape or shape[1] != self.num_channels:
            raise self.misfit(shape)
        return like(x, [self._of_channels(sample, shape[2:]) for sample in rows])

    def _of_channels(self, x: Any, positions: Shape) -> list[Any]:
        channels = [flattened(channel, positions) for channel in x]
        count, size = self.num_channels // self.num_groups, len(channels[0])
        made: list[Any] = []
        for start in range(0, self.num_channels, count):
            _, centred, variance = moments([*chain.from_iterable(channels[start : start + count])])
            scale = rsqrt(variance + self.eps)
            for i in range(count):
                entries = self.channel(start + i, centred[i * size : (i + 1) * size], scale)
                made.append(nested(entries, positions))
        return made

    def expects(self) -> str:
        return f"a batch, (N, {self.num_channels}, ...), and one sample as model([x])[0]"

    def signature(self) -> str:
        sizes = f"{self.num_groups}, {self.num_channels}, eps={self.eps}"
        return f"GroupNorm({sizes}, affine={self.affine}, bias={self.bias is not None})"
