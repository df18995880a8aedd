"""Convolutions and their adjoints with PyTorch's layout, along one axis or two.

As everywhere in networks the kernel is not turned round: it is a cross-correlation. Y. LeCun et al.,
"Gradient-Based Learning Applied to Document Recognition", Proceedings of the IEEE 86, 1998.
"""

import math
from random import Random
from typing import Any

from ..errors import RangeError, ShapeError, look_up
from ..seeds import Seed
from ..value import dot_rows
from .parameter import Parameter
from .shapes import as_lists, nested
from .sizes import Sizes, flag, size, sizes
from .windows import EDGES, NAMES, Sliding, Transposed, Windowed, flat, lengths


class _Channels(Windowed):
    """What convolutions and their adjoints have in common: channels, parameters, and products."""

    in_channels: int
    transposed = False

    def _set(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sizes,
        stride: int | Sizes,
        dilation: int | Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
    ) -> None:
        """Keep what is the same in all of them, and make the parameters."""
        name, dims = type(self).__name__, self.axes - 1
        self.in_channels = size(in_channels, f"in_channels of {name}")
        self.out_channels = size(out_channels, f"out_channels of {name}")
        self.kernel_size = sizes(kernel_size, dims, f"kernel_size of {name}")
        self.stride = sizes(stride, dims, f"stride of {name}")
        self.dilation = sizes(dilation, dims, f"dilation of {name}")
        self.groups = size(groups, f"groups of {name}")
        for key in ("in_channels", "out_channels"):
            if vars(self)[key] % groups:
                raise ShapeError(
                    f"{key} of {name} must be a multiple of groups={groups}, not {vars(self)[key]}"
                )
        self.padding_mode = padding_mode
        own, others = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter.zeros(own, others // groups, *self.kernel_size)
        self.bias = Parameter.zeros(out_channels) if flag(bias, f"bias of {name}") else None

    def draw(self, random: Random) -> None:
        bound = 1.0 / math.sqrt(len(self.weight[0]) * math.prod(self.kernel_size))
        for parameter in filter(None, (self.weight, self.bias)):
            parameter.fill(lambda: random.uniform(-bound, bound))

    def rows(self) -> list[list[Any]]:
        """Return for each output channel the weights of a window, in the order of its entries."""
        return [flat(weights, self.axes) for weights in self.weight]

    def of_sample(self, x: Any) -> Any:
        channels, count = self.in_channels // self.groups, self.out_channels // self.groups
        windows = self.windows(lengths(x[0], self.axes - 1), channels)
        rows = [*zip(self.rows(), self.bias or [None] * self.out_channels)]
        found: list[Any] = []
        for group in range(self.groups):
            own = rows[group * count : (group + 1) * count]
            entries = flat(x[group * channels : (group + 1) * channels], self.axes)
            answers = [dot_rows(own, window) for window in windows.of(entries, 0.0)]
            found += [nested(channel, windows.shape) for channel in zip(*answers)]
        return found

    def signature(self) -> str:
        usual = {
            "padding": (0,) * (self.axes - 1),
            "dilation": (1,) * (self.axes - 1),
            "output_padding": (0,) * (self.axes - 1),
            "groups": 1,
            "bias": True,
            "padding_mode": "zeros",
        }
        own = vars(self) | {"bias": self.bias is not None}
        told = [
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ]
        told += [
            f"{key}={own[key]}" for key, standard in usual.items() if own.get(key, standard) != standard
        ]
        return f"{type(self).__name__}({', '.join(told)})"


class _Conv(_Channels):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sizes,
        stride: int | Sizes = 1,
        padding: int | Sizes | str = 0,
        dilation: int | Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        seed: Seed = None,
    ) -> None:
        look_up(padding_mode, EDGES, "padding_mode")
        self._set(in_channels, out_channels, kernel_size, stride, dilation, groups, bias, padding_mode)
        self.padding, pairs = self._paddings(padding)
        self.along = tuple(
            Sliding(k, s, before, after, d, edge=padding_mode)
            for k, s, (before, after), d in zip(self.kernel_size, self.stride, pairs, self.dilation)
        )
        self.reset_parameters(seed)

    def _paddings(self, padding: int | Sizes | str) -> tuple[Sizes | str, list[tuple[int, int]]]:
        """Return the padding as PyTorch keeps it, and how much there is before and after each axis."""
        if not isinstance(padding, str):
            same = sizes(padding, self.axes - 1, f"padding of {type(self).__name__}", 0)
            return same, [(n, n) for n in same]
        share = look_up(padding, {"same": 1, "valid": 0}, "padding")
        if padding == "same" and {*self.stride} != {1}:
            raise RangeError("padding='same' goes with stride=1 alone: otherwise there are fewer outputs")
        totals = [share * d * (k - 1) for k, d in zip(self.kernel_size, self.dilation)]
        return padding, [(n // 2, n - n // 2) for n in totals]


class Conv1d(_Conv):
    """y[o][t] = sum over i, k of weight[o][i][k] x[i][stride t + dilation k - padding], plus bias[o].

    A sample x is (in_channels, length), a batch has an axis before that; what is around x is 0, or as
    `padding_mode` says. padding="same" makes the output as long as x, "valid" is none. With groups each of
    as many parts of the channels has outputs of its own. `weight` is (out_channels, in_channels / groups,
    kernel_size), `bias` (out_channels,) or None; they are drawn uniformly from ±1 / sqrt(n), where n
    weights are those of one output.

    >>> layer = Conv1d(1, 1, 2, bias=False)
    >>> layer.weight = [[[-1.0, 1.0]]]
    >>> layer([[1.0, 4.0, 9.0]]).data
    [[3.0, 5.0]]
    """

    axes = 2


class Conv2d(_Conv):
    """y[o][r][c] = sum over i, j, k of weight[o][i][j][k] x[i][r + j][c + k], plus bias[o].

    This is with stride and dilation 1 and without padding; what these, groups and padding_mode do is told
    with `Conv1d`, and where height and width differ they are pairs. A sample x is (in_channels, height,
    width), and a batch has an axis before that. `weight` is (out_channels, in_channels / groups,
    *kernel_size).

    >>> layer = Conv2d(1, 4, kernel_size=3, padding=1, seed=0)
    >>> layer
    Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    >>> layer([[[0.0] * 8] * 8]).shape, layer.weight.shape
    ((4, 8, 8), (4, 1, 3, 3))
    """

    axes = 3


class _ConvTranspose(_Channels):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sizes,
        stride: int | Sizes = 1,
        padding: int | Sizes = 0,
        output_padding: int | Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sizes = 1,
        padding_mode: str = "zeros",
        *,
        seed: Seed = None,
    ) -> None:
        name, dims = type(self).__name__, self.axes - 1
        look_up(padding_mode, {"zeros": None}, f"padding_mode of {name}")
        self._set(in_channels, out_channels, kernel_size, stride, dilation, groups, bias, padding_mode)
        self.padding = sizes(padding, dims, f"padding of {name}", 0)
        self.output_padding = sizes(output_padding, dims, f"output_padding of {name}", 0)
        for more, s, d in zip(self.output_padding, self.stride, self.dilation):
            if more >= max(s, d):
                raise RangeError(
                    f"output_padding of {name} must be below stride or dilation, {s} and {d}, not {more}"
                )
        self.along = tuple(
            Transposed(Sliding(k, s, p, p, d), more)
            for k, s, p, d, more in zip(
                self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding
            )
        )
        self.reset_parameters(seed)

    def rows(self) -> list[list[Any]]:
        channels, count = self.in_channels // self.groups, self.out_channels // self.groups
        kernels = [[flat(kernel, self.axes - 1)[::-1] for kernel in own] for own in self.weight]
        groups = [kernels[i : i + channels] for i in range(0, self.in_channels, channels)]
        return [flat([each[o] for each in own], 2) for own in groups for o in range(count)]


class ConvTranspose1d(_ConvTranspose):
    """y[o][stride t + dilation k - padding] gets weight[i][o][k] x[i][t] for all i, t, k, and bias[o] once.

    The adjoint of `Conv1d`, with its arguments: where that takes windows to numbers, this takes numbers to
    windows. There are `output_padding` more outputs at the end. `weight` is (in_channels, out_channels /
    groups, kernel_size), and drawn as PyTorch draws it, with the outputs counted for n.

    >>> layer = ConvTranspose1d(1, 1, 2, stride=2, bias=False)
    >>> layer.weight = [[[1.0, 10.0]]]
    >>> layer([[1.0, 2.0]]).data
    [[1.0, 10.0, 2.0, 20.0]]
    """

    axes = 2


class ConvTranspose2d(_ConvTranspose):
    """The adjoint of `Conv2d`, with its arguments, and `output_padding` more rows and columns at the end.

    `weight` is (in_channels, out_channels / groups, *kernel_size); see `ConvTranspose1d`.

    >>> ConvTranspose2d(3, 2, kernel_size=2, stride=2, seed=0)([[[1.0]], [[2.0]], [[3.0]]]).shape
    (2, 2, 2)
    """

    axes = 3


def conv1d(
    input: Any,  # noqa: A002
    weight: Any,
    bias: Any = None,
    stride: int | Sizes = 1,
    padding: int | Sizes | str = 0,
    dilation: int | Sizes = 1,
    groups: int = 1,
) -> Any:
    """Return what `Conv1d` gives with these arrays for its parameters.

    >>> conv1d([[1.0, 4.0, 9.0]], [[[-1.0, 1.0]]])
    [[3.0, 5.0]]
    """
    return _convolved(Conv1d, input, weight, bias, (stride, padding, dilation, groups))


def conv2d(
    input: Any,  # noqa: A002
    weight: Any,
    bias: Any = None,
    stride: int | Sizes = 1,
    padding: int | Sizes | str = 0,
    dilation: int | Sizes = 1,
    groups: int = 1,
) -> Any:
    """Return what `Conv2d` gives with these arrays for its parameters.

    >>> conv2d([[[1.0, 2.0], [3.0, 4.0]]], [[[[1.0, -1.0]]]], [10.0])
    [[[9.0], [9.0]]]
    """
    return _convolved(Conv2d, input, weight, bias, (stride, padding, dilation, groups))


def _convolved(kind: type[_Conv], x: Any, weight: Any, bias: Any, options: tuple[Any, ...]) -> Any:
    name = kind.__name__.lower()
    rows, shape = as_lists(weight, f"the weight of {name}")
    if len(shape) != kind.axes + 1:
        sizes = ", ".join(NAMES[kind.axes - 1])
        raise ShapeError(
            f"the weight of {name} is (out_channels, in_channels / groups, {sizes}), not of shape {shape}"
        )
    outputs, inputs, *kernel = shape
    offsets, own = (None, shape[:1]) if bias is None else as_lists(bias, f"the bias of {name}")
    if own != shape[:1]:
        raise ShapeError(f"the bias of {name} has one entry for each of {outputs} outputs, not {own}")
    layer = kind(inputs * options[-1], outputs, tuple(kernel), *options, seed=0)
    vars(layer).update(weight=rows, bias=offsets)
    return layer(x)
