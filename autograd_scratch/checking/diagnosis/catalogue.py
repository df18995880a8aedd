"""Which mistakes there are in a backward pass: what leads to each, the usual and the general ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product
from math import isclose

from ..mistakes.coefficients import Coefficients
from ..mistakes.constant_factors import Factors
from ..mistakes.constants import all_means
from ..mistakes.derivatives import Derivatives, pooled
from ..mistakes.losses import other_losses
from ..mistakes.moves import Moves
from ..mistakes.online import Online
from ..mistakes.operands import Operands
from ..mistakes.penalties import penalty_adjoints
from ..mistakes.recurrence import cut_in_time
from ..mistakes.samples import overwritten_flows, sample_mistakes
from ..mistakes.softmax import softmax_mistakes
from ..mistakes.squares import square_mistakes
from ..mistakes.stale import stale_weights
from ..mistakes.suspects import Lead, Suspect, together
from ..mistakes.upstream import Upstream
from ..passes.activations import Region, elementary, regions
from ..passes.contributions import Contributions
from ..passes.forward import Forward
from ..passes.softmaxes import Softmax, softmaxes
from .hand import Hand

_LEFT_OUT = ("path_missing", "detached")


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The mistakes that may be in a gradient of a forward pass."""

    forward: Forward
    factors: Factors
    hand: Hand

    def usual(self) -> list[Lead]:
        """Return what leads to the mistakes that people often make."""
        forward, contributions, normalized = self.forward, self._contributions, self._softmaxes
        return [
            *self._derivatives.leads(),
            Lead(1.0, partial(softmax_mistakes, forward, normalized)),
            *self._operands.of_weights(),
            Lead(1.3, self._stale),
            Lead(1.15, partial(other_losses, forward, self._regions, normalized)),
            Lead(1.35, partial(sample_mistakes, forward)),
            Lead(1.5, partial(overwritten_flows, forward, contributions)),
            Lead(1.6, partial(pooled, forward)),
            Lead(1.7, partial(all_means, forward)),
            Lead(1.8, partial(square_mistakes, forward)),
            Lead(1.6, partial(cut_in_time, forward, contributions, self.factors)),
            *Coefficients(forward, contributions, self.factors, normalized).leads(),
        ]

    def general(self) -> list[Lead]:
        """Return what leads to something else in the place of an operand, or of what flows back."""
        online = Online(self.forward, self._contributions, self.hand.numbers)
        return [
            Lead(1.9, self._missing_and_stale),
            Lead(1.35, self._operands.leads),
            Lead(1.35, self._moves.leads),
            Lead(2.1, online.suspects),
            Lead(2.1, online.in_time),
            Lead(1.85, Upstream(self.forward, self._contributions, self.factors).leads),
        ]

    @property
    def _moves(self) -> Moves:
        hand = self.hand.numbers
        return Moves(self.forward, self._contributions, self.factors, self._regions, hand, self.penalty)

    def _missing_and_stale(self) -> Iterator[Suspect]:
        """Yield the passes without an activation's derivative, below weights that were updated."""
        for missing, stale in product(self._derivatives.left_out(), self._stale()):
            if {*missing.more.nodes}.isdisjoint(stale.more.nodes):
                yield together(missing, stale, missing.more)

    def _stale(self) -> Iterator[Suspect]:
        return stale_weights(self.forward, self._contributions, self.hand.numbers, self.penalty)

    def told(self, suspect: Suspect) -> Suspect:
        """Call a suspect by its name where what it leaves out is the regularization term."""
        own, whole = self.penalty, self.forward.adjoints
        is_penalty = any(own) and all(own[i] and isclose(own[i], whole[i]) for i in suspect.more.nodes)
        if suspect.kind in _LEFT_OUT and is_penalty:
            return replace(suspect, kind="regularization_missing", rank=1.3)
        return suspect

    @cached_property
    def penalty(self) -> list[float]:
        """The adjoints of the regularization term alone."""
        return penalty_adjoints(self.forward)

    @cached_property
    def _softmaxes(self) -> list[Softmax]:
        return softmaxes(self.forward)

    @cached_property
    def _contributions(self) -> Contributions:
        return Contributions(self.forward, self.factors.divisor)

    @cached_property
    def _derivatives(self) -> Derivatives:
        return Derivatives(self.forward, self._contributions, self.factors, self._regions)

    @cached_property
    def _operands(self) -> Operands:
        return Operands(self.forward, self._contributions, self.hand.numbers)

    @cached_property
    def _regions(self) -> list[Region]:
        found = regions(self.forward)
        return [*found, *elementary(self.forward, found)]
