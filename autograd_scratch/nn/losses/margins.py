"""Losses that are content once an answer is right by a margin: targets are -1 and 1, or a class."""

import math
from collections.abc import Iterable
from typing import Any

from ...arrays.conversion import number_of
from ...errors import RangeError
from ...primitives import relu
from ...primitives.arguments import is_node, is_unknown
from ...primitives.exponential import softplus_p
from ...primitives.piecewise import equal, select
from ...signatures import call_form
from .entries import Entries, paired
from .regression import square


@call_form()
def hinge(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - target output), for targets -1 and 1; at the corner the derivative is 0.

    >>> hinge([0.5, -2.0], [1.0, -1.0])
    0.25
    """
    entries, pairs = _signed(outputs, targets, "hinge")
    return entries.reduced([relu(1.0 - target * output) for output, target in pairs], reduction)


@call_form()
def squared_hinge(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - target output)², for targets -1 and 1.

    >>> squared_hinge([0.5, -2.0], [1.0, -1.0])
    0.125
    """
    entries, pairs = _signed(outputs, targets, "squared_hinge")
    return entries.reduced([square(relu(1.0 - target * output)) for output, target in pairs], reduction)


@call_form()
def soft_margin_loss(outputs: Any, targets: Any, *, reduction: str = "mean") -> Any:
    """The mean of log(1 + exp(-target output)), for targets -1 and 1.

    >>> soft_margin_loss([0.0, 0.0], [1.0, -1.0])
    0.6931471805599453
    """
    entries, pairs = _signed(outputs, targets, "soft_margin_loss")
    return entries.reduced([softplus_p(-target * output) for output, target in pairs], reduction)


@call_form()
def hinge_embedding_loss(outputs: Any, targets: Any, margin: Any = 1.0, *, reduction: str = "mean") -> Any:
    """The mean of the outputs, distances, where the target is 1, of max(0, margin - output) where it is -1.

    >>> hinge_embedding_loss([0.5, 0.25], [1.0, -1.0])
    0.625
    """
    entries, pairs = _signed(outputs, targets, "hinge_embedding_loss")
    costs = [by_sign(target, output, relu(margin - output)) for output, target in pairs]
    return entries.reduced(costs, reduction)


@call_form()
def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: Any = 0.0, *, reduction: str = "mean"
) -> Any:
    """The mean of max(0, margin - target (input1 - input2)): 1 wants the first larger, -1 the second.

    >>> margin_ranking_loss([1.0, 2.0], [3.0, 0.0], [1.0, 1.0])
    1.0
    """
    _, first = paired(input1, target, "margin_ranking_loss")
    entries, second = _signed(input2, target, "margin_ranking_loss")
    costs = [relu(margin - sign * (x - y)) for (x, sign), (y, _) in zip(first, second)]
    return entries.reduced(costs, reduction)


def _signed(outputs: Any, targets: Any, loss: str) -> tuple[Entries, list[tuple[Any, Any]]]:
    """Return the entries of the outputs, and each with its target, which is -1 or 1."""
    entries, pairs = paired(outputs, targets, loss)
    refuse_no_signs((target for _, target in pairs), loss)
    return entries, pairs


def by_sign(target: Any, positive: Any, negative: Any) -> Any:
    """Return the one or the other cost for a target of 1 or -1; of a node the choice stays open."""
    if is_node(target):
        return select(equal(target, 1.0), positive, negative)
    return positive if target == 1.0 else negative


def refuse_no_signs(targets: Iterable[Any], loss: str) -> None:
    """Refuse a target that is not -1 or 1."""
    for target in targets:
        if not is_unknown(target):
            found = number_of(target, f"a target of {loss}")
            if abs(found) != 1.0 and not math.isnan(found):
                raise RangeError(
                    f"a target of {loss} is -1 or 1, not {found!r}; for 0 and 1 write 2 * t - 1"
                )
