"""What is measured of a model in each epoch: losses, accuracy, and functions of one's own."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from ...arrays.containers import entries, is_array
from ...elsewhere import look_up_elsewhere
from ...errors import DataError, ShapeError, UnknownNameError, refuse_class
from ...ieee import describe, real
from ...nn.elsewhere import LOSSES as LOSSES_ELSEWHERE
from ...nn.losses import LOSSES, Criterion, Loss
from ...primitives.arguments import is_several
from ...signatures import call_form
from ...value import Value
from ..asked import loss_by, loss_name, told

Metric = Callable[[Sequence[Any], Sequence[Any]], float]

_RISING = {"accuracy", "acc", "auc", "f1", "precision", "recall", "r2", "score"}  # parts of names
_CALLED_WITH_NUMBERS = (
    "fit calls a metric with two lists of plain numbers, the outputs of the rows and their targets: write "
    "metrics={'error': lambda outputs, targets: max(abs(p - t) for p, t in zip(outputs, targets))}"
)

_OWN = "a function: metrics={'name': lambda outputs, targets: ...}, of two lists of plain numbers"
_ELSEWHERE = {
    **LOSSES_ELSEWHERE,
    **dict.fromkeys(
        ("acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "accuracy_score"),
        "'accuracy'",
    ),
    **dict.fromkeys(("f1", "f1_score", "precision", "recall", "auc", "r2", "r2_score", "rmse"), _OWN),
}
_TAKEN = ("epoch", "loss", "val_loss")  # what the history calls so already


@call_form("accuracy([model(x) for x in X], y)")
def accuracy(outputs: Sequence[Any], targets: Sequence[Any], *, threshold: float | None = None) -> float:
    """Return the share of rows whose class is the target's, from 0 to 1.

    Of several outputs the class is the largest one's; the target is its number, or a row as long, of which
    again the largest counts. Of a single output the class is whether it is above `threshold`: 0.5, or 0
    where some targets are negative, as of -1 and 1. In `fit` it is 0 for losses of logits and margins.

    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    >>> accuracy([0.7, 0.2, 0.6], [1, 0, 0])
    0.6666666666666666
    """
    if not (is_several(outputs) and is_several(targets)):
        raise DataError(
            "accuracy is of outputs and of targets, in lists or arrays: write accuracy([model(x) for x in "
            f"X], y), not of {describe(targets if is_several(outputs) else outputs)}"
        )
    outputs, targets = [*outputs], [*targets]
    if len(outputs) != len(targets) or not outputs:
        raise ShapeError(
            f"accuracy is of as many outputs as targets, not {len(outputs)} and {len(targets)}"
        )
    rows = [
        (_flat(output), [_number(x) for x in _flat(target)]) for output, target in zip(outputs, targets)
    ]
    if threshold is None:
        threshold = 0.0 if any(len(target) == 1 and target[0] < 0 for _, target in rows) else 0.5
    return sum(_is_hit(output, target, threshold) for output, target in rows) / len(rows)


def metrics_by(metrics: Any, loss: str | Loss) -> dict[str, Metric]:
    """Return the functions that are looked at in each epoch, by name; `loss` is what is minimized."""
    if metrics is None:
        return {}
    if isinstance(metrics, Mapping):
        named = [(str(name), metric) for name, metric in metrics.items()]
    elif isinstance(metrics, (list, tuple)):
        named = [(_name(metric), metric) for metric in metrics]
    else:
        raise DataError(
            "metrics are names, as 'accuracy' and those of losses, or functions of outputs and targets: "
            f"write metrics=[{metrics!r}]"
            if isinstance(metrics, str)
            else f"write metrics=['accuracy'], or metrics={{'error': 'mse'}}, not {describe(metrics)}"
        )
    found = [(name, _metric(metric, loss)) for name, metric in named]
    _refuse_taken([name for name, _ in named])
    return dict(found)


def _refuse_taken(names: Sequence[str]) -> None:
    """Refuse names of metrics that would be those of other columns of the history."""
    for name, count in Counter([*_TAKEN, *names, *(f"val_{name}" for name in names)]).items():
        if count > 1:
            raise DataError(
                f"two columns of the history would be called {name!r}: give each metric a name of its own, "
                "as in metrics={'error': 'mse'}"
            )


def is_rising(name: str) -> bool:
    """Say whether a metric of that name is better the larger it is.

    >>> is_rising("val_accuracy"), is_rising("val_loss")
    (True, False)
    """
    return not _RISING.isdisjoint(name.lower().split("_"))


def not_measured(who: str, name: str, known: Collection[str]) -> UnknownNameError:
    """Return the error of who monitors what a training does not measure."""
    return UnknownNameError(
        f"{who} monitors {name!r}, which this training does not measure{_remedy(name, known)}: "
        f"{', '.join(known)}"
    )


def _remedy(name: str, known: Collection[str]) -> str:
    """Say how a training measures what is to be monitored, or what was perhaps meant.

    >>> _remedy("val_mae", ["loss"]), _remedy("val_acc", ["loss", "val_loss", "val_accuracy"])
    (": write fit(..., metrics=['mae'], validation=0.2); known", "; did you mean 'val_accuracy'? Known")
    """
    alike = get_close_matches(name, known, 1)
    if alike and name != "val_loss":
        return f"; did you mean {alike[0]!r}? Known"
    metric = name.removeprefix("val_")
    lacks = [f"metrics=[{metric!r}]"] if metric not in known else []
    lacks += ["validation=0.2"] if name.startswith("val_") and "val_loss" not in known else []
    return f": write fit(..., {', '.join(lacks)}); known"


def measured(metric: Metric, name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return what a metric says, which must be a number."""
    found: Any = metric(outputs, targets)
    number = found.flat[0] if is_array(found) and found.size == 1 else found
    try:
        return real(number.data if isinstance(number, Value) else number)
    except DataError:
        raise DataError(f"the metric {name!r} must return a number, not {describe(found)}") from None


