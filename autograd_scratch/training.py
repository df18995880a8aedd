"""How a model is fitted to data."""

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any, Protocol

from .errors import DataError, GraphError, NonFiniteError, ShapeError, look_up
from .ieee import describe
from .ledger import explain_nonfinite
from .nn.losses import LOSSES, Loss
from .optim import Optimizer
from .value import Value


class Model(Protocol):
    """What can be fitted: a module that is called with inputs."""

    def __call__(self, x: Any, /) -> Any: ...
    def parameters(self, *, frozen: bool = False) -> list[Value]: ...


@dataclass(frozen=True, repr=False)
class History:
    """What a training run has seen: the loss before each epoch's step, and the metrics with it."""

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)

    def __repr__(self) -> str:
        span = f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}" if self.losses else ""
        return f"<history of {len(self.losses):,} epochs{span}>"


def fit(
    model: Model,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer,
    epochs: int,
    metrics: Mapping[str, str | Loss] | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> History:
    """Train `model` on all of `data` at once, for `epochs` steps of `optimizer`.

    `data` holds pairs (inputs, target). The loss, by name or as a function of outputs and targets, is
    minimized; metrics are such too, computed from plain numbers, and only looked at. `on_epoch` is
    called with the number of each epoch, from 0 on, and its loss. What is frozen stays as it is.

    A loss that is not finite ends the training with NonFiniteError; the parameters are left as the
    last finite step made them. The garbage collector pauses during a step: graphs need none.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
    >>> history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=1_000)
    >>> [round(model(x), 1) for x, _ in XOR]
    [0.0, 1.0, 1.0, 0.0]
    """
    inputs, targets = _unzipped(data)
    if not isinstance(epochs, Integral) or epochs < 0:
        raise DataError(f"epochs must be a whole number from 0 on, not {describe(epochs)}")
    if not isinstance(optimizer, Optimizer):
        raise DataError(f"the optimizer must be one such as SGD(0.1), not {describe(optimizer)}")
    loss_of = _loss(loss)
    metric_of = {name: _loss(metric) for name, metric in (metrics or {}).items()}
    trained, everything = model.parameters(), model.parameters(frozen=True)
    if not trained:
        raise GraphError("there is nothing to train: the model has no parameters, or all are frozen")
    history = History(metrics={name: [] for name in metric_of})
    for epoch in range(epochs):
        with _collector_paused():
            outputs = [model(x) for x in inputs]
            value = loss_of(outputs, targets)
            _check(value, epoch)
            history.losses.append(value.data)
            for name, metric in metric_of.items():
                history.metrics[name].append(metric(_numbers(outputs), targets))
            for parameter in everything:
                parameter.zero_grad()
            value.backward()
            optimizer.step(trained)
        if on_epoch is not None:
            on_epoch(epoch, value.data)
    return history


def _unzipped(data: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    try:
        pairs = [(x, target) for x, target in data]
    except (TypeError, ValueError):
        raise ShapeError("the data are pairs (inputs, target); from two lists write zip(X, y)") from None
    if not pairs:
        raise ShapeError("there is nothing to fit: the data are empty")
    return [x for x, _ in pairs], [target for _, target in pairs]


def _loss(loss: str | Loss) -> Loss:
    return loss if callable(loss) else look_up(loss, LOSSES, "loss")


def _check(loss: Any, epoch: int) -> None:
    if not isinstance(loss, Value):
        raise DataError(f"the loss must be a Value, computed from the outputs, not {describe(loss)}")
    if not math.isfinite(loss.data):
        raise NonFiniteError(
            f"the loss is {loss.data} in epoch {epoch}; the parameters are those of the last finite step. "
            f"Lower the learning rate, or look at where it comes from:\n{explain_nonfinite(loss)}"
        )


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
