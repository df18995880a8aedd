"""A model as one of ONNX: `to_onnx`."""

from collections.abc import Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from .. import nn
from ..errors import DataError, ProgramError
from ..files import write_whole
from ..ieee import describe
from ..nn.batches import evaluating
from ..nn.dense import Layer, linear
from ..nn.search import is_module
from ..nn.states import entries_of
from ..signatures import call_form
from .agreement import refuse_disagreement
from .columns import Columns
from .dense import layers_of
from .equations import Answer, answers_of, equations_of, sizes_of
from .examples import example_of
from .flows import Calling, Flow, Flows, leaves_of, over
from .layers import CHAINS, like, named_parts
from .onnx_attention import attention, of_each
from .onnx_layers import WRITERS
from .packages import package
from .torch_models import refuse_no_model
from .wires import IR_VERSION, OPSET, Graph, Wire

ROWS = "N"  # what the axis of rows is called


@call_form('to_onnx(model, "model.onnx", X[:2])')
def to_onnx(model: Any, path: str | PathLike[str] | None = None, *examples: Any) -> Any:
    """Write a model into a file of ONNX, as it is in evaluation mode, and return the file's path.

    Without a path it is the `onnx.ModelProto` that is returned. All is in float64; whole numbers that
    choose rows of an Embedding are int64. Inputs are called x, or x0, x1 and so on, outputs y, or y0, y1.
    They are batches of any number of rows, (N, ...), and all other lengths are those of the example, those
    of sequences too. With recurrent layers and attention without `batch_first`, N is the second axis. What
    is one number a row is (N, 1).

    Layers, `Sequential`, `MLP` and `Layer` are written as products of matrices and functions of tensors,
    recurrent layers as loops, and any other model by the equations of one row, as with `to_torch`.
    Convolutions and pools gather their windows, since onnxruntime has none in float64; so they are slower
    than its own of float32. It is a file to compute with, not to train.

    The model is run in onnxruntime, on all rows of the example and on one less, and gives what it gives
    here, or a ProgramError is raised, and no file is written. `examples` are some rows, as X[:2]; a model
    whose first layer tells the size of a row is run on random ones.

    Raises ModelError for what onnxruntime cannot compute in float64, such as atan; OutputError for a file
    that cannot be written; MissingPackageError without onnx, onnxruntime and NumPy.

    >>> from autograd_scratch import MLP
    >>> to_onnx(MLP(2, [4, 1], seed=0), "model.onnx")  # doctest: +SKIP
    PosixPath('model.onnx')
    """
    refuse_no_model(model)
    if not isinstance(path, (str, PathLike, type(None))):
        raise DataError(
            f"the path of a file is text, not {describe(path)}; write to_onnx(model, None, X[:2])"
        )
    onnx, runtime = package("onnx", "to_onnx"), package("onnxruntime", "to_onnx")
    with evaluating(model):
        calling = Calling.of(model)
        given = example_of(model, examples, calling)
        graph = Graph()
        names = ["x"] if len(given) == 1 else [f"x{i}" for i in range(len(given))]
        writer = Writer(Columns(graph, 0 if calling.is_batch else 1), calling)
        wires, expected = writer.part(model, [*map(graph.input, names)], given)
    proto = _proto(onnx, graph, [*zip(names, given)], [*leaves_of(wires)])
    _refuse_other_answers(runtime, proto, model, [*zip(names, given)], expected)
    if path is None:
        return proto
    file = Path(path)
    write_whole(file, proto.SerializeToString(deterministic=True))
    return file


