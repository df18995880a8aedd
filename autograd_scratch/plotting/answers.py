"""What a model answers to many points, as plain numbers, with nothing of the model changed."""

from collections.abc import Callable, Sequence
from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..arrays.conversion import number_of
from ..errors import ShapeError
from ..nn.batches import evaluating, outputs_of, takes_batches
from ..program import derive

Model = Callable[[Any], Any]


def answers(model: Model, example: Any, points: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the outputs for each point, which the model is given in containers as those of `example`.

    They are computed by derived code, or, of a model that cannot be derived, by the model.

    >>> from autograd_scratch import MLP
    >>> answers(MLP(1, [1], weights=[[[3.0]]]), [0.5], [[1.0], [2.0]])
    [[3.0], [6.0]]
    """
    inputs = [arrange(example, point) for point in points]
    is_batch = takes_batches(model)
    with evaluating(model):
        rows = _derived(model, inputs, is_batch) or _called(model, inputs, is_batch)
    if len({*map(len, rows)}) > 1 or not rows[0]:
        raise ShapeError("the model gives numbers of outputs that differ from point to point, or none")
    return rows


def _derived(model: Model, inputs: Sequence[Any], is_batch: bool) -> list[list[float]]:
    """Return the answers of derived code; none where the model chooses by numbers, or draws some."""

    def all_outputs(x: Any) -> tuple[Any, dict[str, Any]]:
        outputs = _outputs(outputs_of(model, [x], is_batch)[0])
        return outputs[0], {"outputs": outputs}

    try:
        program = derive(all_outputs, inputs=[inputs[0]], order=0)
        return [program(x)[-1]["outputs"] for x in inputs]
    except Exception:  # whatever is wrong with the model, it says so itself when it is called
        return []


def _called(model: Model, inputs: Sequence[Any], is_batch: bool) -> list[list[float]]:
    with modes.no_grad():
        outputs = outputs_of(model, inputs, is_batch)
    return [[number_of(output, "an output") for output in _outputs(answer)] for answer in outputs]


def _outputs(answer: Any) -> list[Any]:
    return [output for _, output in entries(answer)]
