"""What is left out, or comes on top, counts with a constant."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ...wording import number
from ..passes.table import Extra
from .constant_factors import Factors
from .suspects import Formula, Suspect

_ALIKE = 1e-6  # relative: constants that differ by rounding alone


def counted(
    suspect: Suspect, rest: Extra, part: Extra, likely: Callable[[float], bool], doubt: float
) -> Suspect:
    """Return the family of passes in which a part of what comes on top counts with a likely constant."""

    def named(constant: float) -> Suspect | None:
        if abs(constant - 1.0) <= _ALIKE:
            return replace(suspect, more=rest + part)
        if not likely(constant):
            return None
        times = f"{number(constant)} times"
        return replace(
            suspect,
            claim=f"{suspect.claim}, {times}",
            rank=suspect.rank + doubt,
            more=rest + constant * part,
            formula=suspect.formula and _times(suspect.formula, number(constant)),
        )

    return replace(suspect, more=rest + part, rest=rest, named=named)


def _times(formula: Formula, constant: str) -> Formula:
    """Return a formula with what is implied multiplied."""
    left, is_equation, right = formula.implied.partition(" = ")
    factor = right if re.fullmatch(r"[\w.]+", right) else f"({right})"
    implied = f"{left} = {constant} * {factor}" if is_equation else f"{left}, {constant} times"
    return replace(formula, implied=implied)


def one_by_one(left_out: Suspect, factors: Factors) -> Iterator[Suspect]:
    """Yield the passes in which what a suspect leaves out counts with each of the usual constants."""
    for constant in factors.usual:
        other = times(constant, left_out, (1.0 - constant) * left_out.more, factors)
        yield from (other,) if other else ()


def times(constant: float, left_out: Suspect, more: Extra, factors: Factors) -> Suspect | None:
    """Return the pass in which what a suspect leaves out counts so often, None if nobody would write it.

    A sign with another constant is two mistakes.
    """
    if not factors.is_simple(constant):
        return None
    often = f"{number(constant)} times"
    claim = left_out.claim.replace("treated as a constant", f"counted {often}")
    right = left_out.formula
    kind, *others = factors.kinds(constant)
    own = replace(
        left_out,
        kind=kind,
        claim=claim.replace("left out", f"counted {often}"),
        rank=max(left_out.rank, 1.8) + 0.1,
        more=more,
        factor=constant,
        formula=right and Formula(right.derived, f"{right.derived}, {often}"),
    )
    return replace(own, factor=-1.0, also=replace(own, kind=others[0])) if others else own
