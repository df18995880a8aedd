"""Pools: of each window of a channel its largest number, its mean, or its norm; along one axis or two.

    >>> MaxPool2d(2)([[[1.0, 2.0, 5.0, 6.0], [3.0, 4.0, 7.0, 0.0]]]).data
    [[[4.0, 7.0]]]

All take a sample (channels, length) or (channels, height, width), and batches with an axis before that.
Windows that are given by two numbers have these along height and width.
"""

from collections.abc import Sequence
from itertools import product
from math import inf, prod
from typing import Any

from ..errors import RangeError
from ..ieee import real
from ..primitives import abs_, dot, relu, sign
from ..primitives.powers import power
from ..primitives.reductions import first_max_p, mean_p
from .shapes import Shape, each_sample, nested
from .sizes import Sizes, flag, sizes
from .windows import Adaptive, Sliding, Windowed, flat, lengths

Size = int | Sizes
Count = int | None


class _Pool(Windowed):
    """A number for each window; the attributes in `shown` are those that PyTorch prints."""

    along: tuple[Any, ...]
    stride: Any
    around = 0.0
    shown: tuple[str, ...] = ("kernel_size", "stride", "padding")

    def _slide(
        self,
        kernel_size: Size,
        stride: Size | None,
        padding: Size = 0,
        dilation: Size = 1,
        ceils: bool = False,
    ) -> None:
        """Keep how windows slide."""
        name, dims = type(self).__name__, self.axes - 1
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode = flag(ceils, f"ceil_mode of {name}")
        kernels = sizes(kernel_size, dims, f"kernel_size of {name}")
        strides = sizes(self.stride, dims, f"stride of {name}")
        pads = sizes(padding, dims, f"padding of {name}", 0)
        steps = sizes(dilation, dims, f"dilation of {name}")
        for pad, kernel, step in zip(pads, kernels, steps):
            if 2 * pad > step * (kernel - 1) + 1:
                raise RangeError(
                    f"padding of {name} must be at most half of a window, not {pad} of {kernel}"
                )
        self.along = tuple(
            Sliding(kernel, stride, pad, pad, step, ceils)
            for kernel, stride, pad, step in zip(kernels, strides, pads, steps)
        )

    def of_sample(self, x: Any) -> Any:
        own = lengths(x[0], self.axes - 1)
        windows = self.windows(own)
        each = (self.pooled(windows.of(flat(c, self.axes - 1), self.around), own) for c in x)
        return [nested(numbers, windows.shape) for numbers in each]

    def pooled(self, windows: list[Sequence[Any]], lengths: Shape) -> list[Any]:
        """Return the number for each window of a channel with these lengths."""
        raise NotImplementedError

    def signature(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={vars(self)[key]}' for key in self.shown)})"


class _MaxPool(_Pool):
    around = -inf
    shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        _refuse_indices(self, return_indices)
        self.dilation = dilation
        self._slide(kernel_size, stride, padding, dilation, ceil_mode)

    def pooled(self, windows: list[Sequence[Any]], lengths: Shape) -> list[Any]:
        return [first_max_p(*window) for window in windows]


class MaxPool1d(_MaxPool):
    """y[c][t] = the largest of x[c][stride t + dilation k - padding] over k below kernel_size.

    Of equal ones the first has the whole gradient; nan is larger than anything, and what is around x
    smaller. The stride is kernel_size if none is given. With `ceil_mode` a last window may reach over the
    padding, but not begin there.

    >>> MaxPool1d(2)([[1.0, 3.0, 2.0, 0.0, 5.0]]).data
    [[3.0, 2.0]]
    >>> MaxPool1d(2, ceil_mode=True)([[1.0, 3.0, 2.0, 0.0, 5.0]]).data
    [[3.0, 2.0, 5.0]]
    """

    axes = 2


class MaxPool2d(_MaxPool):
    """The largest of each window of height and width, as `MaxPool1d` says.

    >>> MaxPool2d(2)
    MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    """

    axes = 3


class _AvgPool(_Pool):
    divisor_override: int | None = None
    count_include_pad = True

    def pooled(self, windows: list[Sequence[Any]], lengths: Shape) -> list[Any]:
        count = prod(axis.kernel for axis in self.along)
        widths = [a.widths(length, self.count_include_pad) for a, length in zip(self.along, lengths)]
        divisors = [self.divisor_override or prod(own) for own in product(*widths)]
        if {*divisors} == {count}:
            return [mean_p(*window) for window in windows]
        return [dot([1.0 / n] * count, window) for n, window in zip(divisors, windows)]


class AvgPool1d(_AvgPool):
    """y[c][t] = the mean of x[c][stride t + k - padding] over k below kernel_size.

    What is around x is 0, and counts as an entry unless `count_include_pad` is False; what `ceil_mode`
    adds beyond the padding never does. The stride is kernel_size if none is given.

    >>> AvgPool1d(2)([[1.0, 3.0, 2.0, 0.0]]).data
    [[2.0, 1.0]]
    """

    axes = 2

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        self._slide(kernel_size, stride, padding, ceils=ceil_mode)
        (own,) = self.along
        self.kernel_size, self.stride, self.padding = (own.kernel,), (own.stride,), (own.before,)
        self.count_include_pad = flag(count_include_pad, "count_include_pad of AvgPool1d")


class AvgPool2d(_AvgPool):
    """The mean of each window of height and width, as `AvgPool1d` says.

    `divisor_override` is what sums are divided by, instead of their number of entries.

    >>> AvgPool2d(2)([[[1.0, 3.0], [2.0, 0.0]]]).data
    [[[1.5]]]
    """

    axes = 3

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        self._slide(kernel_size, stride, padding, ceils=ceil_mode)
        self.count_include_pad = flag(count_include_pad, "count_include_pad of AvgPool2d")
        if divisor_override == 0:
            raise RangeError("divisor_override of AvgPool2d is a number to divide by, not 0")
        self.divisor_override = divisor_override


class _LPPool(_AvgPool):
    shown = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(
        self, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False
    ) -> None:
        self._slide(kernel_size, stride, ceils=ceil_mode)
        self.norm_type = norm_type
        self.stride = stride

    def of_sample(self, x: Any) -> Any:
        p = real(self.norm_type, f"norm_type of {type(self).__name__}")
        count = float(prod(axis.kernel for axis in self.along))

        def rooted(mean: Any) -> Any:
            return power(1.0 / p)(count * sign(mean) * relu(abs_(mean)))  # whose slope at 0 is 0

        return each_sample(rooted, super().of_sample(each_sample(power(p), x, self.axes)), self.axes)


class LPPool1d(_LPPool):
    """y[c][t] = (the sum of x[c][stride t + k] ** norm_type over k below kernel_size) ** (1 / norm_type).

    As in PyTorch no absolute value is taken: with an odd norm_type numbers of both signs cancel out.

    >>> LPPool1d(2, kernel_size=2)([[3.0, 4.0, 5.0, 12.0]]).data
    [[5.0, 13.0]]
    """

    axes = 2


class LPPool2d(_LPPool):
    """The norm of each window of height and width, as `LPPool1d` says.

    >>> LPPool2d(2, kernel_size=2)([[[1.0, 1.0], [1.0, 1.0]]]).data
    [[[2.0]]]
    """

    axes = 3


class _Adaptive(_Pool):
    """Pools by the number of their windows."""

    def __init__(self, output_size: Count | Sequence[Count]) -> None:
        self.output_size = output_size
        counts = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * (self.axes - 1)
        what = f"output_size of {type(self).__name__}"
        known = sizes([1 if n is None else n for n in counts], self.axes - 1, what)
        self.along = tuple(Adaptive(None if n is None else size) for n, size in zip(counts, known))

    shown = ("output_size",)


class _AdaptiveAvgPool(_Adaptive):
    def pooled(self, windows: list[Sequence[Any]], lengths: Shape) -> list[Any]:
        return [mean_p(*window) for window in windows]


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """y[c][t] = the mean of x[c] from floor(t n / output_size) up to ceil((t + 1) n / output_size), of n.

    None keeps the length; windows may overlap.

    >>> AdaptiveAvgPool1d(3)([[0.0, 1.0, 2.0, 3.0, 4.0]]).data
    [[0.5, 2.0, 3.5]]
    """

    axes = 2


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The mean of each of output_size windows along height and width, as `AdaptiveAvgPool1d` says.

    >>> AdaptiveAvgPool2d(1)([[[1.0, 2.0], [3.0, 4.0]]]).data
    [[[2.5]]]
    """

    axes = 3


class _AdaptiveMaxPool(_Adaptive):
    def __init__(self, output_size: Count | Sequence[Count], return_indices: bool = False) -> None:
        _refuse_indices(self, return_indices)
        super().__init__(output_size)

    def pooled(self, windows: list[Sequence[Any]], lengths: Shape) -> list[Any]:
        return [first_max_p(*window) for window in windows]


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest of each of output_size windows, which are those of `AdaptiveAvgPool1d`.

    >>> AdaptiveMaxPool1d(2)([[0.0, 1.0, 5.0, 1.0, 0.0]]).data
    [[5.0, 5.0]]
    """

    axes = 2


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest of each of output_size windows along height and width, those of `AdaptiveAvgPool2d`.

    >>> AdaptiveMaxPool2d((1, 2))([[[1.0, 2.0], [3.0, 4.0]]]).data
    [[[3.0, 4.0]]]
    """

    axes = 3


def _refuse_indices(pool: Any, return_indices: bool) -> None:
    if return_indices is not False:
        raise RangeError(
            f"{type(pool).__name__} gives the largest numbers alone, and not where they were: leave "
            "return_indices out"
        )
