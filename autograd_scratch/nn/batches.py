"""How a model is called with the rows of a data set: with each by itself, or with all as a batch.

A row by itself is what most models take. Some layers count the axes with one of a batch, as PyTorch does:
`wants_batch` says so, and so does `batch_first=True`: that holds for every model with such a layer in it. A
model of one's own may say for itself what it is to be called with, by `wants_batch = True` or `False` in
its class.

    >>> from autograd_scratch.nn import Flatten, Linear, Sequential
    >>> takes_batches(Linear(4, 1)), takes_batches(Sequential(Flatten(), Linear(4, 1)))
    (False, True)
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from operator import call
from typing import Any

from ..arrays.containers import is_array
from ..errors import ModelError, ShapeError
from ..ieee import describe
from .search import is_module, models_by_path, models_in

_OURS = f"{__package__.partition('.')[0]}."
_ONE_ROW = (
    "the model is called with one row of the data at a time; if it takes batches, write wants_batch = True "
    "in its class"
)


def takes_batches(model: Any) -> bool:
    """Say whether a model is called with a batch of rows; a ModelError if its layers do not agree."""
    wanting = turned = ""
    decided: list[str] = []  # what the paths of parts begin with that nobody asks
    for path, part in models_by_path(model):
        if path.startswith(tuple(decided)):
            continue
        wants = getattr(part, "wants_batch", None)
        if wants is None and getattr(part, "batch_first", False) is True:
            wants = True  # people write out[:, -1]
        if wants is not None and (not wants or not path):
            decided.append(path)
        if wants:
            wanting = wanting or _told(path, part)
        if getattr(part, "batch_first", True) is False:
            turned = turned or _told(path, part)
    if wanting and turned:
        raise ModelError(
            f"{wanting} has the rows of a batch along the first axis, and {turned} along the second; write "
            "batch_first=True there"
        )
    return bool(wanting)


def mixes_samples(model: Any) -> bool:
    """Say whether a row's answer depends on the other rows of a batch, as in training with BatchNorm."""
    return any(getattr(part, "mixes_samples", False) for part in models_in(model))


def has_modes(model: Any) -> bool:
    """Say whether training mode may count for what a model answers, in a class of somebody's own too."""
    ours = __package__.partition(".")[0]
    return any(
        getattr(part, "has_modes", type(part).__module__.partition(".")[0] != ours)
        for part in models_in(model)
        if is_module(part)
    )


def outputs_of(model: Any, inputs: Sequence[Any], is_batch: bool) -> list[Any]:
    """Return what a model answers to each of some rows, called with all at once if it takes batches.

    >>> from autograd_scratch.nn import Flatten
    >>> outputs_of(Flatten(), [[[1.0], [2.0]], [[3.0], [4.0]]], True)
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if not is_batch:
        try:
            return [model(x) for x in inputs]
        except (ValueError, IndexError) as fault:
            if hasattr(type(model), "forward") and not type(model).__module__.startswith(_OURS):
                fault.add_note(_ONE_ROW)
            raise
    answer = model(_stacked(inputs))
    if isinstance(answer, list) or is_array(answer):
        outputs = [*answer]
        if len(outputs) == len(inputs):
            return outputs
        told = f"{len(outputs)} outputs"
    else:
        told = describe(answer)
    raise ShapeError(
        f"{type(model).__name__} is called with a batch of {len(inputs)} rows, and gives {told}; return an "
        "output for each, or write wants_batch = False in its class if it takes a row by itself"
    )


def evaluating(model: Any) -> AbstractContextManager[None]:
    """Have `training` False in a model and all below it, and then as it was."""
    return _in_mode(model, False)


def training(model: Any) -> AbstractContextManager[None]:
    """Have a model in training mode; its parts too if it is not, and else in their own modes."""
    return nullcontext() if getattr(model, "training", True) else _in_mode(model, True)


def way_back_of_modes(model: Any) -> Callable[[], None]:
    """Return what has `training` be again what it is now, in a model and all below it, in one step."""
    steps = [
        partial(own.update, training=own["training"])
        if "training" in own
        else partial(own.pop, "training", 0)
        for own in _attributes(model)
    ]

    def go() -> None:
        deque(map(call, steps), maxlen=0)

    return go


@contextmanager
def _in_mode(model: Any, mode: bool) -> Iterator[None]:
    go_back = way_back_of_modes(model)
    try:
        for own in _attributes(model):
            own["training"] = mode
        yield
    finally:
        go_back()


def _attributes(model: Any) -> list[dict[str, Any]]:
    return [vars(part) for part in models_in(model) if is_module(part)]


def _stacked(inputs: Sequence[Any]) -> Any:
    """Return arrays of one shape as one array, and all else in a list."""
    if all(map(is_array, inputs)) and len({x.shape for x in inputs}) == 1:
        import numpy

        return numpy.stack(inputs)
    return [*inputs]


def _told(path: str, part: Any) -> str:
    name = part.signature() if is_module(part) else type(part).__name__
    return f"{name} at {path[:-1]}" if path else name
