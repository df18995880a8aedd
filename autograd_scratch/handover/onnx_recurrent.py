"""How recurrent layers are written in ONNX: onnxruntime's own fail for floats of 64 bits when they are run.

A direction through a layer is one `Scan`, whose body is a step of time: so sequences may have any length.
"""

from collections.abc import Sequence
from typing import Any

from ..nn import LSTM, RNN, LSTMCell, RNNCell
from .columns import Columns
from .flows import Flow
from .wires import Graph, Wire


def layers(o: Columns, part: Any, x: Wire, flow: Flow) -> tuple[Wire, Any]:
    """Return the outputs at all times, and the states at the end."""
    is_turned = part.batch_first
    times = o.transpose(x, (1, 0, 2)) if is_turned else x  # (L, N, features)
    ends: list[list[Wire]] = []
    for layer in range(part.num_layers):
        ways = []
        for i in range(1 + part.bidirectional):
            outputs, end = _through(o, part, times, f"_l{layer}{'_reverse' * i}", i)
            ways.append(outputs)
            ends.append(end)
        times = o.concat(ways)
    states = tuple(o.concat([o.graph.op("Unsqueeze", h, [0]) for h in parts], 0) for parts in zip(*ends))
    output = o.transpose(times, (1, 0, 2)) if is_turned else times
    return output, states if len(states) > 1 else states[0]


def cell(o: Columns, part: Any, x: Wire, flow: Flow) -> Any:
    """Return the state after one step from zeros."""
    states = _zeros(o, part, x, 0, _widths(part, ""))
    made = _step(o, part, "", _given(o, part, "", x), states)
    return tuple(made) if len(made) > 1 else made[0]


def _through(o: Columns, part: Any, times: Wire, suffix: str, is_back: int) -> tuple[Wire, list[Wire]]:
    """Return the outputs at all times in one direction through a layer, and the states at its end."""
    helper, double = o.graph.onnx.helper, o.graph.onnx.TensorProto.DOUBLE
    given = _given(o, part, suffix, times)
    states = _zeros(o, part, times, 1, _widths(part, suffix))
    inner = Graph(o.graph)
    before = [inner.input(inner.new_name("before")) for _ in states]
    now = inner.input(inner.new_name("given"))
    after = _step(Columns(inner), part, suffix, now, before)
    # what a body gives are names of its own, each once
    after = [inner.op("Identity", wire) for wire in (*after, after[0])]

    def told(wires: Sequence[Wire]) -> list[Any]:
        return [helper.make_tensor_value_info(wire.name, double, None) for wire in wires]

    body = helper.make_graph(inner.nodes, inner.new_name("step"), told([*before, now]), told(after))
    *ends, outputs = o.graph.ops(
        "Scan",
        *states,
        given,
        outputs=len(states) + 1,
        body=body,
        num_scan_inputs=1,
        scan_input_directions=[is_back],
        scan_output_directions=[is_back],
    )
    return outputs, ends


def _step(o: Columns, part: Any, suffix: str, given: Wire, states: Sequence[Wire]) -> list[Wire]:
    """Return the states after a step of time."""
    h, units = states[0], part.hidden_size
    u = _affine(o, part, "hh", suffix, h)
    if isinstance(part, (RNN, RNNCell)):
        return [(o.tanh if part.nonlinearity == "tanh" else o.relu)(given + u)]

    def gate(x: Wire, k: int) -> Wire:
        return o.part(x, k * units, (k + 1) * units)

    if isinstance(part, (LSTM, LSTMCell)):
        z = given + u
        i, f, out = (o.sigmoid(gate(z, k)) for k in (0, 1, 3))
        c = f * states[1] + i * o.tanh(gate(z, 2))
        h = out * o.tanh(c)
        projection = getattr(part, f"weight_hr{suffix}", None)
        return [h if projection is None else h @ _turned(o, projection), c]
    r, keep = (o.sigmoid(gate(given, k) + gate(u, k)) for k in (0, 1))
    new = o.tanh(gate(given, 2) + r * gate(u, 2))
    return [new + keep * (h - new)]


def _given(o: Columns, part: Any, suffix: str, x: Wire) -> Wire:
    return _affine(o, part, "ih", suffix, x)


def _affine(o: Columns, part: Any, name: str, suffix: str, x: Wire) -> Wire:
    """Return the products of weights and x, and the bias."""
    made = x @ _turned(o, getattr(part, f"weight_{name}{suffix}"))
    return made + o.graph.constant(getattr(part, f"bias_{name}{suffix}").data) if part.bias else made


def _turned(o: Columns, weight: Any) -> Wire:
    return o.graph.constant(o.graph.numpy.array(weight.data).T)


def _widths(part: Any, suffix: str) -> list[int]:
    """Return the lengths of the rows of state."""
    outputs = getattr(part, f"weight_hh{suffix}").shape[1]
    return [outputs, part.hidden_size] if isinstance(part, (LSTM, LSTMCell)) else [outputs]


def _zeros(o: Columns, part: Any, x: Wire, axis: int, widths: Sequence[int]) -> list[Wire]:
    """Return rows of zeros, as many as x has rows."""
    count = o.graph.op("Shape", x, start=axis, end=axis + 1)
    shapes = [o.graph.op("Concat", count, [width], axis=0) for width in widths]
    return [o.graph.op("Expand", 0.0, shape) for shape in shapes]
