"""What is asked for in a training run, checked, and what it has seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from ..elsewhere import named_elsewhere
from ..errors import AutogradError, DataError, look_up, refuse_class
from ..ieee import describe, whole
from ..nn.losses import LOSSES, Loss, cross_entropy, cross_entropy_of_rows
from ..nn.search import is_model, nothing_to_train, parameters_of
from ..optim import Optimizer
from ..seeds import Seed, random_from
from ..signatures import call_form
from ..value import Value
from .derived import DerivedRun
from .rows import rows_of, taken_as_pairs
from .run import Model, Run
from .showing import history_fragment

ENGINES = {"eager": Run, "derived": DerivedRun}
TRAINING = dict.fromkeys(("python", "wasm", "numba"), True)  # backends

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_CALLED_WITH_LISTS = (
    "fit calls a loss with two lists, the outputs of the rows and their targets: write "
    "loss=lambda outputs, targets: mean([(p - t) ** 2 for p, t in zip(outputs, targets)])"
)
_CALLED_EACH_EPOCH = (
    "fit calls on_epoch with the number of an epoch and its loss: write "
    "on_epoch=lambda epoch, loss: print(epoch, loss)"
)
INSTEAD = {
    **dict.fromkeys(("history", "loss", "epoch"), "the loss of each epoch is in .losses"),
    "plot": "write plt.plot(history.losses), with Matplotlib",
}


@named_elsewhere("a history", INSTEAD)
@dataclass(frozen=True, repr=False)
class History:
    """What a training run has seen, as `fit` returns it.

    `losses` has the loss of each epoch, before its step, and `metrics` a list as long for each name.
    `source` is the generated code that has run, where the engine was the derived one, and `backend` says
    what that is: "python", "numpy", "wasm" or "numba". A notebook shows a table of it, and the curve.
    """

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    source: str | None = None
    backend: str | None = None

    def __repr__(self) -> str:
        span = f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}" if self.losses else ""
        ran = f", {self.backend}" if self.backend else ""
        return f"<history of {len(self.losses):,} epochs{span}{ran}>"

    def _repr_html_(self) -> str:
        count = len(self.losses)
        title = f"{count:,} epoch{'s' * (count != 1)}{f', {self.backend}' if self.backend else ''}"
        return history_fragment(title, self.losses, self.metrics)


@call_form("fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100)")
def fit(
    model: Model,
    data: Iterable[Any],
    y: Iterable[Any] | None = None,
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    seed: Seed = None,
    metrics: Mapping[str, str | Loss] | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
    engine: str = "eager",
    backend: str | None = None,
) -> History:
    """Train `model` on `data` for a number of epochs, each of which goes through all rows once.

    `data` holds pairs (inputs, target); or, in `fit(model, X, y, ...)`, the inputs alone, and `y` the
    target of each. The loss, by name or as a function of outputs and targets, is minimized: on all rows
    at once, or on batches of `batch_size` rows, shuffled in each epoch if there is a `seed`. An optimizer
    that was given some of the model's parameters trains these alone. The history has the mean of the
    losses of an epoch's batches, each before its step. Metrics are losses too, of the outputs before an
    epoch, and only looked at. `on_epoch` is called with the number of each epoch, from 0 on, and its
    loss. What is frozen stays as it is.

    With `engine="derived"` the whole loop is generated code, hundreds of times as fast, with the same
    results to 1e-12 or so: for losses that are a mean or a sum over the rows. The data, the loss and the
    model are read once: what is frozen is a constant, of what `on_epoch` changes only parameters and the
    optimizer's settings count, and a parameter that only some rows reach is stepped in every batch. Much
    work is done by machine code, little by Python, or NumPy where there are arrays: that depends on the
    numbers of operations, rows and epochs alone. `backend` asks for one: "python" for the latter, "wasm"
    for WebAssembly, which from equal initial weights makes equal bits on every machine, or "numba", if that
    is installed. At Ctrl-C the parameters are those of a last step, and the optimizer has counted it.

    A loss that is not finite ends the training with NonFiniteError; the parameters are left as the
    last finite step made them. The garbage collector pauses during a step: graphs need none.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
    >>> history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=1_000, engine="derived")
    >>> [round(model(x), 1) for x, _ in XOR]
    [0.0, 1.0, 1.0, 0.0]
    """
    trained = _trained(model, optimizer)
    inputs, targets = rows_of(data, y)
    epochs = whole(epochs, "epochs")
    batch_size = len(inputs) if batch_size is None else whole(batch_size, "batch_size", 1)
    if backend is not None and look_up(backend, TRAINING, "backend") and engine != "derived":
        raise DataError(f'backend="{backend}" compiles derived code: write engine="derived" with it')
    if on_epoch is not None and not callable(on_epoch):
        raise DataError(
            "on_epoch is a function of an epoch's number and its loss, such as lambda epoch, loss: "
            f"print(epoch, loss), not {describe(on_epoch)}"
        )
    watched = _metrics(metrics)
    with taken_as_pairs(inputs, y):
        run = look_up(engine, ENGINES, "engine")(
            model=model,
            inputs=inputs,
            targets=targets,
            loss_of=_loss(loss),
            optimizer=optimizer,
            trained=trained,
            batch_size=batch_size,
            shuffling=None if seed is None else random_from(seed),
            backend=backend,
            planned=epochs,
        )
        return _followed(run, epochs, watched, on_epoch and _told(on_epoch, _CALLED_EACH_EPOCH))


def _followed(
    run: Run,
    epochs: int,
    metrics: Mapping[str, Loss],
    on_epoch: Callable[[int, float], None] | None,
) -> History:
    """Run all epochs; one at a time if somebody looks on."""
    history = History(metrics={name: [] for name in metrics}, source=run.source, backend=run.ran)
    at_once = 1 if metrics or on_epoch is not None else epochs
    while run.epoch < epochs:
        losses, outputs = run.epochs(at_once, watch=bool(metrics))
        history.losses.extend(losses)
        for name, metric in metrics.items():
            history.metrics[name].append(metric(outputs, run.targets))
        if on_epoch is not None:
            on_epoch(run.epoch - 1, losses[-1])
    return history


def _trained(model: Any, optimizer: Any) -> list[Value]:
    """Return the parameters that are to be trained: the model's, or of these the optimizer's own."""
    refuse_class(model)
    if not callable(model) or not is_model(model):
        raise DataError(
            "a model is called with inputs and has parameters(), as an MLP or a Module of your own, not "
            f"{describe(model)}"
        )
    trained = parameters_of(model)
    if not trained:
        raise nothing_to_train(model)
    refuse_class(optimizer, "lr=0.1")
    if not isinstance(optimizer, Optimizer):
        raise DataError(f"the optimizer must be one such as SGD(lr=0.1), not {describe(optimizer)}")
    return optimizer.chosen_among(trained)


def _metrics(metrics: Any) -> dict[str, Loss]:
    """Return the functions that are looked at in each epoch, by name."""
    if metrics is None:
        return {}
    if not isinstance(metrics, Mapping):
        raise DataError(
            "metrics are losses by the names that the history has for them, as in metrics={'error': "
            f"'mse'}}, not {describe(metrics)}"
        )
    return {name: _loss(metric) for name, metric in metrics.items()}


def _loss(loss: str | Loss) -> Loss:
    if not callable(loss) and not isinstance(loss, str):
        raise DataError(
            "a loss is a name, such as 'mse', or a function of outputs and targets, such as mse itself and "
            f"not what it gives; here it is {describe(loss)}"
        )
    found = loss if callable(loss) else look_up(loss, LOSSES, "loss")
    if found is cross_entropy:
        return cross_entropy_of_rows  # one logit a row is none of a class
    return found if found in LOSSES.values() else _told(found, _CALLED_WITH_LISTS)


def _told(function: FunctionT, note: str) -> FunctionT:
    """Let a function that somebody wrote tell, where it fails, with what it is called."""

    @wraps(function)
    def called(*args: Any) -> Any:
        try:
            return function(*args)
        except TypeError as fault:
            if not isinstance(fault, AutogradError):
                fault.add_note(note)
            raise

    return cast(FunctionT, called)
