"""Sums, products, means and extremes: one node each, with as many parents as there are terms.

The terms are one sequence or several arguments. They are added from left to right, a bias last.
"""

import math
import operator
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from ..errors import ShapeError
from ..ieee import START
from ..signatures import call_form
from .arguments import is_several, of_each
from .definition import primitive
from .piecewise import equal

Terms = tuple[Any, ...]


def sum_(*terms: Any) -> Any:
    """The sum of a sequence, or of several arguments, in one node; that of nothing is 0.0.

    >>> sum_([1.0, 2.0, 3.5]), sum_(1.0, 2.0)
    (6.5, 3.0)
    """
    terms = terms_of("sum", terms, least=0)
    return sum_p(*terms) if terms else 0.0


@call_form()
def mean(*terms: Any) -> Any:
    """The mean of a sequence, or of several arguments, in one node.

    >>> mean([1.0, 2.0, 4.5])
    2.5
    """
    return mean_p(*terms_of("mean", terms))


def max_(*terms: Any) -> Any:
    """The largest of a sequence, or of several arguments; equal ones share the gradient.

    >>> max_([3.0, -1.0])
    3.0
    """
    return max_p(*terms_of("max", terms))


def min_(*terms: Any) -> Any:
    """The smallest of a sequence, or of several arguments; equal ones share the gradient.

    >>> min_(3.0, -1.0)
    -1.0
    """
    return min_p(*terms_of("min", terms))


@call_form()
def maximum(x: Any, y: Any) -> Any:
    """The larger of two numbers; equal ones share the gradient.

    >>> maximum(2.0, -1.0)
    2.0
    """
    return of_each("maximum", max_p, x, y)


@call_form()
def minimum(x: Any, y: Any) -> Any:
    """The smaller of two numbers; equal ones share the gradient.

    >>> minimum(2.0, -1.0)
    -1.0
    """
    return of_each("minimum", min_p, x, y)


@call_form()
def prod(*terms: Any, start: Any = None) -> Any:
    """The product of a sequence, or of several arguments, in one node; that of nothing is 1.0.

    As in Python `start` is a factor before a sequence; it may also be a second argument.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    if len(terms) == 2 and is_several(terms[0]):
        sequence, start = terms
        terms = (sequence,)
    terms = (() if start is None else (start,)) + terms_of("prod", terms, least=0)
    return prod_p(*terms) if terms else 1.0


@call_form()
def fsum(*terms: Any) -> Any:
    """The sum of a sequence, or of several arguments, rounded only once.

    >>> fsum([0.1] * 10)
    1.0
    """
    terms = terms_of("fsum", terms, least=0)
    return fsum_p(*terms) if terms else 0.0


@call_form()
def sumprod(p: Iterable[Any], q: Iterable[Any]) -> Any:
    """The sum of the products of two sequences of one length.

    >>> sumprod([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return dot(p, q)


@call_form()
def dot(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = None) -> Any:
    """The sum of the products of two sequences of one length, plus a bias: a neuron in one node.

    >>> dot([1.0, 2.0], [3.0, 4.0], 0.5)
    11.5
    """
    weights, inputs = terms_of("dot", (weights,), least=0), terms_of("dot", (inputs,), least=0)
    if len(weights) != len(inputs):
        raise ShapeError(
            f"dot needs two sequences of one length, not of {len(weights)} weights and {len(inputs)} inputs"
        )
    args = (*weights, *inputs, *(() if bias is None else (bias,)))
    return dot_p(*args) if args else 0.0


def terms_of(name: str, terms: Terms, least: int = 1) -> Terms:
    """Return the terms of a reduction, which are one sequence or several arguments, `least` or more."""
    if len(terms) == 1 and is_several(terms[0]):
        terms = tuple(terms[0])
    if len(terms) < least:
        raise ShapeError(f"{name} of nothing: give it at least one number")
    return terms


def _joined(sign: str, terms: tuple[str, ...]) -> str:
    return f"({f' {sign} '.join(terms)})"


@primitive(
    name="sum",
    source=lambda *terms: _joined("+", terms),
    partials=lambda out, *terms: (1.0,) * len(terms),
)
def sum_p(*terms: float) -> float:
    """The sum."""
    return sum(terms, START)


@primitive(
    name="mean",
    source=lambda *terms: f"{_joined('+', terms)} / {len(terms)}",
    partials=lambda out, *terms: (1.0 / len(terms),) * len(terms),
)
def mean_p(*terms: float) -> float:
    """The mean."""
    return sum(terms, START) / len(terms)


def _dot_partials(out: Any, *args: Any) -> Terms:
    size = len(args) // 2
    return args[size : 2 * size] + args[:size] + (1.0,) * (len(args) % 2)


def _dot_source(*args: str) -> str:
    size = len(args) // 2
    return _joined("+", tuple(map("{} * {}".format, args[:size], args[size:])) + args[2 * size :])


@primitive(name="dot", source=_dot_source, partials=_dot_partials)
def dot_p(*args: float) -> float:
    """The sum of products: of weights, as many inputs, and perhaps a bias to be added."""
    size = len(args) // 2
    total = sum(map(operator.mul, args, args[size : 2 * size]), START)
    return total + args[-1] if len(args) % 2 else total


def dot_of_floats(weights: list[float], inputs: list[float], bias: float) -> tuple[float, Terms]:
    """Value and partials of `dot_p` in one go, for the one node that networks consist of.

    It takes a third of the time of the two functions above, which take the flat arguments apart.
    """
    return sum(map(operator.mul, weights, inputs), START) + bias, (*inputs, *weights, 1.0)


def _shares(out: Any, *terms: Any) -> Terms:
    hits = [equal(term, out) for term in terms]
    share = 1.0 / sum(hits)
    return tuple(hit * share for hit in hits)


@primitive(name="max", partials=_shares)
def max_p(*terms: float) -> float:
    """The largest of several numbers; equal ones share the gradient."""
    return max(terms, key=lambda term: (term != term, term))  # nan before everything


@primitive(name="min", partials=_shares)
def min_p(*terms: float) -> float:
    """The smallest of several numbers; equal ones share the gradient."""
    return min(terms, key=lambda term: (term == term, term))  # nan before everything


def _first_hit(out: Any, *terms: Any) -> Terms:
    ranks = [equal(term, out) * float(rank) for rank, term in zip(range(len(terms) + 1, 1, -1), terms)]
    first = max_p(*ranks)
    return tuple(equal(rank, first) for rank in ranks)


@primitive(name="first_max", partials=_first_hit)
def first_max_p(*terms: float) -> float:
    """The largest of several numbers; of equal ones the first has the whole gradient, as in pooling."""
    return max(terms, key=lambda term: (term != term, term))  # nan before everything


def _products_of_the_others(out: Any, *terms: Any) -> Terms:
    before = [1.0, *accumulate(terms[:-1], operator.mul)]
    after = [1.0, *accumulate(terms[:0:-1], operator.mul)][::-1]
    return tuple(map(operator.mul, before, after))


@primitive(name="prod", source=lambda *terms: _joined("*", terms), partials=_products_of_the_others)
def prod_p(*terms: float) -> float:
    """The product."""
    return math.prod(terms)


@primitive(
    name="fsum",
    partials=lambda out, *terms: (1.0,) * len(terms),
    source=lambda *terms: f"fsum([{', '.join(terms)}])",
)
def fsum_p(*terms: float) -> float:
    """The sum, rounded only once."""
    return math.fsum(terms)
