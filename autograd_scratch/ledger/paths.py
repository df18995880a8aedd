"""Which paths through the graph carry a gradient.

By the chain rule a gradient is the sum, over all paths from the loss to `w`, of the product of the local
derivatives along the path. There may be more paths than atoms; the heaviest few are found in one walk,
because the k heaviest to a node go through the k heaviest to one of its parents.

Weights are compared as they are multiplied, without overflow: first by how many factors are nan, how many
infinite, and how few zero, then by the size of the product of the others. That order stays the same
when two paths are made longer by the same factor, which is what the walk relies on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign, frexp, inf, ldexp, nan
from typing import TypeVar

from ..graph import toposort
from ..value import Value
from ..wording import NAMELESS, expression, number

ThingT = TypeVar("ThingT")
Weight = tuple[int, int, int, int, float]  # nans, infinities, minus zeros, exponent, mantissa

_ONE: Weight = (0, 0, 0, 1, 0.5)
_SHOWN = 3
_WIDTH = 24


@dataclass(frozen=True, eq=False, repr=False)
class Path:
    """A path from the loss, `nodes[0]`, to `w`, `nodes[-1]`; `product` is that of its `factors`.

    `factors[i]` is the local derivative of `nodes[i]` by its operand number `operands[i]`, which is
    `nodes[i + 1]`.
    """

    nodes: tuple[Value, ...]
    operands: tuple[int, ...]
    factors: tuple[float, ...]
    product: float

    def __repr__(self) -> str:
        return f"<path of {len(self.factors):,} steps, product {number(self.product)}>"

    @property
    def factors_text(self) -> str:
        """The factors with signs of multiplication between them; of many, the first and the last."""
        return " * ".join(_ends([*map(number, _outer(self.factors))], len(self.factors)))

    @property
    def nodes_text(self) -> str:
        """The nodes with arrows between them; of many, the first and the last."""
        return nodes_told(self.nodes, NAMELESS)


def nodes_told(nodes: Sequence[Value], names: Mapping[Value, str]) -> str:
    """Return nodes, with these names if they have none of their own, with arrows between them."""
    texts = [expression(node, _WIDTH, names) for node in _outer(nodes)]
    return " -> ".join(_ends(texts, len(nodes)))


def heaviest(loss: Value, w: Value, most: int) -> tuple[tuple[Path, ...], float]:
    """Return the heaviest paths from `loss` to `w`, at most so many, and how many there are in all.

    Of equally heavy ones, those through the first operand come first. The number is exact up to 2**53.

    >>> x = Value(3.0)
    >>> paths, count = heaviest(x * x + 2.0 * x, x, 2)
    >>> [path.factors for path in paths], count
    ([(1.0, 3.0), (1.0, 3.0)], 3.0)
    """
    best: dict[Value, list[tuple[Weight, int, int]]] = {w: [(_ONE, 0, 0)]}  # weight, operand, rank there
    counts = {w: 1.0}
    for node in toposort(loss):
        longer: list[tuple[Weight, int, int]] = []
        count = 0.0
        for position, (parent, partial) in enumerate(zip(node.parents, node.partials)):
            if parent.__class__ is not float and parent in best:
                count += counts[parent]
                longer += [
                    (_times(weight, partial), position, rank)
                    for rank, (weight, _, _) in enumerate(best[parent])
                ]
        if count:
            longer.sort(key=lambda entry: entry[0], reverse=True)
            best[node], counts[node] = longer[:most], count
    if loss is w or loss not in best:
        return (), 0.0
    return tuple(_followed(loss, w, rank, best) for rank in range(len(best[loss]))), counts[loss]


def _followed(loss: Value, w: Value, rank: int, best: dict[Value, list[tuple[Weight, int, int]]]) -> Path:
    """Follow a path down from the loss, from each node to the rank of the path at the parent."""
    nodes, operands, factors = [loss], [], []
    while nodes[-1] is not w:
        node = nodes[-1]
        _, position, rank = best[node][rank]
        nodes.append(node.parents[position])
        operands.append(position)
        factors.append(node.partials[position])
    return Path(tuple(nodes), tuple(operands), tuple(factors), product(factors))


def product(factors: Iterable[float]) -> float:
    """Multiply without overflow on the way: infinite or zero only if the product is.

    >>> product([1e200, 1e200, -1e-300]), product([0.0, 1e200, 1e200])
    (-1e+100, 0.0)
    """
    weight, sign = _ONE, 1.0
    for factor in factors:
        weight = _times(weight, factor)
        sign *= copysign(1.0, factor)
    nans, infinities, zeros, exponent, mantissa = weight
    if nans or (infinities and zeros):
        return nan
    if infinities:
        return sign * inf
    if zeros:
        return 0.0
    try:
        return sign * ldexp(mantissa, exponent)
    except OverflowError:
        return sign * inf


def _times(weight: Weight, factor: float) -> Weight:
    nans, infinities, zeros, exponent, mantissa = weight
    if factor != factor:
        return nans + 1, infinities, zeros, exponent, mantissa
    size = abs(factor)
    if size == inf:
        return nans, infinities + 1, zeros, exponent, mantissa
    if not size:
        return nans, infinities, zeros - 1, exponent, mantissa
    own_mantissa, own_exponent = frexp(size)
    mantissa, shift = frexp(mantissa * own_mantissa)
    return nans, infinities, zeros, exponent + own_exponent + shift, mantissa


def _outer(things: Sequence[ThingT]) -> list[ThingT]:
    """Return the things that are shown: of many the first and the last."""
    return [*things] if len(things) <= 2 * _SHOWN + 1 else [*things[:_SHOWN], *things[-_SHOWN:]]


def _ends(texts: list[str], count: int) -> list[str]:
    """Return the texts of things that are shown, with a word for those left out between them."""
    left_out = [f"... {count - len(texts):,} more ..."] if count > len(texts) else []
    return texts[:_SHOWN] + left_out + texts[_SHOWN:]
