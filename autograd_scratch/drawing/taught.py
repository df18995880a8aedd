"""What `draw` is given to train a model in a page: data, a loss and an optimizer; a row is drawn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import product
from numbers import Real
from typing import Any, NamedTuple

from ..arrays.containers import entries
from ..errors import AutogradError, DataError
from ..ieee import describe
from ..nn.batches import evaluating, mixes_samples, outputs_of, takes_batches
from ..nn.losses import Loss
from ..nn.search import is_model, parameters_of
from ..optim import LRScheduler, Optimizer
from ..rows import rows_of
from ..training.asked import loss_by
from ..value import Value
from .explorer.training import training_of
from .given import scene_of_call, scene_of_model, with_names
from .scene import Scene

_EVALUATED = (
    "The graph is that of one row in evaluation, with the running statistics from before the training; an "
    "epoch gives it weights alone."
)
_MOST = 20_000  # numbers of rows that can be chosen in a page


class Taught(NamedTuple):
    """A scene of one row, and what goes with it: data for training, the rows, and which Values they are.

    `row` has the leaves that stand for the numbers of one of the `rows`, of which the scene shows the
    `first`; so many of them are `inputs`. `weights` are the parameters. `notes` are told with the page.
    """

    scene: Scene
    training: Mapping[str, Any]
    row: Sequence[Value]
    rows: Sequence[Sequence[float]]
    first: int
    inputs: int
    weights: Sequence[Value]
    notes: Sequence[str] = ()


def taught(
    things: Sequence[Any],
    names: Mapping[str, Any],
    data: Iterable[Any],
    loss: str | Loss,
    optimizer: Optimizer | None,
    epochs: int,
    batch_size: int | None,
    schedule: LRScheduler | None,
) -> Taught:
    """Return what is drawn of `draw(model, data=..., optimizer=...)`, and trained in its page."""
    model: Any = things[0] if things else None
    given = things[1:]
    if not is_model(model) or len(given) > 1:
        raise DataError(
            "data train a model in the page: write draw(model, data=rows, optimizer=SGD(0.1)), with the "
            f"input to be shown after the model, if it is not the first row; not {describe(model)}"
        )
    if optimizer is None:
        raise DataError("a page trains with an optimizer: write draw(model, data=rows, optimizer=SGD(0.1))")
    inputs, targets = rows_of(data, None, "draw")
    training = training_of(
        model,
        inputs,
        targets,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        schedule=schedule,
    )
    rows = [[*_numbers(x), *_numbers(y)] for x, y in zip(inputs, targets)]
    own = _entries(given[0]) if given else None
    first = next((i for i, x in enumerate(inputs) if own is None or _entries(x) == own), None)
    weights = parameters_of(model, frozen=True)
    if first is None:
        scene = scene_of_model(model, given, names)
        return Taught(scene, training, [], [], 0, 0, weights)
    scene, row = _row(model, inputs[first], targets[first], loss_by(loss), names)
    is_choice = len(row) == len(rows[0]) and all(len(each) == len(row) for each in rows)
    is_choice = is_choice and len(rows) * len(row) <= _MOST
    row, rows = (row, rows) if is_choice else ([], [])
    notes = [_EVALUATED] if mixes_samples(model) else []
    return Taught(scene, training, row, rows, first, len(_numbers(inputs[first])), weights, notes)


def _row(
    model: Any, x: Any, y: Any, loss_of: Loss, names: Mapping[str, Any]
) -> tuple[Scene, Sequence[Value]]:
    """Return the scene of the loss of a row, and the Values for its numbers.

    Numbers are Values, so that they can be changed; labels and indices cannot be. A model whose answer to a
    row depends on other rows is drawn as it is evaluated.
    """
    fault: Exception | None = None
    for given, target in product((True, False), repeat=2):
        row = with_names(x, "x") if given else x, with_names(y, "y") if target else y
        try:
            scene = scene_of_call(model, partial(_loss, model, *row, loss_of), names)
        except (AutogradError, TypeError, ValueError) as own:
            fault = fault or own
        else:
            return scene, [leaf for part in row for _, leaf in entries(part) if isinstance(leaf, Value)]
    assert fault is not None
    raise fault


def _loss(model: Any, x: Any, y: Any, loss_of: Callable[..., Any]) -> Any:
    with evaluating(model) if mixes_samples(model) else nullcontext():
        loss = loss_of(outputs_of(model, [x], takes_batches(model)), [y])
    return loss.named("loss") if isinstance(loss, Value) and not loss.name else loss


def _numbers(thing: Any) -> list[float]:
    return [number for _, number in _entries(thing) if isinstance(number, float)]


def _entries(thing: Any) -> list[tuple[str, Any]]:
    """Return the places of all numbers, which are floats, and of what is none."""
    return [(place, _float(entry)) for place, entry in entries(thing)]


def _float(entry: Any) -> Any:
    entry = entry.data if isinstance(entry, Value) else entry
    return float(entry) if isinstance(entry, Real) else entry
