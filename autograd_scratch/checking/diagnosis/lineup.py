"""Which mistakes could it be: all suspects of a forward pass, and what each makes of the gradient."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from math import inf
from typing import NamedTuple

from ..mistakes.blocks import block_mistakes
from ..mistakes.constant_factors import Factors, best_constant, is_one, multiple
from ..mistakes.contractions import Contractions
from ..mistakes.flows import Inflow, inflow
from ..mistakes.penalties import penalty_mistakes
from ..mistakes.suspects import Lead, Rewrite, Suspect, Waiting
from ..passes.backwards import ordered
from ..passes.forward import Block, Forward
from ..runs import quiet_floats
from .catalogue import Catalogue
from .hand import Hand, Numbers
from .ranking import Ranking
from .trials import Gradients, Remembered, Trials

_EDGES = 150_000_000  # that all backward passes of a search may go along: half a minute
_FEW = 24  # backward passes that are run in any case
_UNLIKELY = 2.6  # the rank of suspects that are not tried beside another one
_TELLING = 3  # numbers of a block that tell of which loss it is the gradient
_NOISE = 1e-6  # relative to the largest entry
_TRACE = 1e-6  # what another loss must give of a block, at the least


class Fitted(NamedTuple):
    """A suspect, the gradients that it gives, and the constant of another loss."""

    suspect: Suspect
    gradients: Gradients
    own: float = 1.0


class Lineup:
    """The suspects, each with the gradients that it gives; a backward pass is swept once."""

    def __init__(self, forward: Forward, hand: Hand) -> None:
        self.forward = forward
        self.hand = hand
        self.order = ordered(forward, hand.numbers)
        self.factors = Factors(forward, max(1e-7, hand.tolerance))
        self.ranking = Ranking(forward, hand, self.factors)
        self.right = self.gradients(forward.adjoints)
        self._most = max(_FEW, _EDGES // (1 + forward.size))
        self.trials = Trials(forward, hand, self.order, self._most)
        self._contractions = Contractions(forward)
        self._catalogue = Catalogue(forward, self.factors, hand)
        self.penalty = self._catalogue.penalty
        self._reached: dict[Suspect, int] = {}
        self._inflows: dict[str, Inflow] = {}

    @property
    def is_spent(self) -> bool:
        """Whether as many backward passes were run as a graph of this size allows."""
        return self.trials.count >= self.trials.most

    def gradients(self, adjoints: Numbers) -> dict[str, list[float]]:
        """Return the gradients of the blocks, nearest to the loss first."""
        return {name: self.forward.gradient(self.forward.blocks[name], adjoints) for name in self.order}

    def wrong(self, gradients: Gradients, factor: float) -> list[str]:
        """Return the blocks that are not `factor` times these gradients."""
        return [name for name in self.order if not self.hand.equals(name, gradients[name], factor)]

    def possible(
        self, wrong: Sequence[str], told: int = 0, most: Callable[[], float] = lambda: inf
    ) -> Sequence[Iterable[Suspect]]:
        """Return the suspects that may change the first wrong block, and that change no right one, by rank.

        The usual ones come first, and then those of general mistakes. The first `told` of the wrong blocks
        may have mistakes of their own. None is looked for beyond the rank `most`.
        """
        if not wrong:
            return ()
        some, bits = self._bits(wrong)
        must, keep = sum(some[: told + 1]), sum(bits)
        return [
            (
                suspect
                for suspect in found
                if self._reach(suspect) & must and not self._reach(suspect) & keep
            )
            for found in (each.up_to(most) for each in self._looked_at)
        ]

    @cached_property
    def _looked_at(self) -> Sequence[Remembered]:
        """The suspects that are worth a look: those of usual mistakes, and of general ones."""
        wrong = self.wrong(self.right, 1.0)
        some, keep = (sum(bits) for bits in self._bits(wrong))

        reach_of = partial(_reach, self.forward, self._reached)

        def wanted(each: Suspect | Lead) -> bool:
            reach = reach_of(each)
            return reach < 0 or bool(reach & some and not reach & keep)

        waiting = (Waiting(leads, wanted) for leads in (self._catalogue.usual(), self._catalogue.general()))
        return [Remembered(partial(self.trials.worth_a_look, each, wrong)) for each in waiting]

    def _bits(self, wrong: Sequence[str]) -> tuple[list[int], list[int]]:
        """Return the bits of wrong blocks, and of those that must stay right."""
        bits = {name: 1 << k for k, name in enumerate(self.forward.blocks)}
        keep = [bits[name] for name in self.order if name not in wrong and any(self.hand.numbers[name])]
        return [bits[name] for name in wrong], keep

    def _reach(self, suspect: Suspect) -> int:
        return _reach(self.forward, self._reached, suspect)

    def with_(
        self, suspect: Suspect, wrong: Sequence[str], factor: float, trials: Trials | None = None
    ) -> Fitted:
        """Return a suspect with its gradients, given the wrong blocks, alone or beside a mistake.

        Of a family it is that with the constant that suits the first wrong block, and so is another loss.
        """
        trials = trials or self.trials
        full = trials.full(suspect)
        if not suspect.is_family:
            return Fitted(self._catalogue.told(suspect), full)
        rest = trials.rest(suspect)
        if suspect.free:
            return Fitted(suspect, *self._as_other_loss(rest, full, factor, trials.right))
        hand = self.hand.divided(factor)
        for constant in self._constants(hand, rest, full, wrong, suspect.telling):
            own = suspect.named(constant) if suspect.named else None
            if own is None:
                continue
            fitted = trials.full(own)  # two factors may have moved
            if not _are_alike(fitted, trials.right):
                return Fitted(self._catalogue.told(own), fitted)
        return Fitted(suspect, trials.right)  # it explains nothing

    def beside(self, first: Fitted, left: Sequence[str], factor: float) -> Iterator[Fitted]:
        """Yield all suspects that may change the first block that a mistake leaves wrong, beside it."""
        fixed = {i: first.own * adjoint for i, adjoint in first.suspect.fixed.items()}
        trials = Trials(self.forward, self.hand, self.order, self._most, (first.suspect.more, fixed))
        must = 1 << [*self.forward.blocks].index(left[0])

        def wanted(each: Suspect | Lead) -> bool:
            return bool(_reach(self.forward, self._reached, each) & must) and (
                isinstance(each, Lead) or not each.fixed
            )

        waiting = Waiting([*self._catalogue.usual(), *self._catalogue.general()], wanted)
        while some := trials.worth_a_look(waiting, left[:1], _UNLIKELY):
            for suspect in some:
                yield self.with_(suspect, left, factor, trials)

    def _constants(
        self,
        hand: Gradients,
        rest: Gradients,
        full: Gradients,
        wrong: Sequence[str],
        telling: int,
    ) -> Iterator[float]:
        """Yield how often what `full` has, and `rest` has not, counts in the wrong blocks."""
        for name in sorted(wrong, key=lambda name: len(full[name]) < 3):
            slope = [b - a for a, b in zip(rest[name], full[name])]
            if len(hand[name]) == len(slope) >= telling and self.hand.sees(name, slope):
                yield best_constant([h - a for h, a in zip(hand[name], rest[name])], slope)

    def _as_other_loss(
        self, rest: Gradients, full: Gradients, factor: float, right: Gradients
    ) -> tuple[Gradients, float]:
        """Return the gradients of another loss with the constant that suits the blocks best, and that."""
        if self._is_given(rest, full):
            return right, 0.0
        for name in self.order:
            hand, slope = self.hand.numbers[name], [b - a for a, b in zip(rest[name], full[name])]
            if len(slope) < _TELLING or len(hand) != len(slope) or not self.hand.sees(name, slope):
                continue
            own = best_constant([h / factor - a for h, a in zip(hand, rest[name])], slope)
            moved = abs(own) * max(map(abs, slope))
            fitted = [a + own * d for a, d in zip(rest[name], slope)]
            seen = moved > _TRACE * max(map(abs, hand)) / abs(factor)
            if seen and self.hand.equals(name, fitted, factor):
                return _between(rest, full, own), own
        return right, 0.0  # it explains nothing

    def _is_given(self, rest: Gradients, full: Gradients) -> bool:
        """Say whether what another loss adds to the rest is a multiple of what the given one adds."""
        found, given = (
            [a - b for name in self.order for a, b in zip(each[name], rest[name])]
            for each in (full, self.right)
        )
        return multiple(found, given) is not None

    def adjoints(self, suspect: Suspect, own: float) -> list[float]:
        """Return the adjoints of a suspect, another loss being multiplied by a constant."""
        return self.forward.sweep(suspect.more, fixed={i: own * x for i, x in suspect.fixed.items()})

    def fitting(
        self, gradients: Gradients, adjoints: Numbers, wrong: Sequence[str], factor: float
    ) -> dict[str, list[Rewrite]]:
        """Return for each of the wrong blocks the mistakes that touch it alone and explain it.

        After a block that none explains none is looked for.
        """
        hand = self.hand.divided(factor)
        found: dict[str, list[Rewrite]] = {name: [] for name in wrong}
        is_right = adjoints is self.forward.adjoints

        def inflow_of(block: Block) -> Inflow:
            return self._inflow(block) if is_right else inflow(self.forward, block, adjoints, self.penalty)

        right = {name: self.forward.gradient(self.forward.blocks[name], adjoints) for name in hand}
        with quiet_floats():
            of_penalty = [*penalty_mistakes(self.forward, adjoints, self.penalty, hand)]
            for name in wrong:
                of_block = block_mistakes(
                    self.forward, name, right, inflow_of, hand, self._contractions, is_right
                )
                own = (rewrite for rewrite in of_penalty if rewrite.block == name)
                found[name] += (rewrite for rewrite in chain(of_block, own) if self._fits(rewrite, factor))
                found[name] += self._multiples(name, gradients[name], factor)
                if not found[name]:
                    break
        return found

    def _inflow(self, block: Block) -> Inflow:
        """Return what flows into a block in the right backward pass."""
        if block.name not in self._inflows:
            self._inflows[block.name] = inflow(self.forward, block, self.forward.adjoints, self.penalty)
        return self._inflows[block.name]

    def _fits(self, rewrite: Rewrite, factor: float) -> bool:
        if rewrite.shape is not None and _long(rewrite.shape) != _long(self.hand.shapes[rewrite.block]):
            return False
        return self.hand.equals(rewrite.block, rewrite.gradient, factor)

    def _multiples(self, name: str, gradient: Numbers, factor: float) -> list[Rewrite]:
        """Return a block's gradient times a constant, if that is what is written; of one number any is."""
        multiple = self.hand.factor(name, gradient)
        if multiple is None or is_one(multiple) or is_one(multiple / factor):
            return []  # it is right, or as all others are
        if len(gradient) <= 2 and not self.factors.is_simple(multiple / factor):
            return []
        scaled = [multiple / factor * g for g in gradient]
        return [
            replace(scale, gradient=scaled, rank=scale.rank + (1.3 if len(gradient) == 1 else 0.8))
            for scale in self.ranking.scales(multiple / factor, name)[:1]
        ]


def _reach(forward: Forward, known: dict[Suspect, int], each: Suspect | Lead) -> int:
    """Return the blocks that a suspect may change, as bits."""
    if isinstance(each, Lead):
        return each.reach
    if each not in known:
        known[each] = each.reach(forward)
    return known[each]


def _are_alike(gradients: Gradients, others: Gradients) -> bool:
    """Say whether gradients are the same but for what noise may be: one does not explain it."""
    pairs = ((abs(x - y), abs(y)) for name in gradients for x, y in zip(gradients[name], others[name]))
    apart, size = map(max, zip(*pairs))
    return bool(apart <= _NOISE * size)


def _between(rest: Gradients, full: Gradients, constant: float) -> Gradients:
    """Return gradients in which what `full` has, and `rest` has not, counts so often."""
    return {name: [a + constant * (b - a) for a, b in zip(rest[name], full[name])] for name in full}


def _long(shape: Sequence[int]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(size for size in shape if size > 1)
