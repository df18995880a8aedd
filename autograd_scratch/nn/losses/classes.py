"""Losses of samples that belong to one class each: a sample is a row of outputs, one for each class."""

from typing import Any

from ...errors import RangeError
from ...ieee import describe, real
from ...primitives import relu, sum_
from ...primitives.arguments import is_node
from ...primitives.logits import cross_entropy_at, cross_entropy_p, soft_cross_entropy
from ...primitives.piecewise import equal, select
from ...signatures import call_form
from .probabilities import refuse_probabilities
from .regression import square
from .samples import IGNORED, Cost, Kind, chosen, ignored_class, of_samples

Weights = list[Any] | None

_CROSS_ENTROPY = Kind(
    "cross_entropy", "logits", "the number of its class or a probability for each", takes_shares=True
)
_NLL = Kind("nll_loss", "log-probabilities")
_MULTI_MARGIN = Kind("multi_margin_loss", "outputs")


@call_form()
def cross_entropy(
    logits: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = IGNORED,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """-log softmax(logits)[target] for the number of a class, counted from 0; the mean over a batch.

    The target may also be a row with a probability for each class, one-hot or not: the sum of
    -log softmax(logits) times these, whatever numbers they are, as in PyTorch; but where all are 0 or 1
    there must be one 1, and a class of probability 0 costs nothing. A batch is a sequence of rows of logits
    with a sequence of as many targets, the numbers perhaps in a column. One sample is one node.

    `label_smoothing`, from 0 to 1, is the share of the target that is spread over all classes (Szegedy et
    al., Rethinking the Inception Architecture, 2016). `weight` has a number for each class, by which its
    term is multiplied; the mean over numbers of classes is the sum divided by the sum of their weights. A
    sample with the target `ignore_index` costs nothing and is not counted; the mean of none is nan, with
    derivatives of 0, as in PyTorch. Targets may be Values, inputs of a Program, say: a number that no class
    has gives nan there, and so does -100.

    >>> cross_entropy([0.0, 0.0], 1), cross_entropy([[0.0, 1000.0], [0.0, 1000.0]], [1, 0])
    (0.6931471805599453, 500.0)
    >>> cross_entropy([0.0, 1000.0], [1, 0]), cross_entropy([0.0, 1000.0], 1, label_smoothing=0.5)
    (1000.0, 250.0)
    """
    smoothing, ignored = share_of(label_smoothing), ignored_class(ignore_index)

    def rule(row: list[Any], target: Any, weights: Weights) -> Cost:
        if isinstance(target, list):
            return Cost(_cost_of_shares(row, target, weights, smoothing))
        return _cost_of_class(row, target, weights, smoothing)

    return of_samples(_CROSS_ENTROPY, rule, logits, target, weight, ignored, reduction)


@call_form()
def nll_loss(
    outputs: Any, target: Any, weight: Any = None, *, ignore_index: int = IGNORED, reduction: str = "mean"
) -> Any:
    """-outputs[target] for a row of log-probabilities and the number of a class; the mean over a batch.

    After `log_softmax` that is `cross_entropy`, which tells what `weight` and `ignore_index` do.

    >>> nll_loss([-0.5, -1.5], 1), nll_loss([[-0.5, -1.5], [-2.0, -0.25]], [1, 0])
    (1.5, 1.75)
    """
    ignored = ignored_class(ignore_index)
    return of_samples(_NLL, _negative, outputs, target, weight, ignored, reduction)


@call_form()
def multi_margin_loss(
    outputs: Any, target: Any, p: int = 1, margin: Any = 1.0, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """The hinge loss for a row of outputs and the number of a class; the mean over a batch.

    That is the sum of max(0, margin - outputs[target] + output) ** p over the others, divided by the number
    of classes; `p` is 1 or 2. `weight` has a number for each class, by which the costs of its
    samples are multiplied. Crammer and Singer, On the Algorithmic Implementation of Multiclass Kernel-based
    Vector Machines, 2001.

    >>> multi_margin_loss([0.5, 2.0, 1.5], 1)
    0.16666666666666666
    """
    if p not in (1, 2):
        raise RangeError(f"the p of multi_margin_loss is 1 or 2, not {describe(p)}")

    def rule(row: list[Any], target: Any, weights: Weights) -> Cost:
        own = chosen(row, target)
        terms = [relu(margin - own + output) for output in row]
        terms = list(map(square, terms)) if p == 2 else terms
        if is_node(target):
            terms = [select(equal(target, float(k)), 0.0, term) for k, term in enumerate(terms)]
        else:
            del terms[target]
        cost = sum_(terms) / len(row)
        return Cost(cost if weights is None else chosen(weights, target) * cost)

    return of_samples(_MULTI_MARGIN, rule, outputs, target, weight, None, reduction)


def share_of(label_smoothing: Any) -> float:
    """Return a label smoothing, a number from 0 to 1.

    >>> share_of(1.5)
    Traceback (most recent call last):
    autograd_scratch.errors.RangeError: label_smoothing must be from 0 to 1, not 1.5
    """
    share = real(label_smoothing, "label_smoothing")
    if not 0.0 <= share <= 1.0:
        raise RangeError(f"label_smoothing must be from 0 to 1, not {share!r}")
    return share


def _cost_of_class(row: list[Any], target: Any, weights: Weights, smoothing: float) -> Cost:
    weight = 1.0 if weights is None else chosen(weights, target)
    if smoothing and not is_node(target):
        hot = [float(k == target) for k in range(len(row))]
        return Cost(_cost_of_smoothed(row, hot, weights, smoothing), weight)
    cost = cross_entropy_p(target, *row) if is_node(target) else cross_entropy_at(target)(*row)
    if weights is not None:
        cost = weight * cost
    if smoothing:
        cost = (1.0 - smoothing) * cost + _cost_of_smoothed(row, [0.0] * len(row), weights, smoothing)
    return Cost(cost, weight)


def _cost_of_shares(row: list[Any], target: list[Any], weights: Weights, smoothing: float) -> Any:
    what = "a probability in a target of cross_entropy"
    shares = [share if is_node(share) else real(share, what) for share in target]
    if any(map(is_node, shares)) or not {*shares} <= {0.0, 1.0}:
        return _cost_of_smoothed(row, shares, weights, smoothing)
    if shares.count(1.0) != 1:
        raise RangeError(
            "a target of zeros and ones has one 1, at the right class, and this one of cross_entropy has "
            f"{shares.count(1.0)}; where any number of classes may be right, or one logit stands for two "
            "classes, take binary_cross_entropy_with_logits"
        )
    return _cost_of_class(row, shares.index(1.0), weights, smoothing).cost


def _cost_of_smoothed(row: list[Any], shares: list[Any], weights: Weights, smoothing: float) -> Any:
    """Return the cross-entropy of shares of classes, some of which is spread over all, in one node."""
    if smoothing:
        shares = [(1.0 - smoothing) * share + smoothing / len(shares) for share in shares]
    if weights is not None:
        shares = [weight * share for weight, share in zip(weights, shares)]
    return soft_cross_entropy(len(row))(*row, *shares)


def _negative(row: list[Any], target: Any, weights: Weights) -> Cost:
    refuse_probabilities(row, "outputs of nll_loss")
    cost = -chosen(row, target)
    if weights is None:
        return Cost(cost)
    weight = chosen(weights, target)
    return Cost(weight * cost, weight)


OF_SAMPLES = {cross_entropy: _CROSS_ENTROPY, nll_loss: _NLL, multi_margin_loss: _MULTI_MARGIN}
