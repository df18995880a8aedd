"""Steps with deliberate mistakes: one at a time, or two, each step once."""

import re
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from . import rows, variants
from .edits import VELOCITY
from .kinds import FORMS
from .recipes import COUPLED, DECOUPLED, Recipe, with_rates
from .rows import Row

ROWS = (*rows.ROWS, *variants.ROWS)
USUAL = 1.3  # ranks up to this one are of mistakes that may come two at a time


class Suspect(NamedTuple):
    """A step with one mistake or more."""

    kinds: tuple[str, ...]
    rank: float
    claim: str
    recipe: Recipe


def additions(recipe: Recipe) -> Iterator[tuple[str, str, float, tuple[str, ...]]]:
    """Yield what a step may have more: a kind, a setting, the value that switches it off, and the lines."""
    yield "setting", "weight_decay", 0.0, (COUPLED, *recipe.lines)
    yield "setting", "weight_decay", 0.0, (DECOUPLED, *recipe.lines)
    has_velocity = any(re.match(VELOCITY, line) for line in recipe.lines)
    for form in with_rates(recipe) if has_velocity else with_rates(recipe)[:1]:
        decaying = (re.sub(r"\brate\b", "lr / (1 + (t - 1) * lr_decay)", line) for line in form.lines)
        yield "rate_decays", "lr_decay", 0.0, tuple(decaying)
        again = [re.sub(r"\brate\b", "lr * share", line) for line in form.lines]
        for count in ("(t - 1)", "t"):
            share = f"share = (1 if t == 1 else share) / (1 + {count} * lr_decay)"
            yield "rate_decays_again", "lr_decay", 0.0, (share, *again)
        falling = (re.sub(r"\brate\b", "lr * gamma**(t - 1)", line) for line in form.lines)
        yield "rate_falls", "gamma", 1.0, tuple(falling)
    yield "clipped", "clip", inf, ("g = max(min(g, clip), -clip)", *recipe.lines)
    for norm in ("sqrt(all_g2)", "sqrt(sum_g2)"):
        for size in (norm, f"({norm} + 1e-6)", f"({norm} + 1e-8)"):
            yield "clipped_norm", "clip", inf, (f"g = g * min(1, clip / {size})", *recipe.lines)


def suspects(recipe: Recipe, rows: Sequence[Row] = ROWS) -> Iterator[Suspect]:
    """Yield a step with each mistake that can be made in it, each step once."""
    known = {_key(recipe)}
    for row in rows:
        for edited, of in row.edit(recipe):
            if _key(edited) not in known:
                known.add(_key(edited))
                yield Suspect((row.kind,), row.rank, row.claim.format(of), edited)


def pairs(recipe: Recipe) -> Iterator[Suspect]:
    """Yield a step with each two of the usual mistakes, or any in another form of it, each step once."""
    usual = [row for row in ROWS if row.rank <= USUAL]
    known = {_key(recipe), *(_key(one.recipe) for one in suspects(recipe))}
    for one in suspects(recipe, usual):
        for other in suspects(one.recipe, ROWS if {*one.kinds} <= FORMS else usual):
            if other.kinds != one.kinds and _key(other.recipe) not in known:
                known.add(_key(other.recipe))
                kinds = tuple(sorted((*one.kinds, *other.kinds), key=FORMS.__contains__))
                rank = one.rank + other.rank
                yield Suspect(kinds, rank, f"{one.claim} and {other.claim}", other.recipe)


def _key(recipe: Recipe) -> object:
    return recipe.lines, *recipe.start.items(), recipe.shared, recipe.repeats
