"""What explains the wrong blocks: the search, with blocks left out that may stand in its way."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from .diagnosis import Explanation, Hand, explanations_of
from .findings import SHAPES, WRONG
from .judgement import ROUNDED, SINGLE, Comparison
from .passes.forward import Forward

BAD = frozenset((WRONG, SHAPES))


class Explained(NamedTuple):
    """Explanations, likeliest first, and the blocks that they say nothing of."""

    found: Sequence[Explanation]
    left_out: Collection[str] = ()


def explained(
    passes: Sequence[Forward],
    compared: Mapping[str, Comparison],
    verdicts: Mapping[str, str],
    doubtful: Collection[str],
) -> Explained:
    """Return what explains the wrong blocks; at a kink, whichever way it is decided.

    Doubtful blocks are left out if nothing explains them too, and so are wrong ones whose gradient is zero
    by mathematics: whatever is written there, the others may still be explained.
    """
    for left_out in _left_out(compared, verdicts, doubtful):
        rest = {name: each for name, each in compared.items() if name not in left_out}
        if not BAD.isdisjoint(verdicts[name] for name in rest):
            found = _explanations(passes, rest)
            if found:
                return Explained(found, left_out)
    return Explained([], doubtful)


def _left_out(
    compared: Mapping[str, Comparison], verdicts: Mapping[str, str], doubtful: Collection[str]
) -> Iterator[Collection[str]]:
    """Yield which blocks to leave out, none at first."""
    vanishing = {name for name, each in compared.items() if each.vanishes and verdicts[name] in BAD}
    yield ()
    if doubtful:
        yield doubtful
    if vanishing:
        yield {*doubtful, *vanishing}


def _explanations(passes: Sequence[Forward], compared: Mapping[str, Comparison]) -> list[Explanation]:
    if not all(math.isfinite(x) for each in compared.values() for x in each.numbers):
        return []  # nothing is a multiple of nan
    single = any(each.is_single for each in compared.values())
    hand = Hand(
        {
            name: [0.0] * len(each.numbers) if each.is_zero else each.numbers
            for name, each in compared.items()
        },
        {name: each.hand.shape for name, each in compared.items()},
        SINGLE if single else ROUNDED,
        {name: [each.bar(i) for i in range(len(each.derived))] for name, each in compared.items()},
    )
    for each in passes:
        found = explanations_of(each, hand)
        if found:
            return found
    return []
