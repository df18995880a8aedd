"""The gradients written by hand, and when another one is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..mistakes.constant_factors import best_constant

_SLACK = 16.0  # on tolerances, where it is only asked what may be
_TINY = 1e-13  # relative: columns that are no more than rounding

Numbers = Sequence[float]


@dataclass(frozen=True)
class Hand:
    """The hand-written gradients, and how near a gradient must be to be the same."""

    numbers: Mapping[str, Numbers]
    shapes: Mapping[str, tuple[int, ...]]
    tolerance: float  # relative to a block's largest entry
    bars: Mapping[str, Numbers]  # what rounding does to each entry

    def equals(self, name: str, gradient: Numbers, factor: float = 1.0) -> bool:
        """Say whether a block is `factor` times a gradient."""
        hand = self.numbers[name]
        if len(hand) != len(gradient):
            return False
        size = self.tolerance * max(max(map(abs, hand)), abs(factor) * max(map(abs, gradient)))
        return isfinite(size) and all(
            abs(h - factor * g) <= size + abs(factor) * bar
            for h, g, bar in zip(hand, gradient, self.bars[name])
        )

    def sees(self, name: str, gradient: Numbers) -> bool:
        """Say whether a gradient of a block is more than rounding."""
        return any(abs(g) > bar for g, bar in zip(gradient, self.bars[name]))

    def may_be(self, name: str, full: Any, rest: Any, right: Any) -> Any:
        """Say of gradients in columns whether a block may be made of them, with constants.

        It may be a multiple of `full`, or the sum of multiples of `rest` and of what `full` has more. What
        is a multiple of the right one tells nothing.
        """
        import numpy

        hand = numpy.array(self.numbers[name])[:, None]
        bars = numpy.array(self.bars[name])[:, None]
        if len(hand) != len(full):
            return numpy.zeros(full.shape[1], bool)
        if not hand.any():
            nothing = [(numpy.abs(each) <= bars).all(0) for each in (full, rest)]
            return (nothing[0] | nothing[1]) & (right != 0.0).any()
        unit = numpy.abs(hand).max()
        hand = hand / unit
        slope, rest = (full - rest) / unit, rest / unit
        seen = (numpy.abs(full - right) > bars).any(0) | (numpy.abs(slope) * unit > bars).any(0)
        first = unit_rows(rest.T).T
        second = unit_rows((slope - first * (first * slope).sum(0)).T).T
        left = hand - first * (first * hand).sum(0)
        left = left - second * (second * left).sum(0)
        close = _SLACK * (self.tolerance + bars / unit * (1.0 + numpy.abs(hand)))
        return seen & (numpy.abs(left) <= close).all(0)

    def factor(self, name: str, gradient: Numbers) -> float | None:
        """Return the constant by which a block is a multiple of a gradient, if it is."""
        if not self.sees(name, gradient):
            return None
        factor = best_constant(self.numbers[name], gradient)
        return factor if factor and self.equals(name, gradient, factor) else None

    def divided(self, factor: float) -> dict[str, list[float]]:
        """Return the gradients divided by a constant."""
        return {name: [h / factor for h in numbers] for name, numbers in self.numbers.items()}


def unit_rows(rows: Any) -> Any:
    """Return rows of length 1; what is no more than rounding becomes 0."""
    import numpy

    largest = numpy.abs(rows).max(1, initial=0.0, keepdims=True)
    shares = rows / numpy.where(largest > _TINY, largest, 1.0)
    lengths = numpy.sqrt((shares * shares).sum(1, keepdims=True))
    return numpy.where(largest > _TINY, shares / numpy.where(lengths > 0.0, lengths, 1.0), 0.0)
