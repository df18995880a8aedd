"""How a model is fitted to data."""

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import DataError, NonFiniteError, ShapeError, look_up
from .ieee import describe
from .nn.losses import LOSSES, Loss
from .optim import Optimizer
from .value import Value


class Model(Protocol):
    """What can be fitted: a module that is called with inputs."""

    def __call__(self, x: Any, /) -> Any: ...
    def parameters(self, *, frozen: bool = False) -> list[Value]: ...


@dataclass(frozen=True)
class History:
    """What a training run has seen: the loss before each epoch's step, and the metrics with it."""

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)


def fit(
    model: Model,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer,
    epochs: int,
    metrics: Mapping[str, Loss] | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> History:
    """Train `model` on all of `data` at once, for `epochs` steps of `optimizer`.

    `data` holds pairs (inputs, target). The loss, by name or as a function of outputs and targets, is
    minimized; metrics are such functions too, of plain numbers, and only looked at. `on_epoch` is
    called with the number of each epoch, from 0 on, and its loss. What is frozen stays as it is.

    A loss that is not finite ends the training with NonFiniteError; the parameters are left as the
    last finite step made them. The garbage collector pauses meanwhile: graphs need none.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
    >>> history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=1_000)
    >>> [round(model(x), 1) for x, _ in XOR]
    [0.0, 1.0, 1.0, 0.0]
    """
    examples = list(data)
    if not examples:
        raise ShapeError("there is nothing to fit: the data are empty")
    if not isinstance(epochs, int) or epochs < 0:
        raise DataError(f"epochs must be a whole number from 0 on, not {describe(epochs)}")
    inputs, targets = [x for x, _ in examples], [target for _, target in examples]
    loss_of = loss if callable(loss) else look_up(loss, LOSSES, "loss")
    trained, everything = model.parameters(), model.parameters(frozen=True)
    history = History(metrics={name: [] for name in metrics or {}})
    with _collector_paused():
        for epoch in range(epochs):
            outputs = [model(x) for x in inputs]
            value = loss_of(outputs, targets)
            if not math.isfinite(value.data):
                raise NonFiniteError(
                    f"the loss is {value.data} in epoch {epoch}; the parameters are those of the last "
                    "finite step. Lower the learning rate, or look for an overflow in the loss"
                )
            history.losses.append(value.data)
            for name, metric in (metrics or {}).items():
                history.metrics[name].append(metric(_numbers(outputs), targets))
            for parameter in everything:
                parameter.zero_grad()
            value.backward()
            optimizer.step(trained)
            if on_epoch is not None:
                on_epoch(epoch, value.data)
    return history


def _numbers(outputs: list[Any]) -> list[Any]:
    return [output.data if isinstance(output, Value) else _numbers(output) for output in outputs]


@contextmanager
def _collector_paused() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
