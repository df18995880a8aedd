"""How convolutions and pools are written in ONNX: onnxruntime has none for floats of 64 bits.

The entries of all windows are gathered by a table of places, and multiplied, or the largest is taken. So
lengths and sizes are those of the example, and only the rows are free.
"""

from collections.abc import Callable
from itertools import product
from math import inf, prod
from typing import Any

from .. import nn
from ..value import Value
from .columns import Columns
from .flows import Flow
from .wires import Wire


def convolved(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return what a convolution, or its adjoint, gives: products of windows and weights."""
    channels, *sizes = flow.entry
    groups, count = part.groups, part.out_channels // part.groups
    own, size = channels // groups, prod(sizes)
    windows = part.windows(tuple(sizes), own)
    weights = [[entry.data if isinstance(entry, Value) else entry for entry in row] for row in part.rows()]
    around = own * size
    entries = _padded(o, o.reshape(x, (-1, groups, around)), 0.0)
    taken = o.taken(entries, _table(windows.of(range(around), around), around), 2)  # (N, groups, W, k)
    matrices = o.graph.numpy.array(weights).reshape(groups, count, -1).transpose(0, 2, 1)
    made = taken @ o.graph.constant(matrices)  # (N, groups, W, count)
    made = o.reshape(o.transpose(made, (0, 1, 3, 2)), (-1, part.out_channels, *windows.shape))
    if part.bias is None:
        return made
    bias = o.graph.numpy.array(part.bias.data).reshape(-1, *[1] * len(windows.shape))
    return made + o.graph.constant(bias)


def largest(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return what a pool of largest numbers gives."""
    return _pooled(o, part, x, flow, -inf, lambda windows, _: o.largest(windows))


def averaged(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return what a pool of means gives."""
    divisors = _divisors(part, flow.entry[1:])
    return _pooled(o, part, x, flow, 0.0, lambda windows, _: o.total(windows) / divisors)


def normed(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return what a pool of norms gives."""
    p = float(part.norm_type)

    def norm(windows: Wire, _: Any) -> Wire:
        total = o.total(windows**p)
        return (o.sign(total) * o.abs(total)) ** (1.0 / p)

    return _pooled(o, part, x, flow, 0.0, norm)


def unfolded(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return the entries of each window as a column."""
    channels, *sizes = flow.entry
    around = prod(flow.entry)
    windows = part.windows(tuple(sizes), channels).of(range(around), around)
    entries = _padded(o, o.reshape(x, (-1, around)), 0.0)
    return o.taken(entries, [*zip(*_table(windows, around))], 1)


def surrounded(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return each channel with zeros around it."""
    return _pooled(o, part, x, flow, 0.0, lambda windows, _: o.total(windows))


def _pooled(
    o: Columns, part: Any, x: Wire, flow: Flow, around: float, pool: Callable[[Wire, Any], Wire]
) -> Wire:
    """Return a number for each window of each channel."""
    channels, *sizes = flow.entry
    windows = part.windows(tuple(sizes))
    size = prod(sizes)
    entries = _padded(o, o.reshape(x, (-1, channels, size)), around)
    made = pool(o.taken(entries, _table(windows.of(range(size), size), size), 2), windows)
    return o.reshape(made, (-1, channels, *windows.shape))


def _divisors(part: Any, sizes: tuple[int, ...]) -> Any:
    """Return by what the sum of each window is divided."""
    windows = part.windows(sizes)
    if isinstance(part, (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)):
        size = prod(sizes)
        return [float(len(window)) for window in windows.of(range(size), size)]
    widths = [axis.widths(size, part.count_include_pad) for axis, size in zip(part.along, sizes)]
    divisor = getattr(part, "divisor_override", None)
    return [float(divisor or prod(own)) for own in product(*widths)]


def _padded(o: Columns, x: Wire, around: float) -> Wire:
    """Return rows with one more entry, which is what stands around an array."""
    column = o.graph.op("Expand", around, _like_but_one(o, x))
    return o.concat([x, column])


def _like_but_one(o: Columns, x: Wire) -> Wire:
    """Return the shape of a tensor with 1 for its last axis."""
    return o.graph.op("Concat", o.graph.op("Shape", x, end=-1), [1], axis=0)


def _table(windows: Any, around: int) -> list[list[int]]:
    """Return the places of each window, the short ones filled up with what is around."""
    longest = max(map(len, windows))
    return [[*window, *[around] * (longest - len(window))] for window in windows]
