"""What counts as a likely explanation.

One mistake is likelier than two, a common one than a rare one. A constant factor that stands for nothing,
such as 0.37, is hardly ever the mistake: where something else explains the gradient too, that comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...wording import number
from ..mistakes.blocks import is_bias
from ..mistakes.constant_factors import Factors, described, is_one
from ..mistakes.suspects import Formula, Rewrite, Suspect
from ..passes.forward import Forward
from .hand import Hand, Numbers

ANOTHER = 3.0  # rank of a further mistake
_WRONG = 0.1  # relative to the largest entry: more than rounding leaves


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give the hand-written gradient, and what it is times a constant."""

    mistakes: tuple[Suspect | Rewrite, ...]
    factor: float
    rank: float
    error: float  # the largest difference that is left, relative to its block

    def __contains__(self, suspect: Suspect) -> bool:
        """Say whether a suspect is another name for one of the mistakes: it changes the same by as much."""
        return any(isinstance(each, Suspect) and each.more.equals(suspect.more) for each in self.mistakes)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(mistake.kind for mistake in self.mistakes)


@dataclass(frozen=True)
class Ranking:
    """Puts mistakes together to explanations of one hand-written gradient."""

    forward: Forward
    hand: Hand
    factors: Factors

    def scales(
        self, factor: float, block: str = "", kinds: Sequence[str] = (), what: str = "the gradient"
    ) -> list[Rewrite]:
        """Return the mistakes that a constant factor stands for."""
        what = f"d{block}" if block else what
        simple = self.factors.is_simple(factor)
        kinds = kinds or self.factors.kinds(factor)
        if block and is_bias(self.forward, self.forward.blocks[block]):
            kinds = ["bias_reduction" if kind == "sum_for_mean" else kind for kind in kinds]
        d = f"d{block}" if block else "each gradient"
        return [
            Rewrite(
                kind,
                f"with {what} multiplied by {described(factor, self.factors)}",
                1.2 if simple else 2.6,
                block,
                (),
                factor=-1.0 if kind == "sign" else abs(factor) if len(kinds) > 1 else factor,
                formula=_times(d, kind, factor),
            )
            for kind in kinds
        ]

    def explanation(
        self,
        mistakes: Sequence[Suspect | Rewrite],
        gradients: Mapping[str, Numbers],
        replaced: Mapping[str, Numbers],
        factor: float,
        own: float,
    ) -> Explanation:
        """Put mistakes together, told by their kinds, and rank them."""
        mistakes = [*mistakes, *(m.also for m in mistakes if isinstance(m, Suspect) and m.also)]
        told: dict[str, Suspect | Rewrite] = {}
        again: list[float] = []  # of one kind, at two places
        for mistake in mistakes:
            alike = told.get(mistake.kind)
            told[mistake.kind] = _both(alike, mistake) if alike else mistake
            again += [mistake.rank] * (isinstance(alike, Suspect) and isinstance(mistake, Suspect))
        of_passes, of_blocks = ({m.kind for m in mistakes if isinstance(m, c)} for c in (Suspect, Rewrite))
        count = len(told) + len(of_passes & of_blocks) + len(again)
        rank = sum([*(mistake.rank for mistake in told.values()), *again]) + ANOTHER * (count - 1)
        constants = [factor] if factor != 1.0 and not _is_constant_alone(mistakes) else []
        free = next((m for m in mistakes if isinstance(m, Suspect) and m.free), None)
        if free is not None and free.usual is None:
            rank += 0.0 if self._is_usual(own) else 0.3 if self.factors.is_simple(own) else 1.5
        elif free is not None and free.usual is not None and abs(own / free.usual - 1.0) > 1e-6:
            constants.append(own / free.usual)
        for constant in constants:
            rank += ANOTHER if self.factors.is_simple(constant) else 2.0 * ANOTHER
            for scale in self.scales(constant):
                told.setdefault(scale.kind, scale)
        error = max(
            self._error(name, replaced.get(name, gradient), factor) for name, gradient in gradients.items()
        )
        return Explanation(tuple(told.values()), factor, rank, error)

    def _error(self, name: str, gradient: Numbers, factor: float) -> float:
        """Return the largest difference that is left in a block, relative to its largest entry."""
        hand = self.hand.numbers[name]
        size = max(map(abs, hand)) or 1.0
        return max((abs(h - factor * g) for h, g in zip(hand, gradient)), default=0.0) / size

    def _is_usual(self, own: float) -> bool:
        """Say whether another loss has a usual constant: 1, 2, or that over the number of terms."""
        counts = [1.0, *map(float, self.factors.terms)]
        return any(abs(own * count / c - 1.0) < 1e-6 for count in counts for c in (1.0, 2.0))


def _times(d: str, kind: str, factor: float) -> Formula:
    """Return a gradient, right and as a constant times what it is."""
    size = abs(factor)
    if kind == "sign":
        return Formula(f"{d} = ...", f"{d} = -(...)")
    if kind != "sum_for_mean":
        return Formula(f"{d} = ...", f"{d} = {number(size)} * (...)")
    divided = f"{d} = (...) / {number(max(size, 1.0 / size))}"
    return Formula(divided, f"{d} = ...") if size > 1.0 else Formula(f"{d} = ...", divided)


def _both(first: Suspect | Rewrite, second: Suspect | Rewrite) -> Suspect | Rewrite:
    """Return two mistakes of one kind as one, in both blocks."""
    blocks = ", ".join(filter(None, (first.block, second.block)))
    claims = first.claim if second.claim in first.claim else _both_claims(first, second)
    titles = "; ".join(dict.fromkeys(filter(None, (first.title, second.title))))
    return replace(first, block=blocks, claim=claims, title=titles)


def _both_claims(first: Suspect | Rewrite, second: Suspect | Rewrite) -> str:
    """Say of two blocks at once what is said of each of them alike."""
    told = " and ".join(f"d{name}" for name in first.block.split(", "))
    alike = first.claim.replace(told, f"d{second.block}") == second.claim
    if alike and second.block:
        return first.claim.replace(told, f"{told} and d{second.block}")
    return f"{first.claim} and {second.claim}"


def _is_constant_alone(mistakes: Sequence[Suspect | Rewrite]) -> bool:
    """Say whether the mistakes are what a constant for all blocks stands for."""
    return isinstance(mistakes[0], Rewrite) and not mistakes[0].block


def distinct(found: Sequence[Explanation]) -> list[Explanation]:
    """Return explanations by rank, of each set of kinds and lines the first.

    The same constant at another place is no other explanation, and what leaves a block wrong is none, nor
    are two constants that undo each other.
    """
    kept: dict[object, Explanation] = {}
    for explanation in sorted(found, key=lambda explanation: explanation.rank):
        places = [(m.kind, "" if m.factor else (str(m.line), m.block)) for m in explanation.mistakes]
        constants = [m.factor for m in explanation.mistakes if isinstance(m, Suspect) and m.factor]
        undone = any(is_one(explanation.factor * constant) for constant in constants)
        if explanation.factor == 1.0 or (explanation.error < _WRONG and not undone):
            kept.setdefault(tuple(sorted(places, key=str)), explanation)
    return list(kept.values())