def _metric(metric: Any, loss: str | Loss) -> Metric:
    refuse_class(metric, "")
    if metric is accuracy or (isinstance(metric, str) and metric == "accuracy"):
        is_around_zero = any(part in (loss_name(loss) or "").lower() for part in ("logits", "hinge"))
        return _around_zero if is_around_zero else accuracy
    if isinstance(metric, str):
        known: Mapping[str, Any] = {"accuracy": accuracy, **LOSSES}
        return loss_by(look_up_elsewhere(metric, known, "metric", _ELSEWHERE))
    if not callable(metric) or isinstance(metric, Criterion) or metric in LOSSES.values():
        return loss_by(metric)
    own: Metric = told(metric, _CALLED_WITH_NUMBERS)
    return own


def _around_zero(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the accuracy of outputs whose sign is the class."""
    return accuracy(outputs, targets, threshold=0.0)


def _name(metric: Any) -> str:
    """Return what a metric is called where nobody has said: the same in each process."""
    if isinstance(metric, (str, Criterion)):
        return str(metric)
    if isinstance(metric, partial):
        return _name(metric.func)
    return getattr(metric, "__name__", type(metric).__name__)


def _flat(thing: Any) -> list[Any]:
    return [entry for _, entry in entries(thing)]


def _number(target: Any) -> float:
    return real(target.data if isinstance(target, Value) else target, "a target of accuracy")


def _is_hit(output: list[Any], target: list[Any], threshold: float) -> bool:
    if len(output) == 1:
        if len(target) != 1:
            raise ShapeError(f"accuracy compares an output of one number with a target of {len(target)}")
        return bool((output[0] > threshold) == (target[0] > (0.0 if target[0] < 0 else 0.5)))
    wanted = target[0] if len(target) == 1 else _largest(target)
    if len(target) not in (1, len(output)):
        raise ShapeError(
            f"accuracy compares {len(output)} outputs with a class's number or a row as long, not with "
            f"{len(target)} numbers"
        )
    return bool(_largest(output) == wanted)


def _largest(numbers: list[Any]) -> int:
    return max(range(len(numbers)), key=numbers.__getitem__)
