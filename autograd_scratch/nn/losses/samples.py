"""How samples with a row of outputs each, one for each class, are paired with the targets of a batch."""

from collections.abc import Callable
from operator import index
from typing import Any, NamedTuple

from ...arrays.containers import extent, is_array
from ...errors import DataError, ShapeError
from ...ieee import NAN, describe, real
from ...primitives import mean, sum_
from ...primitives.arguments import is_node, is_row
from ...primitives.arithmetic import div
from ...primitives.piecewise import equal, select
from .entries import Entries, has_rows, numbers, reduction_of

IGNORED = -100  # PyTorch's


class Kind(NamedTuple):
    """What errors call a loss, its outputs and what a target is, and whether that may be probabilities."""

    loss: str
    outputs: str
    target: str = "the number of its class"
    takes_shares: bool = False


class Cost(NamedTuple):
    """What a sample costs, and its weight in the mean over samples: None for one that is ignored."""

    cost: Any
    weight: Any = 1.0


Rule = Callable[[list[Any], Any, list[Any] | None], Cost]  # of a row, a target, and the weights of classes


def of_samples(
    kind: Kind,
    rule: Rule,
    outputs: Any,
    target: Any,
    weight: Any,
    ignore_index: int | None,
    reduction: str,
) -> Any:
    """Return what one sample costs, or a batch: the mean, the sum, or the cost of each."""
    rows = list(outputs) if is_row(outputs) else outputs
    targets = list(target) if is_row(target) else target
    is_batch = isinstance(rows, list) and has_rows(rows)
    if is_batch and (not isinstance(targets, list) or len(rows) != len(targets)):
        raise _misfit(kind, rows, targets)
    weights: list[Any] | None = None
    costs = []
    for i, (row, each) in enumerate(zip(rows, targets) if is_batch else [(rows, targets)]):
        row, each = _checked(kind, row, each)
        if weight is not None and weights is None:
            weights = _weights(kind, weight, len(row))
        each = _class_or_shares(kind, each, len(row), ignore_index, i if is_batch else None)
        costs.append(_unless_ignored(rule, row, each, weights, ignore_index))
    terms = [each.cost for each in costs]
    counts = [each.weight for each in costs if each.weight is not None]
    is_plain = len(counts) == len(terms) and all(w.__class__ is float and w == 1.0 for w in counts)
    if reduction_of(reduction) is mean and not is_plain:
        return div(sum_(terms), sum_(counts)) if counts else sum_(terms) + NAN
    if not is_batch:
        return terms[0]
    return Entries((len(terms),), [], is_array(outputs)).reduced(terms, reduction)


def chosen(entries: list[Any], target: Any) -> Any:
    """Return the entry of a class; for a node one that stays open, nan where no class has its number."""
    if not is_node(target):
        return entries[target]
    found: Any = NAN
    for k, entry in enumerate(entries):
        found = select(equal(target, float(k)), entry, found)
    return found


def _checked(kind: Kind, row: Any, target: Any) -> tuple[list[Any], Any]:
    """Return a row of outputs as a list, and a target: probabilities as a list, or else one thing."""
    refuse_single(kind, row)
    outputs, shares = list(row), list(target) if is_row(target) else None
    if not outputs:
        raise ShapeError(f"{kind.loss} of nothing: there is no row of {kind.outputs}")
    if has_rows(outputs) or (shares and has_rows(shares)):
        raise _misfit(kind, row, target)
    outputs = numbers(outputs, f"{kind.outputs} of {kind.loss}")
    if shares is None:
        return outputs, target
    if len(shares) not in (1, len(outputs)):
        raise _misfit(kind, row, target)
    return outputs, shares if len(shares) == len(outputs) else shares[0]


def refuse_single(kind: Kind, row: Any) -> None:
    """Refuse an output alone where a row of them is wanted."""
    if not is_row(row):
        raise ShapeError(
            f"{kind.loss} takes a row of {kind.outputs}, one for each class, not {describe(row)}; where "
            "one logit stands for two classes take binary_cross_entropy_with_logits"
        )


def _class_or_shares(kind: Kind, target: Any, classes: int, ignore_index: int | None, i: int | None) -> Any:
    """Return a target as the int of a class, or the ignored one, a node, or a list of probabilities."""
    if is_node(target):
        return target
    if isinstance(target, list):
        if not kind.takes_shares:
            raise DataError(
                f"a target of {kind.loss} is the number of the right class, not a number for each class; "
                "for probabilities take cross_entropy of logits, or kl_div of log-probabilities"
            )
        if ignore_index is not None and ignore_index >= 0:
            raise DataError("ignore_index is one of targets that are numbers, and here are probabilities")
        return target
    found = _whole(target)
    if found is None:
        shares = ", or a probability for each class" if kind.takes_shares else ""
        raise DataError(
            f"a target of {kind.loss} is the number of the right class, a whole number{shares}, not "
            f"{describe(target)}"
        )
    if found != ignore_index and not 0 <= found < classes:
        may_be_ignored = found < 0 and ignore_index is not None
        raise ShapeError(
            f"target {found}{'' if i is None else f' of row {i}'} of {kind.loss} is none of {classes} "
            f"classes, which are counted from 0 to {classes - 1}"
            f"{f'; where it stands for none, write ignore_index={found}' if may_be_ignored else ''}"
        )
    return found


def ignored_class(ignore_index: Any) -> int:
    """Return the number among targets that marks what is ignored, as an int.

    >>> ignored_class("pad")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: ignore_index is one of the targets, a whole number, not 'pad' (str)
    """
    found = _whole(ignore_index)
    if found is None:
        raise DataError(f"ignore_index is one of the targets, a whole number, not {describe(ignore_index)}")
    return found


def _whole(number: Any) -> int | None:
    """Return a whole number of any type as an int; None for anything else."""
    try:
        return index(number)
    except TypeError:
        pass
    try:
        exact = real(number)
    except DataError:
        return None
    return int(exact) if exact.is_integer() else None


def _unless_ignored(
    rule: Rule, row: list[Any], target: Any, weights: list[Any] | None, ignore_index: int | None
) -> Cost:
    """Return what a sample costs: nothing, and without weight, where its target is the ignored one."""
    if is_node(target):
        cost = rule(row, target, weights)
        if ignore_index in (None, IGNORED):  # which would stand in every Program
            return cost
        is_ignored = equal(target, float(ignore_index))
        return Cost(*(select(is_ignored, 0.0, part) for part in cost))
    if target != ignore_index:
        return rule(row, target, weights)
    return Cost(sum_([select(0.0, output, 0.0) for output in row]), None)  # with derivatives, which are 0


def _weights(kind: Kind, weight: Any, classes: int) -> list[Any]:
    """Return the weight of each class."""
    if not is_row(weight) or len(found := list(weight)) != classes:
        raise ShapeError(
            f"the weight of {kind.loss} has a number for each of {classes} classes, not {describe(weight)}"
        )
    return numbers(found, f"weights of {kind.loss}")


def _misfit(kind: Kind, outputs: Any, target: Any) -> ShapeError:
    return ShapeError(
        f"{kind.loss} takes a row of {kind.outputs} with {kind.target}, or several rows with as many of "
        f"these, not {kind.outputs} of shape {extent(outputs)} with a target of shape {extent(target)}"
    )
