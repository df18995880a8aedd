"""What gradients written by hand are held against: the forward pass, and its like to both sides of ties.

Or the forward pass without a small constant, where a gradient is that of the loss without it.
"""

from collections.abc import Iterator, Mapping, Sequence

from .findings import WRONG
from .inputs import Gradient
from .judgement import Comparison
from .passes.activations import regions
from .passes.backwards import ordered
from .passes.epsilons import Epsilon, edits_without, epsilons
from .passes.forward import Forward
from .passes.kinks import Interval, intervals
from .passes.rounding import Rounding, rounding_of


class Passes:
    """The forward pass and its like to both sides of ties, against which gradients are held."""

    def __init__(
        self, passes: Sequence[Forward], rounding: Rounding, left_out: Sequence[Epsilon] = ()
    ) -> None:
        self.all = passes
        self.left_out = left_out
        self._rounding = rounding
        self._compared: dict[str, Comparison] = {}  # with the last gradients
        self._slopes = intervals(passes) if len(passes) > 1 else []

    @classmethod
    def of(cls, forward: Forward, sides: Sequence[Forward], seed: int) -> "Passes":
        """Return a forward pass, and its like, with what rounding does to it."""
        return cls([forward, *sides], rounding_of(forward, regions(forward), seed))

    def likeliest(self, gradients: Mapping[str, Gradient]) -> list["Passes"]:
        """Return these passes and their like without small constants: those in which fewest are wrong.

        What is right in these stays right in the others.
        """
        right = self._right(gradients)
        found = [(right, self)]
        if len(right) < len(gradients):
            found += [(other._right(gradients), other) for other in self._without_epsilons()]
        found = [(names, passes) for names, passes in found if names >= right]
        most = max(len(names) for names, _ in found)
        return [passes for names, passes in found if len(names) == most]

    def _right(self, gradients: Mapping[str, Gradient]) -> set[str]:
        return {name for name, each in self.compared(gradients).items() if each.verdict() != WRONG}

    def _without_epsilons(self) -> Iterator["Passes"]:
        """Yield passes without one of the small constants that are added, and without all of them."""
        each = [epsilons(forward) for forward in self.all]
        known = each[0]
        choices = [[i] for i in range(len(known))] + ([[*range(len(known))]] if len(known) > 1 else [])
        for choice in choices if {*map(len, each)} == {len(known)} else ():
            passes = [
                forward.edited(edits_without(forward, [own[i] for i in choice]))
                for forward, own in zip(self.all, each)
            ]
            yield Passes(passes, self._rounding, [known[i] for i in choice])

    def use(self, name: str) -> bool:
        """Say whether the loss depends on a block, on any side."""
        return any(each.uses(name) for each in self.all)

    def compared(self, gradients: Mapping[str, Gradient]) -> dict[str, Comparison]:
        """Return gradients held against those derived, in the order of the backward pass."""
        known = [name for name in gradients if all(name in each.blocks for each in self.all)]
        return {name: self._comparison(name, gradients[name]) for name in ordered(self.all[0], known)}

    def _comparison(self, name: str, hand: Gradient) -> Comparison:
        known = self._compared.get(name)
        if known is not None and known.hand is hand:
            return known
        forward = self.all[0]
        block = forward.blocks[name]
        self._compared[name] = known = Comparison(
            forward.gradient(block, forward.adjoints),
            hand,
            forward.gradient(block, self._rounding.bars),
            self._sides(name) if self._slopes else [],
            block.shape,
            forward.gradient(block, self._rounding.sizes),
        )
        return known

    def _sides(self, name: str) -> list[Interval]:
        """Return the slopes that each entry may have; passes to both sides may be of other operations."""
        own = [self._slopes[i] if i >= 0 else (0.0, 0.0) for i in self.all[0].blocks[name].nodes]
        of_passes = zip(*(each.gradient(each.blocks[name], each.adjoints) for each in self.all))
        return [(min(low, *each), max(high, *each)) for (low, high), each in zip(own, of_passes)]
