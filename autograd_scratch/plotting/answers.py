"""What a model answers to many points, as plain numbers, with nothing of the model changed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..arrays.conversion import number_of
from ..errors import ShapeError
from ..nn.search import is_module, models_in
from ..program import derive

Model = Callable[[Any], Any]


def answers(model: Model, example: Any, points: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the outputs for each point, which the model is given in containers as those of `example`.

    They are computed by derived code, or, of a model that cannot be derived, one after the other.

    >>> from autograd_scratch import MLP
    >>> answers(MLP(1, [1], weights=[[[3.0]]]), [0.5], [[1.0], [2.0]])
    [[3.0], [6.0]]
    """
    inputs = [arrange(example, point) for point in points]
    with _evaluating(model):
        rows = _derived(model, inputs) or _one_by_one(model, inputs)
    if len({*map(len, rows)}) > 1 or not rows[0]:
        raise ShapeError("the model gives numbers of outputs that differ from point to point, or none")
    return rows


def _derived(model: Model, inputs: Sequence[Any]) -> list[list[float]]:
    """Return the answers of derived code; none where the model chooses by numbers, or draws some."""

    def all_outputs(x: Any) -> tuple[Any, dict[str, Any]]:
        outputs = _outputs(model(x))
        return outputs[0], {"outputs": outputs}

    try:
        program = derive(all_outputs, inputs=[inputs[0]], order=0)
        return [program(x)[-1]["outputs"] for x in inputs]
    except Exception:  # whatever is wrong with the model, it says so itself when it is called
        return []


def _one_by_one(model: Model, inputs: Sequence[Any]) -> list[list[float]]:
    with modes.no_grad():
        return [[number_of(output, "an output") for output in _outputs(model(x))] for x in inputs]


def _outputs(answer: Any) -> list[Any]:
    return [output for _, output in entries(answer)]


@contextmanager
def _evaluating(model: Model) -> Iterator[None]:
    """Have `training` False in a model and all below it, and then as it was."""
    attributes = [vars(part) for part in models_in(model) if is_module(part)]
    before = [own.get("training") for own in attributes]
    try:
        for own in attributes:
            own["training"] = False
        yield
    finally:
        for own, mode in zip(attributes, before):
            own["training"] = mode
            if mode is None:
                del own["training"]
