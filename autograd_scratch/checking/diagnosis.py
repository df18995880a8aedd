"""Which mistake is it: backward passes with deliberate mistakes, held against the one written by hand.

A suspect is a backward pass with one mistake. One that gives the hand-written gradient, entry for entry, is
an explanation; so is one that gives it up to one constant, or together with a second mistake. The search
goes from the loss inwards: what cannot change the first wrong block, or would change a right one, is not
tried. Explanations are ranked, those with fewer mistakes and more special ones first. What nothing
reproduces is not named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, product, takewhile

from .mistakes.blocks import block_mistakes, is_bias
from .mistakes.constant_factors import Factors, described
from .mistakes.constants import constant_mistakes
from .mistakes.derivatives import derivatives, pooled
from .mistakes.losses import other_losses
from .mistakes.paths import path_mistakes
from .mistakes.penalties import penalty_adjoints, penalty_mistakes
from .mistakes.samples import sample_mistakes
from .mistakes.softmax import softmax_mistakes
from .mistakes.suspects import Rewrite, Suspect
from .mistakes.weights import stale_weights, transposed_results, weight_mistakes
from .passes.activations import regions
from .passes.forward import Forward, ordered
from .passes.softmaxes import softmaxes

_ANOTHER = 3.0  # rank of a further mistake
_TRACE = 1e-6  # what another loss must give of a block, at the least
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
_SEARCH = 10_000_000  # edges that a search for two mistakes may go along
_WIDTH = 8  # suspects that explain a part, and are tried with a second one

Numbers = Sequence[float]


@dataclass(frozen=True)
class Hand:
    """The hand-written gradients, and how near a gradient must be to be the same."""

    numbers: Mapping[str, Numbers]
    shapes: Mapping[str, tuple[int, ...]]
    tolerance: float  # relative to a block's largest entry
    bars: Mapping[str, Numbers]  # what rounding does to each entry

    def is_(self, name: str, gradient: Numbers, factor: float = 1.0) -> bool:
        """Say whether a block is `factor` times a gradient."""
        hand = self.numbers[name]
        if len(hand) != len(gradient):
            return False
        size = self.tolerance * max(max(map(abs, hand)), abs(factor) * max(map(abs, gradient)))
        return all(
            abs(h - factor * g) <= size + abs(factor) * bar
            for h, g, bar in zip(hand, gradient, self.bars[name])
        )

    def factor(self, name: str, gradient: Numbers) -> float | None:
        """Return the constant by which a block is a multiple of a gradient, if it is."""
        hand, square = self.numbers[name], sum(g * g for g in gradient)
        if len(hand) != len(gradient) or not square:
            return None
        factor = sum(h * g for h, g in zip(hand, gradient)) / square
        return factor if factor and self.is_(name, gradient, factor) else None


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give the hand-written gradient, and what it is times a constant."""

    mistakes: tuple[Suspect | Rewrite, ...]
    factor: float
    rank: float
    error: float  # the largest difference that is left, relative to its block

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(mistake.kind for mistake in self.mistakes)


