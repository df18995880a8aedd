"""Lengths of vectors: the p-norms, each one node with as many parents as there are coordinates.

At the origin a norm has a corner, and its slope is 0, the smallest of all that fit. The slope jumps there,
so the second derivatives are nan, not 0: half the squared norm has the Hessian 1, which a 0 would hide.
"""

import math
from collections.abc import Iterable
from typing import Any

from ..errors import RangeError, ShapeError
from ..ieee import real
from ..signatures import call_form
from .arguments import entry_by_entry
from .arithmetic import sub
from .definition import Primitive, family, primitive
from .piecewise import abs_
from .powers import power
from .reductions import Terms, max_p, sum_p, terms_of

SMALL = 3  # coordinates: of so few, each slope is a function of all of them, and nothing cancels in its own


@call_form()
def hypot(*coordinates: Any) -> Any:
    """The Euclidean length of a vector: the square root of the sum of squares, without overflow.

    At the origin the derivatives are 0, where those of the square root are not numbers.

    >>> hypot(3.0, 4.0), hypot(1e200, 1e200)
    (5.0, 1.414213562373095e+200)
    """
    return entry_by_entry(norm, *coordinates) if len(coordinates) > 1 else norm(*coordinates)


@call_form()
def norm(*coordinates: Any, p: float = 2.0) -> Any:
    """The p-norm of a sequence, or of several arguments, by default the Euclidean one, which is `hypot`.

    At the origin the derivatives are 0. `p` is a number from 1 on, or infinite.

    >>> norm([2.0, 3.0, 6.0]), norm([2.0, -3.0], p=1), norm([2.0, -3.0], p=math.inf)
    (7.0, 5.0, 3.0)
    """
    p = real(p, "the p of norm")
    if not p >= 1.0:
        raise RangeError(f"the p of norm must be at least 1, not {p}")
    terms = terms_of("norm", coordinates, least=0)
    if not terms:
        return 0.0
    if 1.0 < p < math.inf:
        return norm_of(p)(*terms)
    sizes = [abs_(term) for term in terms]
    return sum_p(*sizes) if p == 1.0 else max_p(*sizes)


@call_form()
def dist(p: Iterable[Any], q: Iterable[Any]) -> Any:
    """The Euclidean distance of two points.

    >>> dist([1.0, 1.0], [4.0, 5.0])
    5.0
    """
    p, q = terms_of("dist", (p,), least=0), terms_of("dist", (q,), least=0)
    if len(p) != len(q):
        raise ShapeError(f"dist needs two points of one space, not of {len(p)} and {len(q)} coordinates")
    return norm([sub(x, y) for x, y in zip(p, q)])


def norm_of(p: float) -> Primitive:
    """The primitive of a p-norm."""
    return hypot_p if p == 2.0 else p_norm(p)


def _slopes(p: float, length: Any, terms: Terms) -> Terms:
    if 1 < len(terms) <= SMALL:
        return tuple(norm_slope_at(i, p)(*terms) for i in range(len(terms)))
    return tuple(norm_slope(p)(term, length) for term in terms)


@primitive(name="hypot", partials=lambda out, *terms: _slopes(2.0, out, terms))
def hypot_p(*terms: float) -> float:
    """The Euclidean length of a vector."""
    return math.hypot(*terms)


@family((1.5,), (3.0,))
def p_norm(p: float) -> Primitive:
    """The primitive `norm(terms, p=p)` for another p than 1, 2 and inf.

    >>> p_norm(3.0)(1e-200, 1e-200)
    1.2599210498948731e-200
    """

    @primitive(
        partials=lambda out, *terms: _slopes(p, out, terms),
        name=f"norm[{p!r}]",
        source=lambda *terms: f"norm([{', '.join(terms)}], p={p!r})",
    )
    def length(*terms: float) -> float:
        largest = 0.0
        for term in terms:
            if not abs(term) <= largest:
                largest = abs(term) if largest == largest else largest
        if largest == 0.0 or largest == math.inf or largest != largest:
            return largest
        total = 0.0
        for term in terms:
            total += math.pow(abs(term) / largest, p)
        return largest * math.pow(total, 1.0 / float(p))

    return length


@family((2.0,), (1.5,), (3.0,))
def norm_slope(p: float) -> Primitive:
    """The derivative of a p-norm by a coordinate `x`, a function of that and of the norm.

    >>> norm_slope(2.0)(3.0, 5.0), norm_slope(2.0)(0.0, 0.0)
    (0.6, 0.0)
    """

    def partials(out: Any, x: Any, length: Any) -> tuple[Any, Any]:
        return _bend(p, x, length) / length, -(p - 1.0) * out / length

    @primitive(
        partials=partials,
        name=f"norm_slope[{p!r}]",
        source=f"norm_slope({p!r})({{0}}, {{1}})",
        domain=((-math.inf, math.inf), (0.0, math.inf)),
    )
    def slope(x: float, length: float) -> float:
        if length == 0.0:
            return length
        share = x / length
        return share if p == 2.0 else math.copysign(math.pow(abs(share), p - 1.0), share)

    return slope


def _bend(p: float, x: Any, length: Any) -> Any:
    """The derivative of sign(s) |s| ** (p - 1) by the share s = x / length."""
    return 1.0 if p == 2.0 else (p - 1.0) * power(p - 2.0)(abs_(x) / length)


@family((0, 2.0), (1, 1.5), (1, 3.0))
def norm_slope_at(i: int, p: float) -> Primitive:
    """The derivative of a p-norm by its coordinate `i`, a function of all coordinates.

    Its own derivative by that coordinate has the others for a factor. As that of `norm_slope` it would be a
    difference, which cancels where one coordinate is much larger than the others.

    >>> norm_slope_at(0, 2.0).linearize(1e100, 1.0)
    (1.0, (1e-300, -1e-200))
    """
    length_of, slope_of = norm_of(p), norm_slope(p)

    def partials(out: Any, *terms: Any) -> Terms:
        length = length_of(*terms)
        slopes = [norm_slope_at(j, p)(*terms) for j in range(len(terms))]
        others = [slopes[j] * (terms[j] / length) for j in range(len(terms)) if j != i]
        own = _bend(p, terms[i], length) * sum_p(*others) / length
        return tuple(own if j == i else -(p - 1.0) * out * slopes[j] / length for j in range(len(terms)))

    @primitive(
        partials=partials,
        name=f"norm_slope[{i}, {p!r}]",
        source=lambda *terms: f"norm_slope_at({i}, {p!r})({', '.join(terms)})",
    )
    def slope(*terms: float) -> float:
        return float(slope_of(terms[i], length_of(*terms)))

    return slope
