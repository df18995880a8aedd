"""What a training run has seen: as data, as a table and as curves."""

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from ...elsewhere import named_elsewhere
from ...errors import AttributeNameError, MissingPackageError, look_up
from ...plotting import plot_curves
from ...signatures import call_form, call_forms
from ...sparklines import signs_for, sparkline
from .showing import history_fragment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOSSES = "the loss of each epoch is in .losses"
_HELD_OUT = "it is history['val_loss'], with fit(..., validation=0.2)"
_DATA = "all columns are in history.data(), a dict of lists, and history.frame() is a data frame"
INSTEAD = {
    "history": f"write history['loss'], or history['val_loss']; {_DATA}",
    **dict.fromkeys(("loss", "loss_curve_", "loss_history", "train_loss", "train_losses"), _LOSSES),
    "epoch": "the numbers of the epochs are in history['epoch']",
    **dict.fromkeys(("val_loss", "val_losses"), _HELD_OUT),
    **dict.fromkeys(("acc", "accuracy"), "write history['accuracy'], with fit(..., metrics=['accuracy'])"),
    **dict.fromkeys(
        ("val_acc", "val_accuracy"), "write history['val_accuracy']; it takes validation=0.2, too"
    ),
    **dict.fromkeys(("columns", "items", "keys", "to_dict", "values"), _DATA),
    **dict.fromkeys(("final_loss", "last_loss"), "write history.losses[-1]"),
    **dict.fromkeys(("best_loss", "min_loss"), "write min(history.losses), or min(history['val_loss'])"),
    "best_epoch": "EarlyStopping(patience=10) has it, or numpy.argmin(history['val_loss'])",
    **dict.fromkeys(("save", "to_csv"), "write history.frame().to_csv('history.csv')"),
    "to_json": "write json.dumps(history.data())",
}


@call_forms("data", "frame")
@named_elsewhere("a history", INSTEAD)
@dataclass(repr=False)
class History:
    """What a training run has seen, as `fit` returns it.

    `losses` has the loss of each epoch, before its steps, and `metrics` a list as long for each name, those
    of held-out rows, after the steps, with names such as "val_loss"; each is `history["val_loss"]`, too.
    `source` is the generated code that has run, where the engine was the derived one, and `backend` says
    what that is: "python", "numpy", "wasm" or "numba". `settings` names the loss, the optimizer and the
    schedule, if there is one, and `stopped` says why a run has ended before its last epoch, if it has.
    Printed, a history ends with the curve of its losses; a notebook shows a table of it, and the curve.

    >>> history = History([0.5, 0.25, 0.125], {"val_loss": [0.6, 0.4, 0.3]})
    >>> print(history)
    3 epochs, loss 0.5 to 0.125, val_loss 0.6 to 0.3  █▃▁
    >>> min(history["val_loss"])
    0.3
    """

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    source: str | None = None
    backend: str | None = None
    settings: str | None = None
    stopped: str | None = None

    def __getitem__(self, name: str) -> list[Any]:
        """Return a column of `data()`, as in `history["val_loss"]`."""
        return look_up(name, self.data(), "column of this history")

    if not TYPE_CHECKING:  # to which there are no other attributes

        def __getattr__(self, name: str) -> NoReturn:
            """Tell how a metric is had whose name is written as an attribute."""
            is_measured = name in vars(self).get("metrics", ())
            instead = f"write history[{name!r}]" if is_measured else INSTEAD.get(name)
            if instead:
                raise AttributeNameError(f"a history has no `{name}`; {instead}")
            raise AttributeError(f"'History' object has no attribute {name!r}", name=name, obj=self)

    def data(self) -> dict[str, list[Any]]:
        """Return the numbers of the epochs, from 0 on, their losses and metrics, each a list.

        >>> History([0.5, 0.25], {"val_loss": [0.6, 0.4]}).data()
        {'epoch': [0, 1], 'loss': [0.5, 0.25], 'val_loss': [0.6, 0.4]}
        """
        columns = {"loss": self.losses, **self.metrics}
        return {"epoch": [*range(len(self.losses))], **{name: [*seen] for name, seen in columns.items()}}

    def frame(self) -> Any:
        """Return `data()` as a data frame of pandas, an epoch a row. Needs pandas (MissingPackageError)."""
        try:
            import pandas
        except ImportError as fault:
            raise MissingPackageError(
                "a data frame needs pandas: pip install pandas; or take history.data(), which is lists"
            ) from fault
        return pandas.DataFrame(self.data()).set_index("epoch")

    @call_form("History.plot(ax=ax), whose .figure.savefig('history.png') writes a file")
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
        held_out = self.metrics.get("val_loss")
        held = f", val_loss {held_out[0]:.4g} to {held_out[-1]:.4g}" if held_out else ""
        ran = f", {self.backend}" if self.backend else ""
        ended = f", {self.stopped}" if self.stopped else ""
        return f"{count:,} epoch{'s' * (count != 1)}{span}{held}{ran}{ended}"

    def _repr_html_(self) -> str:
        return history_fragment(self._told(), self.losses, self.metrics)