@dataclass
class Diagnosis:
    """The search for the mistakes in one backward pass."""

    forward: Forward
    hand: Hand
    order: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.order = ordered(self.forward, self.hand.numbers)
        self._swept: dict[object, Mapping[str, Numbers]] = {}
        self.factors = Factors(self.forward, max(1e-7, self.hand.tolerance))

    def explanations(self) -> list[Explanation]:
        """Return what explains the hand-written gradient, likeliest first; nothing if nothing does."""
        found = list(self._constants())
        if not found:
            likely = self._likely_factors()
            for factor in likely:
                found += self._alone(factor)
            if not found:
                usual = [f for count in (2, *self.factors.terms) for f in (float(count), 1.0 / count)] + [
                    -1.0
                ]
                for factor in usual:
                    found += self._one_by_one(factor)
                for factor in usual if not found else ():
                    found += self._alone(factor)
        found = _distinct(found)
        if not found or found[0].rank > 2.0 * _ANOTHER:
            for factor in self._likely_factors():
                found += self._together(factor)
        return _distinct(found)

    @cached_property
    def suspects(self) -> list[Suspect]:
        """All backward passes with one mistake."""
        forward = self.forward
        elementwise, normalized = regions(forward), softmaxes(forward)
        return [
            *derivatives(forward, elementwise),
            *pooled(forward),
            *softmax_mistakes(forward, normalized),
            *other_losses(forward, elementwise, normalized),
            *constant_mistakes(forward),
            *weight_mistakes(forward),
            *transposed_results(forward),
            *sample_mistakes(forward),
            *path_mistakes(forward, normalized),
        ]

    @cached_property
    def _penalty(self) -> list[float]:
        return penalty_adjoints(self.forward)

    def _constants(self) -> Iterator[Explanation]:
        """Explain all blocks as one multiple of the right gradient."""
        right = self._right
        factors = [
            f for name in self.order if any(right[name]) for f in [self.hand.factor(name, right[name])]
        ]
        if not factors or None in factors or sum(len(self.hand.numbers[name]) for name in self.order) < 2:
            return
        factor = factors[0] or 1.0
        if not all(self.hand.is_(name, right[name], factor) for name in self.order):
            return
        yield self._explanation(self._scales(factor), right, {}, factor, 1.0)
        if 2 in self.factors.terms and self.factors.is_two(factor):
            scale = self._scales(factor)[-1]
            yield self._explanation([replace(scale, kind="sum_for_mean", rank=1.4)], right, {}, factor, 1.0)

    def _scales(self, factor: float, block: str = "") -> list[Rewrite]:
        """Return the mistakes that a constant factor stands for."""
        what = f"d{block}" if block else "the gradient"
        simple = self.factors.is_simple(factor)
        kinds = self.factors.kinds(factor)
        if block and is_bias(self.forward, self.forward.blocks[block]):
            kinds = ["bias_reduction" if kind == "sum_for_mean" else kind for kind in kinds]
        return [
            Rewrite(
                kind,
                f"with {what} multiplied by {described(factor, self.factors)}",
                1.2 if simple else 2.6,
                block,
                (),
                factor=-1.0 if kind == "sign" else abs(factor) if len(kinds) > 1 else factor,
            )
            for kind in kinds
        ]

    def _likely_factors(self) -> list[float]:
        """Return the constants that the blocks nearest to the loss are multiplied by, and 1."""
        right = self._right
        factors = [1.0]
        for name in self.order:
            factor = self.hand.factor(name, right[name])
            if factor is not None and all(abs(factor / other - 1.0) > 1e-6 for other in factors):
                if self.factors.is_simple(factor) or len(right[name]) > 2:
                    factors.append(factor)
        return factors[:3]

    def _gradients(self, adjoints: Numbers) -> dict[str, list[float]]:
        return {name: self.forward.gradient(self.forward.blocks[name], adjoints) for name in self.order}

    def _wrong(self, gradients: Mapping[str, Numbers], factor: float) -> list[str]:
        return [name for name in self.order if not self.hand.is_(name, gradients[name], factor)]

    def _alone(self, factor: float) -> Iterator[Explanation]:
        """Explain the gradient by one suspect, or by rewriting blocks."""
        wrong = self._wrong(self._right, factor)
        if not wrong:
            return
        fitting = self._fitting(self._right, self.forward.adjoints, wrong, factor)
        yield from self._rewritten([], self._right, fitting, factor)
        alone = list(takewhile(lambda name: fitting[name], wrong))
        for suspect in self._possible(wrong, factor, len(alone)):
            gradients, own = self._with(suspect, factor)
            left = self._wrong(gradients, factor)
            if not left:
                yield self._explanation([suspect], gradients, {}, factor, own)
            elif set(left) < set(wrong):
                fits = self._fitting(gradients, self._adjoints(suspect, own), left, factor)
                yield from self._rewritten([suspect], gradients, fits, factor, own)

    def _one_by_one(self, factor: float) -> Iterator[Explanation]:
        """Explain each block by one sample alone, where all are multiplied by a number of terms."""
        kinds = ("single_sample", "overwritten")
        wrong = self._wrong(self._right, factor)
        fitting = self._fitting(self._right, self.forward.adjoints, wrong, factor)
        alone = {name: [r for r in fits if r.kind in kinds] for name, fits in fitting.items()}
        yield from self._rewritten([], self._right, alone, 1.0)
        for suspect in self._possible(wrong, factor):
            if suspect.kind in kinds:
                gradients, _ = self._with(suspect, factor)
                if not self._wrong(gradients, factor):
                    scaled = {name: [factor * g for g in gradient] for name, gradient in gradients.items()}
                    yield self._explanation([suspect], scaled, {}, 1.0, 1.0)

    @cached_property
    def _right(self) -> dict[str, list[float]]:
        return self._gradients(self.forward.adjoints)

    def _with(self, suspect: Suspect, factor: float) -> tuple[Mapping[str, Numbers], float]:
        """Return the gradients of a suspect; another loss gets the constant that suits the blocks best."""
        full = self._gradients_of(suspect)
        if not suspect.free:
            return full, 1.0
        rest = self._gradients_without(tuple(suspect.fixed))
        for name in self.order:
            hand, slope = self.hand.numbers[name], [b - a for a, b in zip(rest[name], full[name])]
            size = sum(d * d for d in slope)
            if len(slope) > 1 and size and len(hand) == len(slope):
                own = sum(d * (h / factor - a) for d, h, a in zip(slope, hand, rest[name])) / size
                moved = abs(own) * max(map(abs, slope))
                if moved > _TRACE * max(map(abs, hand)) / abs(factor) and self.hand.is_(
                    name, [a + own * d for a, d in zip(rest[name], slope)], factor
                ):
                    return {
                        key: [a + own * (b - a) for a, b in zip(rest[key], full[key])] for key in full
                    }, own
        return self._right, 0.0  # it explains nothing

    def _adjoints(self, suspect: Suspect, own: float) -> list[float]:
        return self.forward.sweep(suspect.edits, fixed={i: own * x for i, x in suspect.fixed.items()})

    def _gradients_of(self, suspect: Suspect) -> Mapping[str, Numbers]:
        """Return the gradients of a suspect, swept once."""
        known = self._swept.get(suspect)
        if known is None:
            known = self._swept[suspect] = self._gradients(self._adjoints(suspect, 1.0))
        return known

    def _gradients_without(self, nodes: tuple[int, ...]) -> Mapping[str, Numbers]:
        """Return the gradients where nothing flows back from some nodes, swept once."""
        known = self._swept.get(nodes)
        if known is None:
            known = self._swept[nodes] = self._gradients(
                self.forward.sweep(fixed=dict.fromkeys(nodes, 0.0))
            )
        return known

    def _together(self, factor: float) -> Iterator[Explanation]:
        """Explain the gradient by two suspects: one for the block nearest to the loss, then another."""
        wrong = self._wrong(self._right, factor)
        parts = []
        for suspect in self._possible(wrong, factor):
            gradients, own = self._with(suspect, factor)
            left = self._wrong(gradients, factor)
            if left and wrong[0] not in left and set(left) < set(wrong):
                parts.append((len(left), suspect.rank, suspect, own, left))
        parts.sort(key=lambda part: part[:2])
        yield from self._nested(wrong, factor)
        for _, _, first, own, left in parts[:_WIDTH]:
            fixed = {i: own * adjoint for i, adjoint in first.fixed.items()}
            for second in self._possible(left, factor):
                if second is first or second.fixed:
                    continue
                adjoints = self.forward.sweep({**first.edits, **second.edits}, fixed=fixed)
                gradients = self._gradients(adjoints)
                if not self._wrong(gradients, factor):
                    yield self._explanation([first, second], gradients, {}, factor, own)

    def _nested(self, wrong: Sequence[str], factor: float) -> Iterator[Explanation]:
        """Explain the gradient by two suspects that both change the same blocks, where a search is cheap."""
        likely = [
            s for s in self._possible(wrong, factor) if s.kind in _NESTED and s.rank < 1.85 and s.edits
        ]
        edges = sum(map(len, self.forward.edges))
        for first, second in combinations(likely, 2) if len(likely) ** 2 * edges < _SEARCH else ():
            if first.edits.keys().isdisjoint(second.edits):
                gradients = self._gradients(self.forward.sweep({**first.edits, **second.edits}))
                if not self._wrong(gradients, factor):
                    yield self._explanation([first, second], gradients, {}, factor, 1.0)

    def _possible(self, wrong: Sequence[str], factor: float, alone: int = 0) -> Iterator[Suspect]:
        """Yield the suspects that change the first wrong block, or one after those that are told, and no right one."""
        if not wrong:
            return
        bits = {name: 1 << k for k, name in enumerate(self.forward.blocks)}
        must = sum(bits[name] for name in wrong[: alone + 1])
        keep = sum(bits[name] for name in self.order if name not in wrong and any(self.hand.numbers[name]))
        hand = {name: [h / factor for h in self.hand.numbers[name]] for name in self.order}
        stale = stale_weights(self.forward, hand, self._penalty, wrong)
        for suspect in [*self.suspects, *stale]:
            reach = self._reach(suspect)
            if reach & must and not reach & keep:
                yield suspect

    def _reach(self, suspect: Suspect) -> int:
        """Return the blocks that a suspect may change, as bits."""
        reach = 0
        masks, edges = self.forward.masks, self.forward.edges
        for i in suspect.fixed:
            reach |= masks[i]
        for i, edited in suspect.edits.items():
            if edited != edges[i]:
                for parent, partial in {*edited} ^ {*edges[i]}:
                    reach |= masks[parent]
        return reach

    def _fitting(
        self, gradients: Mapping[str, Numbers], adjoints: Numbers, wrong: Sequence[str], factor: float
    ) -> dict[str, list[Rewrite]]:
        """Return for each of the wrong blocks the mistakes that touch it alone and explain it."""
        hand = {name: [h / factor for h in self.hand.numbers[name]] for name in self.order}
        fitting: dict[str, list[Rewrite]] = {name: [] for name in wrong}
        rewrites = [*block_mistakes(self.forward, adjoints, self._penalty, hand)]
        rewrites += penalty_mistakes(self.forward, adjoints, self._penalty, hand)
        for rewrite in rewrites:
            if rewrite.block in fitting and self._fits(rewrite, factor):
                fitting[rewrite.block].append(rewrite)
        for name in wrong:
            multiple = self.hand.factor(name, gradients[name])
            if multiple is not None and (
                len(gradients[name]) > 2 or self.factors.is_simple(multiple / factor)
            ):
                for scale in self._scales(multiple / factor, name)[:1]:
                    rank = scale.rank + 0.8 + 0.5 * (len(gradients[name]) == 1)
                    fitting[name].append(
                        replace(scale, gradient=[multiple / factor * g for g in gradients[name]], rank=rank)
                    )
        return fitting

    def _rewritten(
        self,
        before: Sequence[Suspect],
        gradients: Mapping[str, Numbers],
        fitting: Mapping[str, Sequence[Rewrite]],
        factor: float,
        own: float = 1.0,
    ) -> Iterator[Explanation]:
        """Explain each of the wrong blocks by a mistake that touches it alone."""
        if not all(fitting.values()):
            return
        wrong = list(fitting)
        kinds = set.intersection(*({rewrite.kind for rewrite in fitting[name]} for name in wrong))
        choices: list[list[Rewrite]] = []
        for kind in kinds:
            choices.append([min((r for r in fitting[name] if r.kind == kind), key=_rank) for name in wrong])
        if not choices:
            best = [sorted(fitting[name], key=_rank)[:2] for name in wrong]
            choices = [list(choice) for choice in product(*best)][:16]
        for choice in choices:
            replaced = {rewrite.block: rewrite.gradient for rewrite in choice}
            yield self._explanation([*before, *choice], gradients, replaced, factor, own)

    def _fits(self, rewrite: Rewrite, factor: float) -> bool:
        if rewrite.shape is not None and _long(rewrite.shape) != _long(self.hand.shapes[rewrite.block]):
            return False
        return self.hand.is_(rewrite.block, rewrite.gradient, factor)

    def _explanation(
        self,
        mistakes: Sequence[Suspect | Rewrite],
        gradients: Mapping[str, Numbers],
        replaced: Mapping[str, Numbers],
        factor: float,
        own: float,
    ) -> Explanation:
        """Put mistakes together, one for each kind, and rank them."""
        told: dict[str, Suspect | Rewrite] = {}
        for mistake in mistakes:
            told.setdefault(mistake.kind, mistake)
        rank = sum(mistake.rank for mistake in told.values()) + _ANOTHER * (len(told) - 1)
        free = any(isinstance(mistake, Suspect) and mistake.free for mistake in mistakes)
        usual = next((m.usual for m in mistakes if isinstance(m, Suspect) and m.usual), None)
        if usual is not None:
            own /= usual
            if abs(own - 1.0) > 1e-6:
                rank += _ANOTHER if self.factors.is_simple(own) else 2.0 * _ANOTHER
                for scale in self._scales(own):
                    told.setdefault(scale.kind, scale)
        elif free:
            rank += 0.0 if self._is_usual(own) else 0.3 if self.factors.is_simple(own) else 1.5
        if factor != 1.0 and not (isinstance(mistakes[0], Rewrite) and not mistakes[0].block):
            rank += _ANOTHER if self.factors.is_simple(factor) else 2.0 * _ANOTHER
            for scale in self._scales(factor):
                told.setdefault(scale.kind, scale)
        error = 0.0
        for name in self.order:
            hand = self.hand.numbers[name]
            size = max(map(abs, hand)) or 1.0
            expected = replaced.get(name, gradients[name])
            error = max(
                error, max((abs(h - factor * g) for h, g in zip(hand, expected)), default=0.0) / size
            )
        return Explanation(tuple(told.values()), factor, rank, error)

    def _is_usual(self, own: float) -> bool:
        """Say whether another loss has the constant that it is mostly given: 1, 2, or that over the terms."""
        counts = [1.0, *map(float, self.factors.terms)]
        return any(abs(own * count / c - 1.0) < 1e-6 for count in counts for c in (1.0, 2.0))


def _long(shape: Sequence[int]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(size for size in shape if size > 1)


def _rank(rewrite: Rewrite) -> float:
    return rewrite.rank


def _distinct(found: Sequence[Explanation]) -> list[Explanation]:
    """Return explanations by rank, of each set of kinds and lines the first."""
    kept: dict[object, Explanation] = {}
    for explanation in sorted(found, key=lambda explanation: explanation.rank):
        key = tuple(sorted((m.kind, str(m.line), getattr(m, "block", "")) for m in explanation.mistakes))
        kept.setdefault(key, explanation)
    return list(kept.values())
