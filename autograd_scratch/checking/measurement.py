"""Whether derived gradients are what is measured: only then do they judge what is written by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..wording import number
from .findings import NOT_CHECKABLE, OK, WRONG
from .inputs import Problem
from .judgement import BARS, SINGLE, Comparison
from .witness import Direction, Measured, Witness, measure

_ALIKE = 1e-8  # of a block's largest entry: what a complex step may drop unseen


@dataclass(frozen=True)
class Measurement:
    """What was measured, how far it is from what is derived, and the blocks where the two disagree."""

    witness: Witness
    error: float
    faults: Mapping[str, str]
    unseen: frozenset[str]  # blocks whose gradient is below the error bars
    open: frozenset[str]  # blocks of which rounding leaves nothing, and what is by hand may be as measured

    @property
    def method(self) -> str:
        """How slopes were measured."""
        return self.witness.method

    @property
    def coverage(self) -> tuple[int, int]:
        """How many entries were measured, of how many."""
        return self.witness.coverage

    def corrected(self, name: str, verdict: str) -> str:
        """Return the verdict on a block: what could not be measured is not right, nor is noise wrong."""
        if name in self.faults or (verdict == WRONG and name in self.open):
            return NOT_CHECKABLE
        return NOT_CHECKABLE if verdict in OK and name in self.unseen else verdict

    def entry(self, name: str, i: int) -> tuple[float | None, float | None]:
        """Return the slope and the error bar of an entry, if it was measured."""
        measured = self.witness.blocks.get(name, {}).get(i)
        return (None, None) if measured is None else (measured.slope, measured.bar)

    def count(self, name: str) -> int:
        """Return how many entries of a block were measured."""
        return len(self.witness.blocks.get(name, ()))


def measurement_of(
    problem: Problem, compared: Mapping[str, Comparison], seed: int, ties: bool
) -> Measurement:
    """Measure the gradient on plain numbers, and hold what is derived against it."""
    witness = measure(problem.loss, problem.at, problem.others, compared, seed=seed, ties=ties)
    faults, error, unseen, undecided = {}, 0.0, set(), set()
    for name, each in compared.items():
        kinks = set(each.kinks())
        scale = each.magnitude
        entries = {i: measured for i, measured in witness.blocks[name].items() if i not in kinks}
        directions = witness.directions[name] if not kinks else ()
        for i, measured in entries.items():
            if measured.bar <= scale:
                error = max(error, abs(measured.slope - each.derived[i]) / (scale or 1.0))
        for fault in _faults(name, each, entries, directions, scale):
            faults[name] = fault
        seen = [*entries.values(), *(measured for _, measured in directions)]
        if seen and not kinks and all(not measured.bar <= scale for measured in seen):
            unseen.add(name)
        if not kinks and each.is_lost() and not _rules_out(each, entries, directions):
            undecided.add(name)
    return Measurement(witness, error, faults, frozenset(unseen), frozenset(undecided))


def _rules_out(block: Comparison, entries: Mapping[int, Measured], directions: Sequence[Direction]) -> bool:
    """Say whether what is measured rules out what is written by hand, rounding being no excuse."""
    return any(
        measured.rules_out(block.numbers[i], block.bar(i)) for i, measured in entries.items()
    ) or any(
        measured.rules_out(
            sum(h * v for h, v in zip(block.numbers, vector)),
            sum(block.bar(i) * abs(v) for i, v in enumerate(vector)),
        )
        for vector, measured in directions
    )


def _faults(
    name: str,
    block: Comparison,
    entries: Mapping[int, Measured],
    directions: Sequence[Direction],
    scale: float,
) -> Iterator[str]:
    """Yield where the derived gradient of a block cannot be what is measured, in words."""
    alike = SINGLE if block.is_single else _ALIKE
    slacks = [alike * scale + BARS * bar for bar in block.bars]
    for i, measured in entries.items():
        if measured.rules_out(block.derived[i], slacks[i]):
            yield _fault(name, f"entry {i}", block.derived[i], measured)
    for vector, measured in directions:
        slope = sum(d * v for d, v in zip(block.derived, vector))
        slack = sum(slack * abs(v) for slack, v in zip(slacks, vector))
        if measured.rules_out(slope, slack):
            yield _fault(name, "a random direction", slope, measured)


def _fault(name: str, along: str, derived: float, measured: Measured) -> str:
    return (
        f"The derived gradient of {name} is not what is measured: along {along} it is {number(derived)}, "
        f"and the slope of your loss {number(measured.slope)} +/- {number(measured.bar)}. Does the loss do "
        "something else with Values than with numbers, such as use .data, round, or jump?"
    )


def notes(measurement: Measurement, verdicts: Mapping[str, str]) -> Sequence[str]:
    """Return what is to be said of a measurement."""
    said = list(measurement.faults.values())
    unseen = [name for name in verdicts if name in measurement.unseen and name not in measurement.faults]
    if unseen:
        said.append(
            f"The gradient of {', '.join(unseen)} is below the error bar of what can be measured here, so "
            "nothing but the derivation itself speaks for it. A large constant in the loss may hide it."
        )
    return said
