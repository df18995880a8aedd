"""The gradients written by hand, and when another one is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..mistakes.constant_factors import best_constant

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
        return all(
            abs(h - factor * g) <= size + abs(factor) * bar
            for h, g, bar in zip(hand, gradient, self.bars[name])
        )

    def sees(self, name: str, gradient: Numbers) -> bool:
        """Say whether a gradient of a block is more than rounding."""
        return any(abs(g) > bar for g, bar in zip(gradient, self.bars[name]))

    def factor(self, name: str, gradient: Numbers) -> float | None:
        """Return the constant by which a block is a multiple of a gradient, if it is."""
        if not self.sees(name, gradient):
            return None
        factor = best_constant(self.numbers[name], gradient)
        return factor if factor and self.equals(name, gradient, factor) else None

    def divided(self, factor: float) -> dict[str, list[float]]:
        """Return the gradients divided by a constant."""
        return {name: [h / factor for h in numbers] for name, numbers in self.numbers.items()}
