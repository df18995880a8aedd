"""The search for mistakes that together give the gradient that was written by hand.

It goes from the simple to the involved: one constant for all blocks; one suspect, or a mistake of its own
in each wrong block; a suspect and such mistakes; each of these times a constant; two suspects, one after
the other or side by side.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, product, takewhile

from ...collector import without_collector
from ..mistakes.constant_factors import best_constant, is_one, with_inverses
from ..mistakes.suspects import Rewrite, Suspect
from ..passes.forward import Forward
from .hand import Hand
from .lineup import Lineup
from .ranking import ANOTHER, Explanation, distinct
from .trials import Gradients

_SAMPLES = ("single_sample", "overwritten")
_NESTED = (
    "derivative_missing",
    "derivative_twice",
    "derivative_argument",
    "derivative_of_other",
    "factor_missing",
    "sum_for_mean",
    "detached",
    "path_missing",
    "transposed",
)
_LIKELY = 1.85  # the rank of mistakes that are tried in pairs
_EDGES = 10_000_000  # that a search for pairs may go along
_WIDTH = 8  # suspects that explain a part, and are tried with a second one
_FACTORS = 3  # constants of single blocks that are tried for all
_CHOICES = 16
_SURE = 2.0  # the rank of an explanation after which no mistake that is unusual is tried
_DOUBTED = {"other_loss"}  # unusual ones are tried nevertheless
_FAR = 0.75  # ranks beyond the best explanation at which no other is looked for


@without_collector
def explanations_of(forward: Forward, hand: Hand) -> list[Explanation]:
    """Return what explains the hand-written gradient, likeliest first; nothing if nothing does."""
    search = _Search(Lineup(forward, hand))
    found = distinct([*search.constants()] or search.simple())
    if not found or found[0].rank > 2.0 * ANOTHER:
        found = distinct([*found, *search.pairs()])
    return found


class _Search:
    """The steps of the search."""

    def __init__(self, lineup: Lineup) -> None:
        self._lineup = lineup
        self._hand, self._right = lineup.hand, lineup.right
        self._explain = lineup.ranking.explanation

    def constants(self) -> Iterator[Explanation]:
        """Explain all blocks as one multiple of the right gradient."""
        order, hand, factors = self._lineup.order, self._hand, self._lineup.factors
        seen = [name for name in order if hand.sees(name, self._right[name])]
        fitted = [hand.factor(name, self._right[name]) for name in seen]
        if not fitted or None in fitted or sum(len(hand.numbers[name]) for name in order) < 2:
            return
        factor = fitted[0] or 1.0
        if not self._lineup.wrong(self._right, 1.0):  # but for their shapes
            return
        if is_one(factor) or not all(hand.equals(name, self._right[name], factor) for name in order):
            return
        yield self._explain(self._lineup.ranking.scales(factor), self._right, {}, factor, 1.0)
        if factors.is_two(factor) and 2 in factors.terms:
            sooner = 0.1 * factors.is_lost_axis(factor)
            scales = self._lineup.ranking.scales(factor, kinds=("sum_for_mean",))
            scales = [replace(scale, rank=scale.rank - sooner) for scale in scales]
            yield self._explain(scales, self._right, {}, factor, 1.0)

    def _but_for_the_penalty(self) -> Iterator[Explanation]:
        """Explain all blocks as the regularization term's gradient and one multiple of the rest."""
        lineup = self._lineup
        penalty = lineup.gradients(lineup.penalty)
        rest = {name: _less(self._right[name], penalty[name]) for name in lineup.order}
        hand = [h for name in lineup.order for h in _less(self._hand.numbers[name], penalty[name])]
        numbers = [x for name in lineup.order for x in rest[name]]
        if len(hand) != len(numbers) or len(numbers) < 3 or not any(map(any, penalty.values())):
            return
        factor = best_constant(hand, numbers)
        gradients = {
            name: [p + factor * x for p, x in zip(penalty[name], rest[name])] for name in lineup.order
        }
        if factor and not is_one(factor) and not lineup.wrong(gradients, 1.0):
            what = "the gradient of all but the regularization term"
            scales = [
                replace(scale, rank=scale.rank + 0.5) for scale in lineup.ranking.scales(factor, what=what)
            ]
            yield self._explain(scales, gradients, {}, 1.0, 1.0)

    def simple(self) -> list[Explanation]:
        """Explain the gradient by one suspect, by mistakes in single blocks, or by both."""
        found = [*self._but_for_the_penalty()]
        for factor in self._likely_factors():
            found += self._alone(factor)
            if any(each.rank < ANOTHER for each in found):  # a constant is a mistake more
                break
        if found:
            return found
        usual = [*with_inverses((2, *self._lineup.factors.terms)), -1.0]
        found = [each for factor in usual for each in self._one_sample(factor)]
        return found or [each for factor in usual for each in self._alone(factor)]

    def pairs(self) -> Iterator[Explanation]:
        """Explain the gradient by two suspects."""
        for factor in () if self._lineup.is_spent else self._likely_factors():
            wrong = self._lineup.wrong(self._right, factor)
            if wrong:
                yield from self._one_after_the_other(wrong, factor)
                yield from self._side_by_side(factor)
                yield from self._nested(wrong, factor)

    def _likely_factors(self) -> list[float]:
        """Return 1, and the constants that the blocks nearest to the loss are multiplied by."""
        found = [1.0]
        for name in self._lineup.order:
            factor = self._hand.factor(name, self._right[name])
            if factor is None or any(is_one(factor / other) for other in found):
                continue
            if self._lineup.factors.is_simple(factor) or len(self._right[name]) > 2:
                found.append(factor)
        return found[:_FACTORS]

    def _alone(self, factor: float) -> Iterator[Explanation]:
        """Explain the gradient by one suspect, or by rewriting blocks."""
        lineup, adjoints = self._lineup, self._lineup.forward.adjoints
        wrong = lineup.wrong(self._right, factor)
        if not wrong or (factor != 1.0 and self._spoils(wrong)):
            return
        fitting = lineup.fitting(self._right, adjoints, wrong, factor)
        found = [*self._rewritten([], self._right, fitting, factor)]
        told = len([*takewhile(lambda name: fitting[name], wrong)])

        def most() -> float:
            return min((each.rank for each in found), default=math.inf) + _FAR

        for suspects in lineup.possible(wrong, told, most):
            for suspect in suspects:
                if suspect.rank > most() or lineup.is_spent:
                    break
                suspect, gradients, own = lineup.with_(suspect, wrong, factor)
                left = lineup.wrong(gradients, factor)
                if not left and not any(suspect in each for each in found):
                    found.append(self._explain([suspect], gradients, {}, factor, own))
                elif set(left) < set(wrong):
                    fits = lineup.fitting(gradients, lineup.adjoints(suspect, own), left, factor)
                    found += self._rewritten([suspect], gradients, fits, factor, own)
            if any(each.rank < _SURE and not _DOUBTED & {*each.kinds} for each in found):
                break
        yield from (each for each in found if each.rank <= most())

    def _spoils(self, wrong: Sequence[str]) -> bool:
        """Say whether blocks are right as they are, which a constant for all makes wrong."""
        right = set(self._lineup.order) - set(self._lineup.wrong(self._right, 1.0))
        return any(name in right and any(self._hand.numbers[name]) for name in wrong)

    def _rewritten(
        self,
        before: Sequence[Suspect],
        gradients: Gradients,
        fitting: Mapping[str, Sequence[Rewrite]],
        factor: float,
        own: float = 1.0,
    ) -> Iterator[Explanation]:
        """Explain each of the wrong blocks by a mistake that touches it alone: of one kind if possible."""
        if not fitting or not all(fitting.values()):
            return
        best = [sorted(fits, key=_rank) for fits in fitting.values()]
        kinds = set.intersection(*({fit.kind for fit in fits} for fits in best))
        choices = [
            [next(fit for fit in fits if fit.kind == kind) for fits in best] for kind in sorted(kinds)
        ]
        for choice in choices or [list(some) for some in product(*(fits[:2] for fits in best))][:_CHOICES]:
            replaced = {rewrite.block: rewrite.gradient for rewrite in choice}
            yield self._explain([*before, *choice], gradients, replaced, factor, own)

    def _one_sample(self, factor: float) -> Iterator[Explanation]:
        """Explain the gradient by one sample, where the number of samples is left out or divided by."""
        lineup = self._lineup
        wrong = lineup.wrong(self._right, factor)
        fitting = lineup.fitting(self._right, lineup.forward.adjoints, wrong, factor)
        alone = {name: [fit for fit in fits if fit.kind in _SAMPLES] for name, fits in fitting.items()}
        yield from self._rewritten([], self._right, alone, 1.0)
        for suspect in chain(*lineup.possible(wrong)):
            if suspect.kind in _SAMPLES:
                _, gradients, _ = lineup.with_(suspect, wrong, factor)
                if not lineup.wrong(gradients, factor):
                    scaled = {name: [factor * g for g in gradient] for name, gradient in gradients.items()}
                    yield self._explain([suspect], scaled, {}, 1.0, 1.0)

    def _one_after_the_other(self, wrong: Sequence[str], factor: float) -> Iterator[Explanation]:
        """Explain the blocks nearest to the loss by one suspect, and the others by another one."""
        lineup = self._lineup
        parts = []
        for suspect in chain(*lineup.possible(wrong)):
            fitted = lineup.with_(suspect, wrong, factor)
            left = lineup.wrong(fitted.gradients, factor)
            if left and wrong[0] not in left and set(left) < set(wrong):
                parts.append((len(left), fitted.suspect.rank, fitted, left))
        parts.sort(key=lambda part: part[:2])
        for _, _, first, left in parts[:_WIDTH]:
            for second in lineup.beside(first, left, factor):
                if not lineup.wrong(second.gradients, factor) and _are_apart(first.suspect, second.suspect):
                    yield self._explain(
                        [first.suspect, second.suspect], second.gradients, {}, factor, first.own
                    )

    def _side_by_side(self, factor: float) -> Iterator[Explanation]:
        """Explain the gradient by two suspects that add up to it."""
        lineup = self._lineup
        for pair in lineup.trials.pairs(factor):
            found = [s if s.named is None else s.named(count) for s, count in pair]
            if None in found:
                continue
            first, second = (suspect for suspect in found if suspect is not None)
            if not _are_apart(first, second):
                continue
            gradients = lineup.gradients(lineup.forward.sweep(first.more + second.more))
            if not lineup.wrong(gradients, factor):
                yield self._explain([first, second], gradients, {}, factor, 1.0)

    def _nested(self, wrong: Sequence[str], factor: float) -> Iterator[Explanation]:
        """Explain the gradient by two suspects that change the same blocks, where a search is cheap."""
        lineup = self._lineup
        likely = [
            suspect
            for suspect in chain(*lineup.possible(wrong))
            if suspect.kind in _NESTED and suspect.rank < _LIKELY and suspect.more
        ]
        if len(likely) ** 2 * sum(map(len, lineup.forward.edges)) > _EDGES:
            return
        for first, second in combinations(likely, 2):
            if _are_apart(first, second):
                gradients = lineup.gradients(lineup.forward.sweep(first.more + second.more))
                if not lineup.wrong(gradients, factor):
                    yield self._explain([first, second], gradients, {}, factor, 1.0)


def _are_apart(first: Suspect, second: Suspect) -> bool:
    """Say whether two mistakes change other nodes each: else one of them undoes the other."""
    is_same = (first.kind, first.step) == (second.kind, second.step) and first.step is not None
    return not is_same and {*first.more.nodes}.isdisjoint(second.more.nodes)


def _less(numbers: Sequence[float], others: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(numbers, others)]


def _rank(rewrite: Rewrite) -> float:
    return rewrite.rank
