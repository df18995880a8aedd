"""Is a block right: the hand-written gradient held against the derived one, by what rounding can do.

Nothing is measured by an absolute yardstick. An entry may differ by a share of its block's largest entry,
and by what rounding does to it, which the sizes of its terms and the forward pass tell. Where that is as
large as the gradient, nothing can be said.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .differences import EPSILON
from .findings import KINK, NOT_CHECKABLE, RIGHT, ROUNDING, SHAPES, WRONG
from .inputs import Gradient
from .passes.kinks import Interval
from .passes.rounding import ROUNDINGS
from .precision import SINGLE_EPSILON, looks_single

EXACT = 1e-11  # of a block's largest entry: the two agree
ROUNDED = 1e-9  # they agree up to rounding
SINGLE = 4e-6  # where the numbers are of float32
BARS = ROUNDINGS  # that an entry may be off
_EXCUSED = 1e-3  # of a block's largest entry: a larger difference is not put down to rounding
_CANCELLED = 1e-3  # of the terms of an entry: where rounding moves less, what is below it is a zero
_LOST = 0.1  # of a block's largest entry: where rounding moves so much, nobody knows how much it moves


@dataclass(frozen=True)
class Comparison:
    """One block: derived and by hand, the bars of rounding, and the slopes on both sides of a kink.

    `sizes` are those of the terms that each derived entry is the sum of.
    """

    derived: Sequence[float]
    hand: Gradient
    bars: Sequence[float]
    sides: Sequence[Interval]  # the slopes that an entry may have at a kink; or nothing
    shape: tuple[int, ...]
    sizes: Sequence[float] = ()

    @property
    def is_single(self) -> bool:
        """Whether float32 made the hand-written gradient."""
        return self.hand.is_single

    def in_precision(self, single: bool) -> "Comparison":
        """Return the block as one whose hand-written gradient float32 made, or did not."""
        if self.is_single == single:
            return self
        return replace(self, hand=self.hand._replace(is_single=single))

    @property
    def numbers(self) -> Sequence[float]:
        """The numbers written by hand."""
        return self.hand.numbers

    @cached_property
    def scale(self) -> float:
        """The largest entry of both."""
        finite = (abs(x) for x in (*self.derived, *self.numbers) if math.isfinite(x))
        return max(finite, default=0.0)

    def bar(self, i: int) -> float:
        """Return what rounding may do to an entry."""
        return BARS * self.bars[i] * (SINGLE_EPSILON / EPSILON if self.is_single else 1.0)

    @cached_property
    def vanishes(self) -> bool:
        """Whether the derived gradient is zero by mathematics: its terms cancel, but for their rounding."""
        zeros = [self._is_cancelled(i) for i in range(len(self.derived) if self.sizes else 0)]
        return any(zeros) and all(zero or not self.sizes[i] for i, zero in enumerate(zeros))

    def _is_cancelled(self, i: int) -> bool:
        return abs(self.derived[i]) <= self.bar(i) <= _CANCELLED * self.sizes[i] != 0.0

    @property
    def is_zero(self) -> bool:
        """Whether what is by hand is zero too where the derived gradient vanishes."""
        return self.vanishes and all(map(self._says_nothing, range(len(self.derived))))

    @cached_property
    def magnitude(self) -> float:
        """The largest derived entry; of what vanishes, the size of the terms that cancel."""
        return max(self.sizes if self.vanishes else map(abs, self.derived), default=0.0)

    def is_lost(self) -> bool:
        """Say whether rounding leaves next to nothing of the derived gradient, as where chaos is."""
        return any(self.bar(i) > _LOST * self.magnitude for i in range(len(self.derived)))

    def kinks(self) -> list[int]:
        """Return the entries whose slopes differ from one side to the other."""
        return [
            i
            for i, d in enumerate(self.derived)
            if self.sides and self.sides[i][1] - self.sides[i][0] > EXACT * abs(d) + self.bar(i)
        ]

    @property
    def fits(self) -> bool:
        """Whether the shape is that of the block, but for axes of length 1 that one of the two has more."""
        shapes = self.hand.shape, self.shape
        long, own_long = (tuple(size for size in shape if size != 1) for shape in shapes)
        return self.hand.shape == self.shape or (
            long == own_long and (not long or len(self.hand.shape) != len(self.shape))
        )

    @property
    def updated_shape(self) -> tuple[int, ...]:
        """The shape of the block less its gradient: NumPy stretches both to one."""
        count = max(len(self.hand.shape), len(self.shape))
        padded = ((1,) * (count - len(shape)) + shape for shape in (self.hand.shape, self.shape))
        return tuple(map(max, *padded)) if count else ()

    def verdict(self) -> str:
        """Return the verdict on the block."""
        return self._verdict

    @cached_property
    def _verdict(self) -> str:
        if not self.fits:
            return SHAPES
        if not all(map(math.isfinite, self.derived)):
            return NOT_CHECKABLE
        if all(map(self._says_nothing, range(len(self.derived)))):
            if not self.vanishes:
                return NOT_CHECKABLE
            return ROUNDING if any((*self.derived, *self.numbers)) else RIGHT
        if not self._agrees():
            return KINK if self._is_between() else WRONG
        if self._is_within(EXACT):
            return RIGHT
        return ROUNDING if self._is_within(_EXCUSED) else NOT_CHECKABLE

    def _says_nothing(self, i: int) -> bool:
        """Say whether derived and hand-written entry are both no larger than what rounding does."""
        largest = max(abs(self.derived[i]), abs(self.numbers[i]))
        return largest <= self.bar(i)

    def _is_within(self, share: float) -> bool:
        """Say whether the two differ by no more than a share of the largest entry."""
        return all(abs(h - d) <= share * self.scale for d, h in zip(self.derived, self.numbers))

    def _slack(self, i: int) -> float:
        """Return by how much an entry may be off, rounding alone being the cause."""
        return (SINGLE if self.is_single else ROUNDED) * self.scale + self.bar(i)

    def _agrees(self) -> bool:
        """Say whether the two differ by no more than rounding."""
        return all(abs(h - d) <= self._slack(i) for i, (d, h) in enumerate(zip(self.derived, self.numbers)))

    def _is_between(self) -> bool:
        """Say whether every entry is right, or at a kink between the slopes on its sides."""
        return bool(self.sides) and all(
            low - self._slack(i) <= h <= high + self._slack(i)
            for i, (h, (low, high)) in enumerate(zip(self.numbers, self.sides))
        )


def of_one_precision(compared: Mapping[str, Comparison]) -> dict[str, Comparison]:
    """Judge all blocks by float32 if it made one of them, or left its errors in all of them.

    What was computed from numbers of float32 has no more digits than these, whatever type it has: a mask
    of float64 is enough to change that.
    """
    double = {name: each.in_precision(single=False) for name, each in compared.items()}
    telling = [name for name, each in double.items() if not each.is_zero]  # residues have few digits
    known = any(compared[name].is_single for name in telling)
    if not known and any(double[name].verdict() == WRONG for name in telling):
        seen = (double[name] for name in telling if any(double[name].derived))
        known = looks_single([(each.numbers, each.derived) for each in seen if not each.vanishes])
    return {name: each.in_precision(known) for name, each in compared.items()}


def likelier_order(
    by_rows: Mapping[str, Comparison], by_columns: Mapping[str, Comparison]
) -> tuple[dict[str, Comparison], str]:
    """Return that reading of a vector of all gradients in which fewer blocks are wrong, and its order."""
    wrong = [sum(each.verdict() == WRONG for each in blocks.values()) for blocks in (by_rows, by_columns)]
    how, likelier = ("column by column", by_columns) if wrong[1] < wrong[0] else ("row by row", by_rows)
    return dict(likelier), how
