"""Weights that move inside of the loop that computes their gradients: over samples, or back in time.

A sample's gradient is that at weights which the samples before have moved, or it flows back through weights
that the sample itself has moved. So each has a pass of its own, at its own numbers. Back in time a gradient
flows through weights that later rounds have moved. How far they move is read off by trying.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from math import sqrt

from ...stepping.groups import Step
from ...wording import number
from ..passes.contributions import Contribution, Contributions, united
from ..passes.forward import Forward
from ..passes.table import Extra
from .constant_factors import divisors_of_loss
from .samples import round_of, samples_of
from .stale import is_round
from .suspects import Formula, Suspect

_WORK = 50_000  # edges that the passes of all samples may go along together
_BLOCKS = 6  # that are tried one by one
_LAYERS = 6  # through which moved weights act on what flows back to others
_TRIES, _CLOSE = 12, 1e-9  # lengths, and how near the last one is to the one before
_FIRST = 1e-4  # how far the first one moves the weights, relative to their size
_LIKE = 0.5  # the cosine between what is wrong and what a first length changes, at the least
_ROUNDING = 1e-12  # relative to the gradient
_TELLING = 3  # wrong numbers that tell of a length
_RANK = 2.1

Numbers = Sequence[float]
_Gradient = Callable[[float], list[float]]  # for a length


@dataclass(frozen=True, eq=False)
class Online:
    """The passes of a loop over samples that moves the weights."""

    forward: Forward
    contributions: Contributions
    hand: Mapping[str, Numbers]

    def suspects(self) -> Iterator[Suspect]:
        """Yield the passes in which later samples see moved weights, the sample itself does, or both."""
        if len(self._written) != len(self._leaves):
            return
        for step, samples in samples_of(self.forward):
            if len(samples) * self.forward.size > _WORK or not self._are_all(samples):
                continue
            after = "moved after each sample"
            gradient = partial(self._gradient, samples, True, None)
            yield from self._moved(step, len(samples), f"the weights {after}", gradient)
            for name, use in self._uses:
                before = f"moved before the sample's gradient flows back through {'it' if name else 'them'}"
                for is_kept, how in ((False, before), (True, f"{after}, and {before}")):
                    gradient = partial(self._gradient, samples, is_kept, use)
                    what = f"{name or 'the weights'} {how}"
                    yield from self._moved(step, len(samples), what, gradient)

    def in_time(self) -> Iterator[Suspect]:
        """Yield the passes in which each round moves the weights, before or after its gradient flows on."""
        for name, use in self._uses if len(self._written) == len(self._leaves) else ():
            steps = self.forward.steps.occurrences(use.step)
            if self.forward.steps.feed_each_other(steps) and len(steps) * self.forward.size <= _WORK:
                for when, first in (("before", 0), ("after", 1)):
                    what = f"{name or 'the weights'} moved in each round, {when} its gradient flows on"
                    gradient = partial(self._gradient_in_time, use, len(steps), first)
                    yield from self._moved(use.step, 1, what, gradient)

    def _gradient_in_time(self, use: Contribution, rounds: int, first: int, length: float) -> list[float]:
        """Return the gradient that flows back through weights which later rounds have moved."""
        consumers = {leaf: self.forward.consumers[leaf] for leaf in {*use.others}}
        found = {i: round_of(self.forward, i) for i in chain(use.nodes, *consumers.values())}
        adjoints = self.forward.adjoints
        for _ in range(rounds):
            own: dict[tuple[int, int], float] = defaultdict(float)
            for leaf, users in consumers.items():
                for i in users:
                    flow = adjoints[i] * self.forward.local(i)[leaf]
                    for before in range(found[i] - first + 1):
                        own[leaf, before] += flow
            moved = [-length * own[leaf, found[i]] for i, leaf in zip(use.nodes, use.others)]
            adjoints = self.forward.sweep(Extra.of(use.nodes, use.parents, moved))
        return [adjoints[i] for i in self._leaves]

    @cached_property
    def _leaves(self) -> list[int]:
        blocks = (self.forward.blocks[name] for name in self.hand)
        return [i for block in blocks if block.is_parameter for i in block.nodes if i >= 0]

    @cached_property
    def _written(self) -> list[float]:
        """The gradients by hand, of blocks that have the right size."""
        blocks = ((self.forward.blocks[name].nodes, own) for name, own in self.hand.items())
        pairs = (zip(nodes, own) for nodes, own in blocks if len(own) == len(nodes))
        return [g for each in pairs for i, g in each if i >= 0]

    @cached_property
    def _right(self) -> list[float]:
        return [self.forward.adjoints[i] for i in self._leaves]

    @cached_property
    def _uses(self) -> list[tuple[str, Contribution]]:
        """What flows back through the weights of each block, and through all."""
        found = {
            block.name: use.part(parent not in block.nodes for parent in use.parents)  # none of a penalty
            for block, _, use in self.contributions.of_blocks()
        }
        every = [("", united([*found.values()]))] if len(found) > 1 else []
        return [*found.items()][:_BLOCKS] + every

    def _are_all(self, samples: Sequence[Extra]) -> bool:
        """Say whether the samples' gradients add up to the whole one: no penalty stands beside them."""
        found = self._gradient(samples, False, None, 0.0)
        return _size(_less(found, self._right)) <= _CLOSE * _size(self._right)

    def _moved(self, step: Step, count: int, what: str, gradient: _Gradient) -> Iterator[Suspect]:
        """Yield the pass with weights that move so far that the gradient by hand comes out, if any does."""
        length = self._length(gradient)
        if length <= 0.0 or not any(map(is_round, (length, length * count, length / count))):
            return  # one constant explains much, but not one that people write
        undivided = ""
        if count in divisors_of_loss(self.forward):
            undivided = f", or {number(length / count)} times that without the division by {count}"
        found = gradient(length)
        loss, noise = [self.forward.loss] * len(found), _ROUNDING * _size(found)
        change = [x if abs(x) > noise else 0.0 for x in _less(found, self._right)]
        yield Suspect(
            "stale_weights",
            f"with {what}, by {number(length)} times its gradient{undivided}",
            _RANK,
            Extra.of(loss, self._leaves, change),
            line=step.line,
            factor=length,
            formula=Formula(
                "the gradient = the sum over all rounds, with the weights as they are",
                f"weights -= {number(length)} * that of a round, inside of the loop",
            ),
        )

    def _gradient(
        self, samples: Sequence[Extra], is_kept: bool, use: Contribution | None, length: float
    ) -> list[float]:
        """Return the sum of the gradients of the samples, with weights that move by a length."""
        forward, total, moved = self.forward, [0.0] * len(self._leaves), {}
        weights = [forward.nodes[i]._data for i in self._leaves]
        for sample in samples:
            own = self._of_sample(forward, sample, use, length)
            total = [a + b for a, b in zip(total, own)]
            if is_kept and length:
                moved = {i: w - length * g for i, w, g in zip(self._leaves, weights, total)}
                forward = self.forward.edited(self.forward.replayed(moved))
        return total

    def _of_sample(
        self, forward: Forward, sample: Extra, use: Contribution | None, length: float
    ) -> list[float]:
        """Return the gradient of one sample, which may flow back through weights that it has moved."""
        adjoints = forward.sweep(sample)
        for _ in range(_LAYERS):
            if use is None or not length:
                break
            before = adjoints
            change = [-length * before[weight] for weight in use.others]
            adjoints = forward.sweep(sample + Extra.of(use.nodes, use.parents, change))
            if adjoints == before:
                break
        return [adjoints[i] for i in self._leaves]

    def _length(self, gradient: _Gradient) -> float:
        """Return how far the weights move if that gives what is written by hand, and 0 if nothing does."""
        wrong = _less(self._written, self._right)
        if not _size(self._right) or sum(abs(x) > _CLOSE * _size(self._right) for x in wrong) < _TELLING:
            return 0.0
        weights = [self.forward.nodes[i]._data for i in self._leaves]
        last, before = 0.0, self._right
        length = _FIRST * (_size(weights) or 1.0) / _size(self._right)
        for _ in range(_TRIES):
            found = gradient(length)
            slope = [(a - b) / (length - last) for a, b in zip(found, before)]
            if not _dot(slope, slope) or (
                not last and not _dot(wrong, slope) > _LIKE * _size(wrong) * _size(slope)
            ):
                return 0.0
            step = _dot(_less(self._written, found), slope) / _dot(slope, slope)
            last, before, length = length, found, length + step
            if not abs(step) > _CLOSE * abs(length):
                break
        return length


def _less(numbers: Numbers, others: Numbers) -> list[float]:
    return [x - y for x, y in zip(numbers, others)]


def _dot(numbers: Numbers, others: Numbers) -> float:
    return sum(x * y for x, y in zip(numbers, others))


def _size(numbers: Numbers) -> float:
    return sqrt(_dot(numbers, numbers))
