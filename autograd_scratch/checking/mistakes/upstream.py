"""What flows back to an array is something else: nothing that is multiplied by, itself, another array.

`do = tc * o * (1 - o)` has forgotten `dh`, `dz = a * (1 - a**2)` has `a` for `da`, and in
`dW += np.outer(o, z)` stands `o` for `do`. So a use gets, instead of what flows back, numbers that begin
there: edges from the loss, whose adjoint is 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import mul

from ..passes.contributions import Contribution, Contributions
from ..passes.forward import Forward
from ..passes.table import Extra
from .constant_factors import Factors
from .counts import counted
from .suspects import Formula, Lead, Suspect

_ALIKE = 1e-9  # relative: numbers that differ by rounding alone
_EDGES = 300_000  # that are changed in all suspects together


@dataclass(frozen=True, eq=False)
class Upstream:
    """The passes in which a use has another flow that comes in."""

    forward: Forward
    contributions: Contributions
    factors: Factors

    def leads(self) -> Iterator[Lead]:
        """Yield the mistakes in what flows back along each use of each array, and along all."""
        spent, sizes = 0, self.forward.sizes
        for group in self.contributions.groups:
            spent += sum(sizes[i] for step in group for i in step.alive)
            if spent > _EDGES:
                return
            for use in self.contributions.uses(group):
                if len({*use.nodes}) > 1 and any(self.forward.adjoints[i] for i in use.nodes):
                    yield Lead(1.85, partial(self._of_use, use), self.forward.reach(use.parents))

    def _of_use(self, use: Contribution) -> Iterator[Suspect | Lead]:
        """Yield the passes with nothing that is multiplied by, with the array itself, with others."""
        data = [self.forward.nodes[i]._data for i in use.nodes]
        a, told = self.contributions.symbol(use.step), self.forward.steps.told(use.step)
        left_out, ones = f"what flows back to {told} left out", [1.0] * len(data)
        yield from self._instead(use, "factor_missing", left_out, "1", ones)
        yield from self._instead(use, "other_operand", f"{told} for its own gradient", a, data)
        yield Lead(1.95, partial(self._with_others, use))

    def _with_others(self, use: Contribution) -> Iterator[Suspect]:
        """Yield the passes with another array of the same shape."""
        homes = self.contributions.homes_of(use.nodes)
        told = self.forward.steps.told(use.step)
        for called, is_later, numbers in self.contributions.others(homes) if homes else ():
            own = [x for x in numbers if x is not None]
            if not is_later:
                what = f"{called} for the gradient of {told}"
                yield from self._instead(use, "other_operand", what, called, own, 0.1)

    def _instead(
        self,
        use: Contribution,
        kind: str,
        what: str,
        written: str,
        flow: Sequence[float],
        doubt: float = 0.0,
    ) -> Iterator[Suspect]:
        """Yield the family of passes in which a use gets another flow, times a likely constant."""
        if _is_multiple([self.forward.adjoints[i] for i in use.nodes], flow):
            return
        loss = [self.forward.loss] * len(flow)
        given = Extra.of(loss, use.parents, [*map(mul, use.slopes, flow)])
        a = self.contributions.symbol(use.step)
        to = self.contributions.called(use.origin)
        suspect = Suspect(
            kind,
            f"with {what}{f' on the way to {to}' if to else ''}",
            1.85 + doubt,
            step=use.step,
            formula=Formula(f"d{a} = what flows back to it", f"d{a} = {written.replace('`', '')}"),
            title=f"what flows back to {a} is left out" if written == "1" else "",
        )
        yield counted(suspect, use.left_out, given, self.factors.is_simple, 0.5)


def _is_multiple(numbers: Sequence[float], others: Sequence[float]) -> bool:
    """Say whether numbers are others times a constant."""
    factor = next((x / y for x, y in zip(numbers, others) if y), 0.0)
    return all(abs(x - factor * y) <= _ALIKE * abs(x) for x, y in zip(numbers, others))
