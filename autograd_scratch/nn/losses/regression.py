"""Losses of numbers: how far each output is from its target."""

import math
from typing import Any

from ...arrays.conversion import number_of
from ...errors import RangeError, ShapeError
from ...primitives import abs_, exp, log, sum_
from ...primitives.arguments import is_node, is_unknown
from ...primitives.arithmetic import div
from ...primitives.penalties import smooth_l1_p
from ...primitives.piecewise import less, select
from ...primitives.powers import power
from ...signatures import call_form
from .entries import Entries, at_least, entries_of, paired, refuse_outside, spread, without_ones

square = power(2.0)


@call_form()
def mse(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The mean of the squared errors.

    Outputs and targets are numbers or nested sequences of one shape; else it is a ShapeError.

    >>> mse([1.0, 2.0], [0.0, 4.0]), mse([1.0, 2.0], [0.0, 4.0], reduction="none")
    (2.5, [1.0, 4.0])
    """
    entries, pairs = paired(outputs, targets, "mse")
    return entries.reduced([square(output - target) for output, target in pairs], reduction)


@call_form()
def half_sum_of_squares(outputs: Any, targets: Any) -> Any:
    """Half the sum of the squared errors, whose derivative by an output is the error.

    >>> half_sum_of_squares([1.0, 2.0], [0.0, 4.0])
    2.5
    """
    _, pairs = paired(outputs, targets, "half_sum_of_squares")
    return 0.5 * sum_([square(output - target) for output, target in pairs])


@call_form()
def l1_loss(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The mean of the absolute errors, `mae`; where an error is 0 its derivative is 0.

    >>> l1_loss([1.0, 2.0], [0.0, 4.0])
    1.5
    """
    entries, pairs = paired(outputs, targets, "l1_loss")
    return entries.reduced([abs_(output - target) for output, target in pairs], reduction)


@call_form()
def smooth_l1(outputs: Any, targets: Any, beta: Any = 1.0, *, reduction: str = "mean") -> Any:
    """The mean of 0.5 error² / beta where |error| < beta, and of |error| - 0.5 beta elsewhere.

    `beta` is at least 0; with 0 it is the mean of |error|.

    >>> smooth_l1([0.5, 3.0], [0.0, 0.0])
    1.3125
    """
    if not is_unknown(beta) and not number_of(beta, "the beta of smooth_l1") >= 0.0:
        raise RangeError(f"the beta of smooth_l1 must be at least 0, not {beta!r}")
    entries, pairs = paired(outputs, targets, "smooth_l1")
    return entries.reduced([smooth_l1_p(output, target, beta) for output, target in pairs], reduction)


@call_form()
def huber(outputs: Any, targets: Any, delta: Any = 1.0, *, reduction: str = "mean") -> Any:
    """The mean of 0.5 error² where |error| < delta, and of delta (|error| - 0.5 delta) elsewhere.

    That is delta times `smooth_l1` with this beta. `delta` is above 0, and finite. Huber, Robust Estimation
    of a Location Parameter, 1964.

    >>> huber([0.5, 3.0], [0.0, 0.0], delta=2.0)
    2.0625
    """
    if not is_unknown(delta) and not 0.0 < number_of(delta, "the delta of huber") < math.inf:
        raise RangeError(f"the delta of huber must be above 0 and finite, not {delta!r}")
    entries, pairs = paired(outputs, targets, "huber")
    return entries.reduced(
        [delta * smooth_l1_p(output, target, delta) for output, target in pairs], reduction
    )


@call_form()
def poisson_nll_loss(
    outputs: Any,
    targets: Any,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: Any = 1e-8,
    reduction: str = "mean",
) -> Any:
    """The mean of exp(output) - target output, for counts as targets and the log of their mean as outputs.

    With `log_input=False` an output is the mean itself: output - target log(output + eps). With `full` an
    approximation of log(target!) is added where a target is above 1, Stirling's.

    >>> poisson_nll_loss([0.0, 1.0], [2.0, 1.0])
    1.3591409142295225
    """
    entries, pairs = paired(outputs, targets, "poisson_nll_loss")
    refuse_outside(
        (target for _, target in pairs), 0.0, math.inf, "a target of poisson_nll_loss", "; it is a count"
    )
    costs = [
        exp(output) - target * output if log_input else output - target * log(output + eps)
        for output, target in pairs
    ]
    if full:
        costs = [cost + _stirling(target) for cost, (_, target) in zip(costs, pairs)]
    return entries.reduced(costs, reduction)


def _stirling(target: Any) -> Any:
    """Return about log(target!) above 1, else 0."""
    if not is_node(target) and not target > 1.0:
        return 0.0
    found = target * log(target) - target + 0.5 * log(2.0 * math.pi * target)
    return select(less(1.0, target), found, 0.0)


@call_form()
def gaussian_nll_loss(
    outputs: Any, targets: Any, var: Any, full: bool = False, eps: Any = 1e-6, *, reduction: str = "mean"
) -> Any:
    """The mean of 0.5 (log var + error² / var): outputs and `var` are means and variances of the targets.

    `var` is one number, one for each output, or one for each row of them. It counts at least `eps`, though
    its derivative goes through that bound, as in PyTorch. With `full` 0.5 log(2 pi) is added. Nix and
    Weigend, Estimating the mean and variance of the target probability distribution, 1994.

    >>> gaussian_nll_loss([1.0, 2.0], [0.0, 2.0], var=1.0)
    0.25
    """
    entries, pairs = paired(outputs, targets, "gaussian_nll_loss")
    variances = _variances(var, entries)
    refuse_outside(variances, 0.0, math.inf, "a variance of gaussian_nll_loss", "")
    constant = 0.5 * math.log(2.0 * math.pi) if full else 0.0
    costs = []
    for (output, target), variance in zip(pairs, variances):
        bounded = at_least(variance, eps)
        cost = 0.5 * (log(bounded) + div(square(output - target), bounded))
        costs.append(cost + constant if full else cost)
    return entries.reduced(costs, reduction)


def _variances(var: Any, entries: Entries) -> list[Any]:
    """Return a variance for each entry; they may be given for rows."""
    given = entries_of(var, "var of gaussian_nll_loss")
    of_rows = entries.shape[:-1]
    if len(entries.shape) > 1 and without_ones(given.shape) == without_ones(of_rows) and given.shape:
        return [variance for variance in given.flat for _ in range(entries.shape[-1])]
    if given.shape and without_ones(given.shape) != without_ones(entries.shape):
        raise ShapeError(
            "the var of gaussian_nll_loss is one number, one for each output or one for each row of them, "
            f"not of shape {given.shape} for outputs of shape {entries.shape}"
        )
    return spread(var, entries.shape, "var of gaussian_nll_loss")
