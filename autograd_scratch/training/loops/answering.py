"""What a model answers to rows, as a module: a function of its parameters too, and of what it carries."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...arrays.containers import entries
from ...errors import ProgramError
from ...nn.batches import evaluating, outputs_of, takes_batches
from ...nn.states import Buffer, keeping
from ...program.forms import leaves
from ...program.nests.tracing import nests_of_trace
from ...program.record import example_values
from ...program.repetition import traced_twice
from ...program.rolled.batches import each_of_rows
from ...program.rolled.recording import record_rolled
from ...program.variables import Variable
from ...program.wasm.formulas import MORE
from ...program.wasm.lanes import in_pairs
from ...program.wasm.operations import NoFormError
from ...program.wasm.saving import Calling
from ...stepping.recorder import Recorder
from ...value import Value
from ..asked import Model
from .recorded import CARRIED


class Answering(NamedTuple):
    """A module that answers to `rows` rows in a call, with `outputs` numbers to each.

    Where its memory has all weights, the inputs row by row, and the answers, is in bytes.
    """

    text: str
    rows: int
    outputs: int
    weights: int
    inputs: int
    answers: int


def answering(
    model: Model, parameters: Sequence[Value], buffers: Sequence[Buffer], example: Any, rows: int
) -> Answering:
    """Return the module for a model in eval mode; its weights are those parameters, and then the buffers.

    `example` is the inputs of a row. A model whose answers are no arrays of Values is a NoFormError, or
    what tracing says.
    """
    is_batch = takes_batches(model)

    def answer(x: Any, carried: Any) -> list[Any]:
        with evaluating(model), keeping(buffers):
            for buffer, held in zip(buffers, carried):
                buffer.held = held
            (output,) = outputs_of(model, [x], is_batch)
        return [entry for _, entry in entries(output)]

    given = example_values({"x": example, CARRIED: [buffer.data for buffer in buffers]})
    recorder = Recorder(traced_twice.__code__)
    outputs, _ = traced_twice(answer, [*given.values()], {}, "the model", recorder)
    if not outputs or not all(isinstance(output, Value) for output in outputs):
        raise ProgramError("the model answers with what is computed neither from its inputs nor parameters")
    inputs = {"x": given["x"]}
    if buffers:
        inputs[CARRIED] = leaves(given[CARRIED])
    recording = record_rolled(outputs[0], [*parameters], inputs, {"outputs": outputs}, "model", recorder)
    if recording is None:
        raise NoFormError("what the model answers cannot be written as arrays")
    many = each_of_rows(recording, rows, ["x"])
    keys = [key for key in many.arguments if key not in ("x", CARRIED)]
    order = [*keys, *([CARRIED] if buffers else []), "x"]
    arguments: list[Variable] = [leaf for key in order for leaf in leaves(many.arguments[key])]
    found = leaves(many.extras)
    if len(found) > 1 or len(leaves(many.arguments["x"])) > 1:
        raise NoFormError("the inputs or the outputs of a row are no array")
    calling = Calling(nests_of_trace(many.trace, arguments, found, in_pairs, more=MORE))
    return Answering(
        text=calling.text,
        rows=rows,
        outputs=len(outputs),
        weights=calling.arguments[0],
        inputs=calling.arguments[-1],
        answers=calling.results[0],
    )
