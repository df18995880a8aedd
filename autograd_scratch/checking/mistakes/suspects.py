"""What a possible mistake is: how the backward pass is changed, and how it is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ...wording import Line
from ..findings import Formula as Formula
from ..passes.table import Extra


@dataclass(frozen=True, eq=False)
class Suspect:
    """A backward pass with one deliberate mistake.

    `claim` says what is done to the right one, as "with the derivative of sigmoid left out". A small `rank`
    is a likely mistake. `more` are edges that it has on top, `fixed` adjoints that stay what they are. `title` says
    what is wrong, where more is known than the kind.

    Of a family, what counts with a constant of its own is found from the pass and from `rest`, the
    edges on top without it; `named` says which mistake that constant makes of it, or that nobody makes it.
    """

    kind: str
    claim: str
    rank: float
    more: Extra = field(default_factory=Extra)
    fixed: Mapping[int, float] = field(default_factory=dict)
    block: str = ""
    layer: str = ""
    line: Line | None = None
    factor: float | None = None
    formula: Formula | None = None
    free: bool = False  # whether it has a constant of its own: another loss is given up to one
    usual: float | None = None  # what that constant is in the loss that is given
    title: str = ""
    rest: Extra | None = None
    named: Callable[[float], "Suspect | None"] | None = None

    @property
    def is_family(self) -> bool:
        """Whether a part of it has a constant of its own."""
        return self.free or self.rest is not None


@dataclass(frozen=True, eq=False)
class Rewrite:
    """The gradient of one block, with a mistake that touches no other block."""

    kind: str
    claim: str
    rank: float
    block: str
    gradient: Sequence[float]
    shape: tuple[int, ...] | None = None  # another one than the block's own
    layer: str = ""
    line: Line | None = None
    factor: float | None = None
    formula: Formula | None = None
    title: str = ""