class Writer:
    """Writes the parts of a model into a graph."""

    def __init__(self, ops: Columns, calling: Calling) -> None:
        self.ops = ops
        self.calling = calling

    def part(self, part: Any, wires: Sequence[Any], given: Sequence[Flows]) -> tuple[Any, Flows]:
        """Write a part; return its outputs, and what the part gives for what it is given."""
        if like(part, CHAINS):
            return self._chain(part, wires, given)
        answer = self.calling.answers(part, given)
        if like(part, (nn.MultiheadAttention,)):
            return attention(self.ops, part, (wires[0], wires[1], wires[2])), answer
        kind, layers = like(part, WRITERS), layers_of(part)
        if kind is not None:
            return self._layer(kind, part, wires[0], given[0], answer), answer
        return (self._dense(layers, wires[0]) if layers else self._own(part, wires, given, answer)), answer

    def _chain(self, part: Any, wires: Sequence[Any], given: Sequence[Flows]) -> tuple[Any, Flows]:
        wire, flow = wires[0], given[0]
        for _, each in named_parts(part):
            wire, flow = self.part(each, [wire], [flow])
        if like(part, (nn.Residual,)):
            return wires[0] + wire, self.calling.answers(part, given)
        return wire, flow

    def _layer(self, kind: type, part: Any, wire: Any, flow: Any, answer: Any) -> Any:
        """Write a layer, with rows along the first axis where it does not say itself where they are."""
        if flow.axis == 0 or hasattr(part, "batch_first") or kind is nn.TransformerEncoderLayer:
            return WRITERS[kind](self.ops, part, wire, flow)
        rows = self.ops.transpose(wire, [1, 0, *range(2, flow.array.ndim)])
        made = WRITERS[kind](self.ops, part, rows, Flow(flow.rows, 0))
        return self.ops.transpose(made, [1, 0, *range(2, answer.array.ndim)] if answer.axis else [])

    def _dense(self, layers: Sequence[Any], wire: Wire) -> Wire:
        array = self.ops.graph.numpy.array
        for layer in layers:
            neurons = layer.neurons if isinstance(layer, Layer) else [layer]
            weights = array([[leaf.data for leaf in neuron.w] for neuron in neurons])
            biases = array([neuron.b.data for neuron in neurons])
            wire = wire @ self.ops.graph.constant(weights.T) + self.ops.graph.constant(biases)
            if neurons[0].activation is not linear:
                wire = of_each(self.ops, neurons[0].activation, wire)
        return wire

    def _own(self, part: Any, wires: Sequence[Any], given: Sequence[Flows], answer: Flows) -> Any:
        """Write the equations of a part."""
        ops, graph = self.ops, self.ops.graph
        equations = equations_of(part, given, self.calling)
        columns: list[Wire] = []
        for wire, flow, (axis, size) in zip(leaves_of([*wires]), leaves_of([*given]), sizes_of(given)):
            own = self._matrix(wire, flow, axis, size)
            rows = [ops.taken(own, i, 1) for i in range(size)]
            ops.known(rows, own)
            columns += rows
        entries: dict[str, Any] = dict(entries_of(part)) if is_module(part) else {}
        leaves = {path: getattr(entry, "leaves", [entry]) for path, entry in entries.items() if path}
        numbers = [leaves[path][i].data for path, i in equations.parameters]
        constants = [*map(graph.constant, equations.constants)]
        made = equations.run(ops, columns, [*map(graph.constant, numbers)], constants)
        pending = iter(made)

        def arranged(answer: Answer) -> Wire:
            stack = ops.side_by_side([next(pending) for _ in range(answer.size)], columns[0])
            shaped = ops.reshape(stack, (-1, *(answer.shape or (1,))))
            order = [*range(1, 1 + len(answer.shape))]
            return ops.transpose(shaped, [*order[: answer.axis], 0, *order[answer.axis :]])

        return over(arranged, answers_of(answer))

    def _matrix(self, wire: Wire, flow: Flow, axis: int, size: int) -> Wire:
        """Return an array with a row for each row, of floats."""
        ops = self.ops
        if flow.array.dtype.kind in "iu":
            wire = ops.truth(wire)  # which makes floats of whole numbers, too
        order = [axis, *(i for i in range(flow.array.ndim) if i != axis)]
        return ops.reshape(ops.transpose(wire, order), (-1, size))


def _proto(onnx: Any, graph: Graph, given: Sequence[tuple[str, Flow]], outputs: Sequence[Wire]) -> Any:
    """Return the whole model."""
    helper, kinds = onnx.helper, onnx.TensorProto
    inputs = []
    for name, flow in given:
        shape: list[Any] = [*flow.array.shape]
        shape[flow.axis] = ROWS
        kind = kinds.INT64 if flow.array.dtype.kind in "iu" else kinds.DOUBLE
        inputs.append(helper.make_tensor_value_info(name, kind, shape))
    names = ["y"] if len(outputs) == 1 else [f"y{i}" for i in range(len(outputs))]
    told = []
    for name, wire in zip(names, outputs):
        graph.nodes.append(helper.make_node("Identity", [graph.name_of(wire)], [name]))
        told.append(helper.make_tensor_value_info(name, kinds.DOUBLE, None))
    proto = helper.make_model(
        graph.proto("model", inputs, told),
        producer_name="autograd_scratch",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    return onnx.shape_inference.infer_shapes(proto)


def _refuse_other_answers(
    runtime: Any, proto: Any, model: Any, given: Sequence[tuple[str, Flow]], expected: Flows
) -> None:
    """Run the model on the example and on one row less: the first run is where some nodes fail."""
    settings = runtime.SessionOptions()
    settings.log_severity_level = 4  # what is wrong is raised
    settings.intra_op_num_threads = 1
    try:
        session = runtime.InferenceSession(
            proto.SerializeToString(), settings, providers=["CPUExecutionProvider"]
        )
        for less in (0, 1):
            found = session.run(None, {name: _first(flow, less) for name, flow in given})
            refuse_disagreement(model, over(partial(_cut, less), expected), found, "onnxruntime")
    except Exception as fault:
        if isinstance(fault, ProgramError):
            raise
        raise ProgramError(
            f"onnxruntime does not run what {type(model).__name__} became: {fault}; nothing is handed over"
        ) from fault


def _cut(less: int, flow: Flow) -> Flow:
    return Flow(_first(flow, less), flow.axis)


def _first(flow: Flow, less: int) -> Any:
    """Return all rows but the last ones."""
    numpy = package("numpy", "to_onnx")
    rows = range(flow.array.shape[flow.axis] - less)
    return numpy.ascontiguousarray(numpy.take(flow.array, rows, flow.axis))
