"""Losses of probabilities: binary cross-entropy, and the divergence of one distribution from another."""

import math
from collections.abc import Sequence
from typing import Any

from ...arrays.conversion import number_of
from ...errors import RangeError, look_up
from ...primitives import exp, log, sum_, where
from ...primitives.arguments import is_unknown
from ...primitives.arithmetic import div
from ...primitives.penalties import binary_cross_entropy_p, binary_cross_entropy_with_logits_p
from ...primitives.piecewise import equal
from ...signatures import call_form
from .entries import REDUCTIONS, Entries, paired, refuse_outside, spread

_FOR_LOGITS = "; of outputs that are no probabilities take binary_cross_entropy_with_logits"
_FOR_CLASSES = ": 0 and 1 stand for the two classes; for the number of a class take cross_entropy"
_ONE_A_ROW = "; where a target is the number of one class of several, take cross_entropy"


@call_form()
def binary_cross_entropy(outputs: Any, targets: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """The mean of -t log p - (1 - t) log(1 - p) over probabilities p and targets t from 0 to 1.

    As in PyTorch a logarithm counts at least -100, and `weight` multiplies what each entry costs: one
    number, one for each entry, or one for each column. A model without sigmoid at its end loses no digits:
    `binary_cross_entropy_with_logits`.

    >>> binary_cross_entropy([0.5, 0.5], [0.0, 1.0])
    0.6931471805599453
    """
    entries, pairs = paired(outputs, targets, "binary_cross_entropy", _ONE_A_ROW)
    refuse_outside(entries.flat, 0.0, 1.0, "an output of binary_cross_entropy", _FOR_LOGITS)
    refuse_outside((t for _, t in pairs), 0.0, 1.0, "a target of binary_cross_entropy", _FOR_CLASSES)
    costs = [binary_cross_entropy_p(output, target) for output, target in pairs]
    return entries.reduced(_weighted(costs, weight, entries), reduction)


@call_form()
def binary_cross_entropy_with_logits(
    logit: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """The mean binary cross-entropy of sigmoid(logit), computed from the logit itself.

    `weight` multiplies what each entry costs, and `pos_weight` the part of it that belongs to the target 1:
    one number, one for each entry, or one for each column.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [0.0, 1.0])
    0.34657359027997264
    >>> binary_cross_entropy_with_logits([0.0, 0.0], [0.0, 1.0], pos_weight=3.0, reduction="none")
    [0.6931471805599453, 2.0794415416798357]
    """
    what = "binary_cross_entropy_with_logits"
    entries, pairs = paired(logit, target, what, _ONE_A_ROW)
    refuse_outside((t for _, t in pairs), 0.0, 1.0, f"a target of {what}", _FOR_CLASSES)
    if pos_weight is None:
        costs = [binary_cross_entropy_with_logits_p(output, target) for output, target in pairs]
    else:
        factors = spread(pos_weight, entries.shape, "pos_weight")
        refuse_outside(factors, 0.0, math.inf, "a pos_weight", "")
        costs = [_of_two_weights(*pair, factor) for pair, factor in zip(pairs, factors)]
    return entries.reduced(_weighted(costs, weight, entries), reduction)


def _of_two_weights(logit: Any, target: Any, factor: Any) -> Any:
    """Return factor t softplus(-x) + (1 - t) softplus(x): the entropy of another target, times a weight."""
    as_one = factor * target
    whole = as_one + (1.0 - target)
    share = where(equal(whole, 0.0), 0.0, div(as_one, whole))
    return whole * binary_cross_entropy_with_logits_p(logit, share)


def _weighted(costs: list[Any], weight: Any, entries: Entries) -> list[Any]:
    """Return what each entry costs, times its weight."""
    if weight is None:
        return costs
    return [factor * cost for factor, cost in zip(spread(weight, entries.shape, "weight"), costs)]


@call_form()
def kl_div(outputs: Any, targets: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """The mean of t (log t - output), over probabilities t as targets and log-probabilities as outputs.

    With `log_target` targets are logarithms, too; one of probability 0 costs nothing. As in PyTorch "mean"
    is over all entries; "batchmean", the sum divided by the number of rows, is the divergence that books
    have. Kullback and Leibler, On Information and Sufficiency, 1951.

    >>> from autograd_scratch import log_softmax
    >>> kl_div([log_softmax([0.0, 0.0])], [[0.25, 0.75]], reduction="batchmean")
    0.13081203594113697
    """
    is_divided = divided(reduction)
    entries, pairs = paired(outputs, targets, "kl_div")
    size = entries.shape[-1] if entries.shape else 1
    for start in range(0, len(pairs), size):
        row, its_target = zip(*pairs[start : start + size])
        refuse_probabilities(row, "outputs of kl_div")
        if log_target:
            refuse_probabilities(its_target, "targets of kl_div with log_target=True")
    if not log_target:
        remedy = "; where targets are log-probabilities too, write log_target=True"
        refuse_outside((t for _, t in pairs), 0.0, math.inf, "a target of kl_div", remedy)
    costs = [_divergence(*pair, log_target) for pair in pairs]
    if is_divided:
        return sum_(costs) / (entries.shape[0] if entries.shape else 1)
    return entries.reduced(costs, reduction)


def divided(reduction: Any) -> bool:
    """Say whether a reduction of kl_div divides by the number of rows."""
    look_up(reduction, {**REDUCTIONS, "batchmean": None}, "reduction of kl_div")
    return bool(reduction == "batchmean")


def _divergence(output: Any, target: Any, is_log: bool) -> Any:
    if is_log:
        return where(equal(target, -math.inf), 0.0, exp(target) * (target - output))
    return where(equal(target, 0.0), 0.0, target * (log(target) - output))


def refuse_probabilities(row: Sequence[Any], what: str) -> None:
    """Refuse several probabilities, none negative and their sum 1, where log-probabilities are wanted."""
    if len(row) == 1 or any(map(is_unknown, row)):
        return
    numbers = [number_of(entry, what) for entry in row]
    if min(numbers) >= 0.0 and abs(math.fsum(numbers) - 1.0) < 1e-6:
        raise RangeError(
            f"the {what} are log-probabilities, at most 0, and the row {numbers} has probabilities: write "
            "log_softmax(logits), or the log of each"
        )
