"""How each layer is written in ONNX: a table from its class to the nodes that it becomes.

What comes to a layer has its rows along the first axis, but for recurrent layers and attention.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from .. import nn
from ..errors import ModelError
from ..nn.activations import Elementwise
from .columns import Columns
from .flows import Flow
from .onnx_attention import affine, encoder_layer, layer_norm, linear, normalized, of_each
from .onnx_recurrent import cell, layers
from .onnx_windows import averaged, convolved, largest, normed, surrounded, unfolded
from .wires import Wire

Writer = Callable[[Columns, Any, Wire, Flow], Any]


def elementwise(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return the function of each entry."""
    return of_each(o, part, x)


def as_it_is(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return x: what a layer does in training is not handed over."""
    return x


def parametric(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return x where it is above 0, and else its product with the slope, that of the channel."""
    slopes = o.graph.numpy.array(part.weight.data)
    after = [1] * (len(flow.entry) - 1) if len(slopes) > 1 else []
    return o.where(x > 0.0, x, x * o.graph.constant(slopes.reshape(-1, *after)))


def softmax(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return the softmax along an axis, or its logarithm."""
    kind = "LogSoftmax" if isinstance(part, nn.LogSoftmax) else "Softmax"
    return o.graph.op(kind, x, axis=_axis(o, part.dim, flow))


def flattened(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return x with some axes joined."""
    shape = [*flow.rows.shape]
    begin, end = _axis(o, part.start_dim, flow), _axis(o, part.end_dim, flow)
    if begin == 0:
        raise ModelError(
            "Flatten joins the rows of a batch, which are to be free in ONNX; begin behind them"
        )
    return o.reshape(x, [-1, *shape[1:begin], prod(shape[begin : end + 1]), *shape[end + 1 :]])


def _axis(o: Columns, dim: int, flow: Flow) -> int:
    """Return an axis of a batch, which a layer counts in what it is called with."""
    return dim + len(flow.entry) + 1 if dim < 0 else dim + o.axes_before


def embedded(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return the rows of a table."""
    return o.taken(o.graph.constant(part.weight.data), x, 0)


def of_channels(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return the channels of x normalized: by running moments, or each by its own."""
    after = (1,) * (len(flow.entry) - 1)
    if part.track_running_stats:
        mean, variance = (
            o.graph.numpy.array(numbers).reshape(-1, *after)
            for numbers in (part.running_mean, part.running_var)
        )
        made = (x - o.graph.constant(mean)) / o.graph.constant(o.graph.numpy.sqrt(variance + part.eps))
    elif isinstance(part, (nn.InstanceNorm1d, nn.InstanceNorm2d)):
        made = normalized(o, x, [*range(2, 2 + len(after))], part.eps)
    else:
        raise ModelError(
            f"{part.signature()} normalizes a row by the others of its batch in evaluation mode, too, so "
            "it is no function of rows; train it with track_running_stats=True"
        )
    return affine(o, part, made, after)


def of_groups(o: Columns, part: Any, x: Wire, flow: Flow) -> Wire:
    """Return groups of channels normalized."""
    groups = o.reshape(x, (0, part.num_groups, -1))
    made = o.reshape(normalized(o, groups, [-1], part.eps), (-1, *flow.entry))
    return affine(o, part, made, (1,) * (len(flow.entry) - 1))


WRITERS: Mapping[type, Writer] = {
    nn.Linear: linear,
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d), convolved),
    **dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d), largest),
    **dict.fromkeys((nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d), averaged),
    **dict.fromkeys((nn.LPPool1d, nn.LPPool2d), normed),
    nn.Unfold: unfolded,
    **dict.fromkeys((nn.ZeroPad1d, nn.ZeroPad2d), surrounded),
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.InstanceNorm1d, nn.InstanceNorm2d), of_channels),
    nn.GroupNorm: of_groups,
    **dict.fromkeys((nn.LayerNorm, nn.RMSNorm), layer_norm),
    nn.Embedding: embedded,
    **dict.fromkeys((nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Identity), as_it_is),
    **dict.fromkeys((nn.RNN, nn.LSTM, nn.GRU), layers),
    **dict.fromkeys((nn.RNNCell, nn.LSTMCell, nn.GRUCell), cell),
    nn.TransformerEncoderLayer: encoder_layer,
    **{kind: elementwise for kind in Elementwise.__subclasses__() if kind is not nn.Identity},
    nn.PReLU: parametric,
    **dict.fromkeys((nn.Softmax, nn.LogSoftmax), softmax),
    nn.Flatten: flattened,
}
