"""What a check of a step found, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

from ..findings import Mistake
from .kinds import OK


@dataclass(frozen=True)
class Parting:
    """Where a step and the reference first part: a parameter, an entry, and the step, from 1 on.

    `before` is the entry before that step, `gradient` what the step was given for it, and `yours` and
    `reference` what both make of it.
    """

    parameter: str
    index: tuple[int, ...]
    step: int
    before: float
    gradient: float
    yours: float
    reference: float


@dataclass(frozen=True)
class ParameterReport:
    """One parameter: the verdict, and the largest difference relative to how far it has come.

    `parting` is the first step, from 1 on, at which yours is another one; None if it never is.
    """

    name: str
    shape: tuple[int, ...]
    verdict: str
    error: float = nan
    parting: int | None = None


@dataclass(frozen=True)
class UpdateFindings:
    """All that a check of a step found.

    `optimizer` is what the step was held against, `formula` that in lines, `steps` how many were made, and
    `coverage` how many entries were held, of how many. `mistakes` has the likeliest first; their `formula`
    has the lines of the reference and of yours. `called` is how the step was called. `is_given` says that
    the optimizer was given, and not looked for.
    """

    verdict: str
    optimizer: str
    parameters: Mapping[str, ParameterReport]
    mistakes: tuple[Mistake, ...] = ()
    formula: tuple[str, ...] = ()
    steps: int = 0
    coverage: tuple[int, int] = (0, 0)
    parting: Parting | None = None
    called: str = ""
    is_given: bool = True
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the step is right, as far as rounding lets it be, or is as good as the reference."""
        return self.verdict in OK
