"""How far outputs are from targets, as one number to make small.

A loss takes the outputs of a model and the targets, both a number or sequences of one shape (an axis
of length 1 at the end does not count: a column of targets fits a list of outputs). On Values it is a
Value, on numbers a number. Names are PyTorch's, and the means are over all entries, as there.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ..arrays.containers import extent
from ..arrays.conversion import number_of
from ..errors import RangeError, ShapeError
from ..ieee import describe, is_array_of_one, real
from ..primitives import mean, sum_
from ..primitives.arguments import is_node, is_row, is_unknown
from ..primitives.logits import cross_entropy_of_class, cross_entropy_of_shares
from ..primitives.penalties import binary_cross_entropy_p, binary_cross_entropy_with_logits_p, smooth_l1_p
from ..primitives.powers import power
from ..signatures import call_form

Loss = Callable[[Any, Any], Any]


@call_form()
def mse(outputs: Any, targets: Any) -> Any:
    """The mean of the squared errors.

    Outputs and targets are numbers or nested sequences of one shape; else it is a ShapeError.

    >>> mse([1.0, 2.0], [0.0, 4.0])
    2.5
    """
    return mean([power(2.0)(output - target) for output, target in _pairs(outputs, targets, "mse")])


@call_form()
def half_sum_of_squares(outputs: Any, targets: Any) -> Any:
    """Half the sum of the squared errors, whose derivative by an output is the error.

    >>> half_sum_of_squares([1.0, 2.0], [0.0, 4.0])
    2.5
    """
    pairs = _pairs(outputs, targets, "half_sum_of_squares")
    return 0.5 * sum_([power(2.0)(output - target) for output, target in pairs])


@call_form()
def binary_cross_entropy(outputs: Any, targets: Any) -> Any:
    """The mean of -t log p - (1 - t) log(1 - p) over probabilities p and targets t from 0 to 1.

    As in PyTorch a logarithm counts at least -100. A model without sigmoid at its end loses no digits:
    `binary_cross_entropy_with_logits`.

    >>> binary_cross_entropy([0.5, 0.5], [0.0, 1.0])
    0.6931471805599453
    """
    pairs = list(_pairs(outputs, targets, "binary_cross_entropy"))
    _refuse_outside((output for output, _ in pairs), "an output of binary_cross_entropy", _FOR_LOGITS)
    _refuse_outside((target for _, target in pairs), "a target of binary_cross_entropy", _FOR_CLASSES)
    return mean([binary_cross_entropy_p(output, target) for output, target in pairs])


@call_form()
def binary_cross_entropy_with_logits(logit: Any, target: Any) -> Any:
    """The mean binary cross-entropy of sigmoid(logit), computed from the logit itself.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [0.0, 1.0])
    0.34657359027997264
    """
    pairs = list(_pairs(logit, target, "binary_cross_entropy_with_logits"))
    what = "a target of binary_cross_entropy_with_logits"
    _refuse_outside((target for _, target in pairs), what, _FOR_CLASSES)
    return mean([binary_cross_entropy_with_logits_p(output, target) for output, target in pairs])


@call_form()
def cross_entropy(logits: Any, target: Any) -> Any:
    """-log softmax(logits)[target] for the number of a class, counted from 0; the mean over a batch.

    The target may also be a row with a probability for each class, one-hot or not: the sum of
    -log softmax(logits) times these, whatever numbers they are, as in PyTorch; but where all are 0 or 1
    there must be one 1. A batch is a sequence of rows of logits with a sequence of as many targets, the
    numbers perhaps in a column. One sample is one node. Targets may be Values, inputs of a Program, say;
    for a number that no class has that gives nan.

    >>> cross_entropy([0.0, 0.0], 1), cross_entropy([[0.0, 1000.0], [0.0, 1000.0]], [1, 0])
    (0.6931471805599453, 500.0)
    >>> cross_entropy([0.0, 1000.0], [1, 0]), cross_entropy([0.0, 1000.0], [0.25, 0.75])
    (1000.0, 250.0)
    """
    rows = list(logits) if is_row(logits) else logits
    is_batch = isinstance(rows, list) and _has_sequences(rows)
    return cross_entropy_of_rows(rows, target) if is_batch else _cross_entropy_of_row(rows, target)


def cross_entropy_of_rows(logits: Any, target: Any) -> Any:
    """The mean of the cross-entropies of a batch, whose rows of logits are not taken for logits.

    >>> cross_entropy_of_rows([[0.0, 1000.0]], [0])
    1000.0
    """
    rows, targets = list(logits), list(target) if is_row(target) else target
    if not isinstance(targets, list) or len(rows) != len(targets):
        raise _misfit(rows, targets)
    if not rows:
        raise ShapeError("cross_entropy of nothing: there is no row of logits")
    return mean([_cross_entropy_of_row(row, each) for row, each in zip(rows, targets)])


def _cross_entropy_of_row(logits: Any, target: Any) -> Any:
    if not is_row(logits):
        raise ShapeError(
            f"cross_entropy takes a row of logits, one for each class, not {describe(logits)}; where one "
            "logit stands for two classes take binary_cross_entropy_with_logits"
        )
    row, shares = list(logits), list(target) if is_row(target) else [target]
    if _has_sequences(row) or _has_sequences(shares) or len(shares) not in (1, len(row)):
        raise _misfit(row, target)
    if is_row(target) and len(shares) == len(row):
        return cross_entropy_of_shares(row, shares)
    return cross_entropy_of_class(row, shares[0])


def _misfit(logits: Any, target: Any) -> ShapeError:
    return ShapeError(
        "cross_entropy takes a row of logits with the number of its class or a probability for each, or "
        f"several rows with as many of these, not logits of shape {extent(logits)} with a target of shape "
        f"{extent(target)}"
    )


@call_form()
def smooth_l1(outputs: Any, targets: Any, beta: Any = 1.0) -> Any:
    """The mean of 0.5 error² / beta where |error| < beta, and of |error| - 0.5 beta elsewhere.

    `beta` is at least 0; with 0 it is the mean of |error|.

    >>> smooth_l1([0.5, 3.0], [0.0, 0.0])
    1.3125
    """
    if not is_unknown(beta) and not number_of(beta, "the beta of smooth_l1") >= 0.0:
        raise RangeError(f"the beta of smooth_l1 must be at least 0, not {beta!r}")
    pairs = _pairs(outputs, targets, "smooth_l1")
    return mean([smooth_l1_p(output, target, beta) for output, target in pairs])


LOSSES: dict[str, Loss] = {
    loss.__name__: loss
    for loss in (
        mse,
        half_sum_of_squares,
        smooth_l1,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        cross_entropy,
    )
}


_FOR_LOGITS = "; of outputs that are no probabilities take binary_cross_entropy_with_logits"
_FOR_CLASSES = ": 0 and 1 stand for the two classes; for the number of a class take cross_entropy"


def _refuse_outside(probabilities: Iterable[Any], what: str, remedy: str) -> None:
    """Refuse a number that is not from 0 to 1; nan, which tells of its origin itself, goes through."""
    for entry in probabilities:
        if not is_unknown(entry):
            number = number_of(entry, what)
            if number < 0.0 or number > 1.0:
                raise RangeError(f"{what} must be from 0 to 1, not {number!r}{remedy}")


def _pairs(outputs: Any, targets: Any, loss: str) -> Iterable[tuple[Any, Any]]:
    """Return each entry of the outputs with that of the targets."""
    shape, flat_outputs = _flattened(outputs, f"outputs of {loss}")
    wanted, flat_targets = _flattened(targets, f"targets of {loss}")
    if shape != wanted:
        raise ShapeError(f"{loss} needs as many outputs as targets, not shapes {shape} and {wanted}")
    if not flat_outputs:
        raise ShapeError(f"{loss} of nothing: there is no output")
    return zip(flat_outputs, flat_targets)


def _flattened(entries: Any, what: str) -> tuple[tuple[int, ...], list[Any]]:
    """Return the shape of nested sequences, without lengths of 1 at its end, and the entries in order."""
    shape: list[int] = []
    flat = [entries]
    while flat and _has_sequences(flat):
        try:
            rows = [list(entry) for entry in flat]
        except TypeError:
            if all(map(is_row, flat)):  # it comes from inside of one of them
                raise
            raise ShapeError(f"the {what} mix numbers and sequences") from None
        shape.append(len(rows[0]))
        if any(len(row) != shape[-1] for row in rows):
            raise ShapeError(f"the {what} have rows of different lengths")
        flat = [entry for row in rows for entry in row]
    while shape and shape[-1] == 1:
        shape.pop()
    return tuple(shape), [entry if is_node(entry) else _number(entry, what) for entry in flat]


def _number(entry: Any, what: str) -> Any:
    entry = entry.item() if is_array_of_one(entry) else entry
    return entry if is_node(entry) else real(entry, f"each of the {what}")


def _has_sequences(entries: list[Any]) -> bool:
    """Say whether an entry is a sequence; each type is looked at first, which is quick for numbers."""
    kinds = {*map(type, entries)}
    return any(issubclass(kind, Iterable) for kind in kinds) and any(map(is_row, entries))
