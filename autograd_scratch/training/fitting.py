"""What is asked for in a training run, checked, and what it has seen."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..elsewhere import named_elsewhere
from ..errors import AutogradError, DataError, look_up, refuse_class
from ..ieee import describe, whole
from ..nn.losses import LOSSES, Loss, cross_entropy, cross_entropy_of_rows
from ..nn.search import is_model, nothing_to_train, parameters_of
from ..optim import Optimizer
from ..plotting import plot_curves
from ..rows import rows_of, taken_as_pairs
from ..seeds import Seed, random_from
from ..signatures import call_form, call_forms
from ..sparklines import signs_for, sparkline
from ..value import Value
from ..wording import cut
from .derived import DerivedRun
from .run import Model, Run
from .showing import history_fragment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENGINES = {"eager": Run, "derived": DerivedRun}
_SETTINGS = 80  # signs, in which a title has room
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
}


@call_forms("plot")
@named_elsewhere("a history", INSTEAD)
@dataclass(frozen=True, repr=False)
class History:
    """What a training run has seen, as `fit` returns it.

    `losses` has the loss of each epoch, before its step, and `metrics` a list as long for each name.
    `source` is the generated code that has run, where the engine was the derived one, and `backend` says
    what that is: "python", "numpy", "wasm" or "numba". `settings` names the loss and the optimizer.
    Printed, a history ends with the curve of its losses; a notebook shows a table of it, and the curve.

    >>> print(History([0.5, 0.25, 0.125]))
    3 epochs, loss 0.5 to 0.125  █▃▁
    """

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    source: str | None = None
    backend: str | None = None
    settings: str | None = None

    def plot(
        self, *, log: bool | None = None, label: str | None = None, ax: "Axes | None" = None
    ) -> "Axes":
        """Plot the losses over the epochs, and the metrics if there are any, a line each.

        The scale is logarithmic with `log`, and without saying where all are positive and more than two
        decades apart. What is nan or infinite is a mark at the upper edge. Drawn on `ax`, where `label`
        tells several histories apart, or on axes of a new figure, which a notebook shows, and
        `plt.show()`; returns these. Losses of a loop of your own: `History(losses).plot()`. Needs
        Matplotlib (MissingPackageError).

        >>> from matplotlib.figure import Figure
        >>> ax = History([0.5, 0.25, 0.125]).plot(ax=Figure().subplots())
        >>> [number.item() for number in ax.lines[0].get_ydata()]
        [0.5, 0.25, 0.125]
        """
        curves = [("loss", self.losses), *self.metrics.items()]
        if label is not None:
            curves = [(label, self.losses), *((f"{label}, {key}", each) for key, each in curves[1:])]
        return plot_curves(curves, self.settings or "", log, ax)

    def __repr__(self) -> str:
        return f"<history of {self._told()}>"

    def __str__(self) -> str:
        """Return the history in a line, with its curve in signs that standard output can write."""
        return f"{self._told()}  {sparkline(self.losses, signs=signs_for(sys.stdout))}".rstrip()

    def _told(self) -> str:
        count = len(self.losses)
        span = f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}" if count else ""
        ran = f", {self.backend}" if self.backend else ""
        return f"{count:,} epoch{'s' * (count != 1)}{span}{ran}"

    def _repr_html_(self) -> str:
        return history_fragment(self._told(), self.losses, self.metrics)


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
        history = History(
            metrics={name: [] for name in watched},
            source=run.source,
            backend=run.ran,
            settings=_settings(loss, optimizer),
        )
        _follow(run, epochs, history, watched, on_epoch and _told(on_epoch, _CALLED_EACH_EPOCH))
        return history


def _follow(
    run: Run,
    epochs: int,
    history: History,
    metrics: Mapping[str, Loss],
    on_epoch: Callable[[int, float], None] | None,
) -> None:
    """Run all epochs, and note what is seen; one at a time if somebody looks on."""
    at_once = 1 if metrics or on_epoch is not None else epochs
    while run.epoch < epochs:
        losses, outputs = run.epochs(at_once, watch=bool(metrics))
        history.losses.extend(losses)
        for name, metric in metrics.items():
            history.metrics[name].append(metric(outputs, run.targets))
        if on_epoch is not None:
            on_epoch(run.epoch - 1, losses[-1])


def _settings(loss: str | Loss, optimizer: Optimizer) -> str:
    """Return the names of a loss, if it has one, and of an optimizer with its settings."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", "<lambda>")
    return cut(repr(optimizer) if name == "<lambda>" else f"{name}, {optimizer!r}", _SETTINGS)


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
