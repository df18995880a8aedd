"""Functions of logits, numbers whose exponentials are proportional to probabilities: softmax and others.

Each subtracts the largest logit before it takes an exponential, so none overflows; and 1 - p is the sum
of the other probabilities where p is near 1, so none cancels.
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from operator import add
from typing import Any

from ..ieee import INF, NAN, START
from ..signatures import call_form
from .arguments import of_each
from .definition import NONNEGATIVE, REAL, Primitive, family, primitive
from .exponential import exp, log, log1p
from .piecewise import equal, floor, less_equal, where
from .reductions import Terms, max_p, sum_p, terms_of


def _largest_and_rest(logits: Terms) -> tuple[float, float]:
    """The largest logit, and what the logarithm of the sum of all exp(logit) has more.

    That is the log1p of the sum of exp(logit - largest logit) over the others. nan counts for more than
    all numbers. These are loops because numba compiles them.
    """
    largest = 0
    for i in range(1, len(logits)):
        if logits[i] > logits[largest] or logits[i] != logits[i]:
            largest = i
    others = 0.0
    for i in range(len(logits)):
        if i != largest:
            others += math.exp(logits[i] - logits[largest])
    return logits[largest], math.log1p(others)


def _scaled(logits: Terms) -> tuple[Any, Any, list[Any]]:
    """The largest logit, the sum of all exp(logit - largest logit), and the shares in it: softmax.

    On nodes a few for each logit, so that all orders cost in proportion to their number. Nothing cancels
    in the derivatives, since the power of the largest logit is the constant 1.
    """
    top = max_p(*logits)
    powers = [exp(logit - top) for logit in logits]
    total = sum_p(*powers)
    return top, total, [power / total for power in powers]


def probabilities(*logits: Any) -> list[Any]:
    """All of softmax.

    >>> probabilities(0.0, 0.0), probabilities(1000.0, 0.0)
    ([0.5, 0.5], [1.0, 0.0])
    """
    _, _, shares = _scaled(logits)
    return shares


def _complement(p: list[Any], i: int) -> Any:
    """1 - p[i], and where that cancels, the sum of the others."""
    rest = p[:i] + p[i + 1 :]
    others = sum_p(*rest) if rest else 0.0 * p[0]
    return where(less_equal(p[i], 0.5), 1.0 - p[i], others)


@family((0,), (1,))
def log_softmax_at(i: int) -> Primitive:
    """The primitive `log_softmax(logits)[i]`."""

    def partials(out: Any, *logits: Any) -> Terms:
        p = probabilities(*logits)
        return tuple(_complement(p, i) if j == i else -p[j] for j in range(len(p)))

    @primitive(
        partials=partials,
        name=f"log_softmax[{i}]",
        source=lambda *args: f"log_softmax([{', '.join(args)}])[{i}]",
    )
    def log_probability(*logits: float) -> float:
        return -_entropy(i, logits)

    return log_probability


def _entropy(target: int, logits: Terms) -> float:
    top, rest = _largest_and_rest(logits)
    # top - top is 0, or nan where the largest is infinite and nothing can be said
    entropy: float = top - top + (top - logits[target]) + rest
    return entropy


@family((0,), (1,))
def cross_entropy_at(target: int) -> Primitive:
    """The primitive `cross_entropy(logits, target)`."""

    def partials(out: Any, *logits: Any) -> Terms:
        p = probabilities(*logits)
        return tuple(-_complement(p, target) if j == target else p[j] for j in range(len(p)))

    @primitive(
        partials=partials,
        name=f"cross_entropy[{target}]",
        label=f"CE {target}",
        source=lambda *args: f"cross_entropy([{', '.join(args)}], {target})",
    )
    def entropy(*logits: float) -> float:
        return _entropy(target, logits)

    return entropy


def _cross_entropy_partials(out: Any, target: Any, *logits: Any) -> Terms:
    p = probabilities(*logits)
    hits = [equal(floor(target), float(j)) for j in range(len(p))]
    inside = sum_p(*hits)
    slope = -sum_p(*(where(hit, 0.0, each) for hit, each in zip(hits, p)))  # p - 1 without cancelling
    return 0.0, *(where(inside, where(hit, slope, each), NAN) for hit, each in zip(hits, p))


@primitive(
    name="cross_entropy",
    label="CE",
    partials=_cross_entropy_partials,
    source=lambda target, *logits: f"cross_entropy([{', '.join(logits)}], {target})",
    domain=(NONNEGATIVE, REAL),
)
def cross_entropy_p(target: float, *logits: float) -> float:
    """-log softmax(logits)[target] for a class that is itself a number of the graph; nan outside of them.

    >>> cross_entropy_p(1.0, 0.0, 0.0), cross_entropy_p(2.0, 0.0, 0.0)
    (0.6931471805599453, nan)
    """
    return _entropy(int(target), logits) if 0.0 <= target < len(logits) else NAN


def sums_of_others(terms: Sequence[Any]) -> list[Any]:
    """For each term the sum of those before it and those after it; so nothing cancels."""
    if len(terms) == 1:
        return [0.0]
    before, after = [*accumulate(terms[:-1], add)], [*accumulate(terms[:0:-1], add)][::-1]
    return [after[0], *map(add, before, after[1:]), before[-1]]


@family((1,), (2,), (3,))
def soft_cross_entropy(classes: int) -> Primitive:
    """The primitive `cross_entropy(logits, target)` for a probability of each of some classes."""

    def partials(out: Any, *args: Any) -> Terms:
        logits, targets = args[:classes], args[classes:]
        top, total, p = _scaled(logits)
        others = sums_of_others(p)
        slopes = (
            share * rest - target * other
            for share, target, rest, other in zip(p, targets, sums_of_others(targets), others)
        )
        entropies = (
            where(less_equal(share, 0.5), top - logit + log(total), -log1p(-other))
            for share, logit, other in zip(p, logits, others)
        )
        return *slopes, *entropies

    @primitive(
        partials=partials,
        name=f"soft_cross_entropy[{classes}]",
        label="CE",
        source=lambda *args: f"cross_entropy([{', '.join(args[:classes])}], [{', '.join(args[classes:])}])",
    )
    def entropy(*args: float) -> float:
        logits, targets = args[:classes], args[classes:]
        top, rest = _largest_and_rest(logits)
        terms = [t * (top - top + (top - logit) + rest) for logit, t in zip(logits, targets) if t]
        return sum(terms, START) if terms else -0.0

    entropy.arity = 2 * classes
    return entropy


def _logsumexp_partials(out: Any, *logits: Any) -> Terms:
    return tuple(
        where(equal(out, INF), exp(logit - out), p) for logit, p in zip(logits, probabilities(*logits))
    )


@primitive(name="logsumexp", partials=_logsumexp_partials)
def logsumexp_p(*logits: float) -> float:
    """log(exp(a) + exp(b) + ...) of several numbers."""
    top, rest = _largest_and_rest(logits)
    return top if math.isinf(top) else top + rest


@call_form()
def logsumexp(*terms: Any) -> Any:
    """log(exp(a) + exp(b) + ...) of a sequence, or of several arguments, in one node.

    >>> logsumexp([1000.0, 1000.0]), logsumexp(0.0, -40.0)
    (1000.6931471805599, 4.248354255291589e-18)
    """
    return logsumexp_p(*terms_of("logsumexp", terms))


@call_form()
def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)).

    >>> logaddexp(0.0, 0.0)
    0.6931471805599453
    """
    return of_each("logaddexp", logsumexp_p, x, y)


def log_probabilities(*logits: Any) -> list[Any]:
    """All of log_softmax, in one node each.

    >>> log_probabilities(0.0, -1000.0)
    [-0.0, -1000.0]
    """
    if all(logit.__class__ is float for logit in logits):
        top, rest = _largest_and_rest(tuple(logits))
        return [-(top - top + (top - logit) + rest) for logit in logits]
    return [log_softmax_at(i)(*logits) for i in range(len(logits))]
