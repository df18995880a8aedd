"""Whether a loss has a least value, or falls without end as the outputs grow."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from .. import modes
from ..arrays.containers import arrange
from ..errors import AutogradError
from ..nn.batches import evaluating, outputs_of, takes_batches
from .borrowing import borrowed
from .case import Case, numbers_in
from .findings import Finding
from .trials import constant_loss, measured, right_loss, tried

ROWS = 64  # on which it is measured
STRETCHED = (1.0, 10.0, 100.0)  # what outputs of any size are multiplied with
LOGITS = (3.0, 9.0, 27.0)  # how large the largest logit of probabilities is made


def check_floor(case: Case, size: int) -> Finding | None:
    """Say so where the loss of a trained model falls ever faster as its outputs are made more extreme."""
    trial = tried(case, size=size, look=losses_of_stretched)
    losses = trial.seen
    if not falls_without_end(losses):
        return None
    told = ", ".join(f"{loss:.4g}" for loss in losses)
    return Finding(
        "loss without a least value",
        case.loss_name,
        f"The loss goes from {trial.first:.4g} down to {min(trial.losses, default=trial.first):.4g}; with "
        f"outputs that are more and more extreme it is {told}.",
        "Write a loss that is 0 for the right outputs and more for all others: a square, an abs, or minus "
        "the log of a probability.",
    )


def falls_without_end(losses: Sequence[float]) -> bool:
    """Say whether losses fall, each time further than before, and are negative in the end.

    >>> falls_without_end([-3.0, -30.0, -300.0]), falls_without_end([-3.0, -3.5, -3.6])
    (True, False)
    """
    steps = [before - after for before, after in pairwise(losses)]
    is_faster = all(0.0 < 2.0 * one <= other for one, other in pairwise(steps))
    return is_faster and losses[-1] < 0.0 and math.isfinite(losses[-1])


def losses_of_stretched(case: Case) -> list[float]:
    """Return the losses of the outputs of a model that are made larger and larger."""
    some = case.rows(ROWS)
    try:
        with modes.no_grad(), evaluating(case.model):
            outputs = outputs_of(case.model, some.inputs, takes_batches(case.model))
            rows = [numbers_in(output) for output in outputs]
            losses = []
            for stretched in _stretches(rows):
                answers = [arrange(output, stretched(row)) for output, row in zip(outputs, rows)]
                losses += numbers_in(some.loss_of(answers, some.targets))
            return losses
    except AutogradError:
        return []


def costs_nothing(case: Case) -> bool:
    """Say whether a constant answer costs nothing, although the targets differ, and the model's does cost.

    >>> costs_nothing(Case(lambda x: x, [1.0, 2.0], [1.0, 4.0], lambda p, y: (sum(p) - sum(y)) ** 2))
    True
    """
    some = case.rows(ROWS)
    targets = [numbers_in(target) for target in some.targets]
    if len({*map(tuple, targets)}) < 2:
        return False
    own = measured(some)
    return math.isfinite(own) and abs(constant_loss(some)) < 1e-12 * abs(own)


def loss_of_no_row(case: Case) -> Finding:
    """Return that a loss does not tell rows apart."""
    return Finding(
        "constant answer for nothing",
        case.loss_name,
        "The targets differ, and one answer to all rows costs 0: what is too much in one row makes up for "
        "what is too little in another, or an answer does not count at all.",
        "Take the square, or abs, of each row's error before the mean.",
    )


def prefers_a_constant(case: Case) -> Finding | None:
    """Say so where a loss of one's own is less for the best constant answer than for the targets.

    Or for their logs or logits, where the loss takes these.
    """
    some = case.rows(ROWS)
    targets = [numbers_in(target) for target in some.targets]
    if not case.has_own_loss or len({*map(tuple, targets)}) < 2:
        return None
    with borrowed(case.model):
        right, constant = right_loss(some, math.inf), constant_loss(some, math.nan)
    if not 0.0 < 0.999 * constant <= right < math.inf:
        return None
    return Finding(
        "right answers cost more",
        case.loss_name,
        f"Of the targets themselves the loss is {right:.4g}, and of one answer to all rows {constant:.4g}.",
        "Compare each output with the target of its own row alone: sum(...) over zip(outputs, targets), or "
        "arrays of the same shape.",
    )


Row = list[float]


def _stretches(rows: list[Row]) -> list[Callable[[Row], Row]]:
    """Return functions that make the outputs of a row more extreme, and probabilities of probabilities."""
    flat = [x for row in rows for x in row]
    if not all(0.0 <= x <= 1.0 for x in flat):
        return [lambda row, by=by: [by * x for x in row] for by in STRETCHED]  # type: ignore[misc]
    if all(len(row) > 1 and abs(math.fsum(row) - 1.0) < 1e-6 for row in rows):
        largest = max(abs(_log(x)) for x in flat) or 1.0
        return [lambda row, by=top / largest: _shares(row, by) for top in LOGITS]  # type: ignore[misc]
    largest = max(abs(_logit(x)) for x in flat) or 1.0
    return [
        lambda row, by=top / largest: [1.0 / (1.0 + math.exp(-by * _logit(x))) for x in row]  # type: ignore[misc]
        for top in LOGITS
    ]


def _shares(row: Row, by: float) -> Row:
    powers = [math.exp(by * _log(x)) for x in row]
    return [power / math.fsum(powers) for power in powers]


def _log(x: float) -> float:
    return math.log(max(x, 1e-15))


def _logit(x: float) -> float:
    return _log(x) - _log(1.0 - x)
