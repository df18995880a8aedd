"""Layers that compute nothing: the entries of an array as windows, or with zeros around them."""

from typing import Any

from .shapes import nested
from .sizes import Sizes, sizes
from .windows import Sliding, Windowed, flat, lengths


class Unfold(Windowed):
    """y[(c kh + j) kw + k][t] = x[c] in row j and column k of window t: each window as a column.

    Of a sample (channels, height, width) it gives (channels times kernel_size, windows): what a
    convolution multiplies by its weights.

    >>> Unfold((1, 2))([[[0.0, 1.0], [2.0, 3.0]]]).data
    [[0.0, 2.0], [1.0, 3.0]]
    """

    axes = 3

    def __init__(
        self,
        kernel_size: int | Sizes,
        dilation: int | Sizes = 1,
        padding: int | Sizes = 0,
        stride: int | Sizes = 1,
    ) -> None:
        self.kernel_size, self.dilation = kernel_size, dilation
        self.padding, self.stride = padding, stride
        given = {"kernel_size": kernel_size, "stride": stride, "dilation": dilation}
        kernels, strides, steps = (sizes(n, 2, f"{key} of Unfold") for key, n in given.items())
        pads = sizes(padding, 2, "padding of Unfold", 0)
        self.along = tuple(Sliding(k, s, p, p, d) for k, s, p, d in zip(kernels, strides, pads, steps))

    def of_sample(self, x: Any) -> Any:
        windows = self.windows(lengths(x[0], 2), len(x))
        return [[*row] for row in zip(*windows.of(flat(x, 3), 0.0))]

    def signature(self) -> str:
        return (
            f"Unfold(kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride})"
        )


class _ZeroPad(Windowed):
    def __init__(self, padding: int | Sizes) -> None:
        self.padding = sizes(padding, 2 * (self.axes - 1), f"padding of {type(self).__name__}", 0)
        pairs = zip(self.padding[::2], self.padding[1::2])
        self.along = tuple(Sliding(1, 1, before, after) for before, after in reversed([*pairs]))

    def of_sample(self, x: Any) -> Any:
        axes = self.axes - 1
        windows = self.windows(lengths(x[0], axes))
        each = ([entry for (entry,) in windows.of(flat(c, axes), 0.0)] for c in x)
        return [nested(entries, windows.shape) for entries in each]

    def signature(self) -> str:
        return f"{type(self).__name__}({self.padding})"


class ZeroPad1d(_ZeroPad):
    """x with zeros before and after each channel: as many for both, or (left, right).

    >>> ZeroPad1d((1, 2))([[5.0]]).data
    [[0.0, 5.0, 0.0, 0.0]]
    """

    axes = 2


class ZeroPad2d(_ZeroPad):
    """x with zeros around each channel: as many on all sides, or (left, right, top, bottom).

    >>> ZeroPad2d((1, 0, 0, 1))([[[5.0]]]).data
    [[[0.0, 5.0], [0.0, 0.0]]]
    """

    axes = 3
