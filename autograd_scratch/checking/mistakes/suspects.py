"""What a possible mistake is: how the backward pass is changed, and how it is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import NamedTuple

from ...stepping.groups import Step
from ...wording import Line
from ..findings import Formula as Formula
from ..passes.forward import Forward
from ..passes.table import Extra


@dataclass(frozen=True, eq=False)
class Suspect:
    """A backward pass with one deliberate mistake.

    `claim` says what is done to the right one, as "with the derivative of sigmoid left out". A small `rank`
    is a likely mistake. `more` are edges that it has on top, `fixed` adjoints that stay what they are.
    `title` says what is wrong, where more is known than the kind.

    Of a family, what counts with a constant of its own is found from the pass and from `rest`, the
    edges on top without it; `named` says which mistake that constant makes of it, or that nobody makes it.
    A pass may have two mistakes, of which one is told by `also`.
    """

    kind: str
    claim: str
    rank: float
    more: Extra = field(default_factory=Extra)
    fixed: Mapping[int, float] = field(default_factory=dict)
    block: str = ""
    step: Step | None = None
    line: Line | None = None  # that of the step, if none is given
    factor: float | None = None
    formula: Formula | None = None
    free: bool = False  # whether it has a constant of its own: another loss is given up to one
    usual: float | None = None  # what that constant is in the loss that is given
    title: str = ""
    rest: Extra | None = None
    telling: int = 1  # numbers that a block must have to tell its constant
    named: Callable[[float], "Suspect | None"] | None = None
    also: "Suspect | None" = None  # another mistake in it

    def __post_init__(self) -> None:
        """Take the line of the step."""
        if self.line is None and self.step is not None:
            object.__setattr__(self, "line", self.step.line)

    def reach(self, forward: Forward) -> int:
        """Return the blocks that it may change, as bits."""
        return forward.reach({*self.fixed, *self.more.parents, *(self.rest.parents if self.rest else ())})

    @property
    def is_family(self) -> bool:
        """Whether a part of it has a constant of its own."""
        return self.free or self.rest is not None


def together(told: Suspect, family: Suspect, rest: Extra) -> Suspect:
    """Return the family of passes that have another mistake on top of one."""

    def named(constant: float) -> Suspect | None:
        own = family.named(constant) if family.named else None
        return own and replace(told, more=rest + own.more, also=own)

    return replace(family, rest=rest, more=rest + family.more, named=named)


class Lead(NamedTuple):
    """Suspects that are made when their turn comes, the least of their ranks, and which blocks they reach.

    The blocks are bits, as in `Forward.masks`; without them it is asked of each suspect.
    """

    rank: float
    make: "Callable[[], Iterable[Suspect | Lead]]"
    reach: int = -1


class Waiting:
    """Suspects that wait for their turn, the likeliest first, and leads to them: none is made before it.

    Nor is one made that is not wanted.

    >>> two = [Suspect("sign", "", 1.5), Suspect("scale", "", 1.0)]
    >>> leads = [Lead(1.0, lambda: two), Lead(1.2, lambda: two[:1], 0b10), Lead(0.5, lambda: two, 0b1)]
    >>> waiting = Waiting(leads, lambda each: isinstance(each, Suspect) or each.reach != 1)
    >>> [suspect.kind for suspect in waiting.up_to(1.4, 9)], waiting.rank
    (['scale'], 1.5)
    """

    def __init__(self, leads: Iterable[Lead], wanted: "Callable[[Suspect | Lead], bool]") -> None:
        self._wanted = wanted
        self._order = count()
        self._heap: list[tuple[float, int, Suspect | Lead]] = []
        self._wait(leads)

    def _wait(self, found: "Iterable[Suspect | Lead]") -> None:
        for each in found:
            heappush(self._heap, (each.rank, next(self._order), each))

    @property
    def rank(self) -> float:
        """The least rank that those which are left may have."""
        return self._heap[0][0] if self._heap else inf

    def up_to(self, rank: float, most: int) -> list[Suspect]:
        """Return the next ones up to a rank, at most so many."""
        found: list[Suspect] = []
        while self._heap and self.rank <= rank and len(found) < most:
            _, _, first = heappop(self._heap)
            if not self._wanted(first):
                continue
            if isinstance(first, Suspect):
                found.append(first)
            else:
                self._wait(first.make())
        return found


@dataclass(frozen=True, eq=False)
class Rewrite:
    """The gradient of one block, with a mistake that touches no other block."""

    kind: str
    claim: str
    rank: float
    block: str
    gradient: Sequence[float]
    shape: tuple[int, ...] | None = None  # another one than the block's own
    step: None = None
    line: Line | None = None
    factor: float | None = None
    formula: Formula | None = None
    title: str = ""
