"""What a check of a step comes to: the report of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..findings import Formula, Mistake, Where
from .blocks import Parameters
from .checks import Check
from .judgement import Held
from .kinds import UPDATE_KINDS, WRONG
from .recipes import Recipe, recipe_of
from .report import ParameterReport, Parting, UpdateReport
from .search import Explanation

_STALE = "stale_result"


def report_of(check: Check, blocks: Parameters) -> UpdateReport:
    """Return the report of a check."""
    held = check.held
    recipe = recipe_of(held.optimizer)
    mistakes = [mistake for each in held.found for mistake in _mistakes(held, each, recipe)]
    verdict = held.verdict
    if held.run.call.is_stale:
        verdict = WRONG
        mistakes.insert(0, _stale(blocks))
    return UpdateReport(
        verdict=verdict,
        optimizer=repr(held.optimizer),
        parameters={name: _parameter(held, name, blocks) for name in blocks.starts},
        mistakes=tuple(mistakes),
        formula=recipe.lines if recipe else (),
        steps=held.taken.course.steps,
        coverage=(len(held.taken.course.entries), sum(map(len, blocks.starts.values()))),
        parting=_parting(held, blocks),
        called=held.run.call.told,
        is_given=check.is_given,
        notes=(*check.notes, *_notes(held, blocks)),
    )


def _parameter(held: Held, name: str, blocks: Parameters) -> ParameterReport:
    """Return what is to be said of one parameter."""
    pairs = [
        (entry, path)
        for entry, path in zip(held.taken.course.entries, held.reference)
        if entry.parameter == name
    ]
    partings = [t for t in (held.taken.parting(*pair) for pair in pairs) if t is not None]
    return ParameterReport(
        name,
        blocks.shapes[name],
        held.verdicts[name],
        error=max(held.taken.error(*pair) for pair in pairs),
        parting=min(partings) + 1 if partings else None,
    )


def _parting(held: Held, blocks: Parameters) -> Parting | None:
    """Return where a step and the reference first part: of several entries that where they do so most."""
    found: list[tuple[Any, ...]] = []
    for entry, path in zip(held.taken.course.entries, held.reference):
        t = held.taken.parting(entry, path)
        if t is not None:
            yours = held.taken.path(entry)
            off = abs(yours[t] - path[t]) / (abs(path[t] - (path[t - 1] if t else entry.start)) or 1.0)
            found.append((t, -off if off == off else 0.0, len(found), entry, yours, path))
    if not found:
        return None
    t, _, _, entry, yours, path = min(found)
    before = yours[t - 1] if t else entry.start
    index = _index(entry.place, blocks.shapes[entry.parameter])
    return Parting(entry.parameter, index, t + 1, before, entry.gradients[t], yours[t], path[t])


def _index(place: int, shape: Sequence[int]) -> tuple[int, ...]:
    index = []
    for size in reversed(shape):
        place, i = divmod(place, size)
        index.append(i)
    return tuple(reversed(index))


def _mistakes(held: Held, found: Explanation, recipe: Recipe | None) -> Iterator[Mistake]:
    """Yield the mistakes of one explanation."""
    wrong = [*found.of] or held.wrong
    everywhere = len(wrong) == len(held.verdicts)
    where = Where("the step" if everywhere else f"the step of {', '.join(wrong)}")
    agree = "all entries agree" if everywhere else f"those of {', '.join(wrong)} agree"
    steps = f"at all {held.taken.course.steps} steps" if held.taken.course.steps > 1 else "at the only step"
    error = f"{found.error:.0e}".replace("e-0", "e-") if found.error else "the last bit"
    evidence = f"With {found.claim}, {agree} {steps}, to {error}."
    formula = None if recipe is None else _formula(recipe, found.recipe)
    for kind, title in zip(found.kinds, found.titles):
        others = tuple(other for other in found.kinds if other != kind)
        own = formula if kind == found.kinds[0] else None
        yield Mistake(kind, where, None, evidence, own, others, title)


def _formula(recipe: Recipe, other: Recipe) -> Formula | None:
    """Return the lines that differ, of the reference and of a step with a mistake."""
    ours = [line for line in recipe.lines if line not in other.lines]
    yours = [line for line in other.lines if line not in recipe.lines]
    if not ours and not yours and recipe.lines != other.lines:  # in another order
        ours, yours = [*recipe.lines], [*other.lines]
    if not ours and not yours:
        new = {name: start for name, start in other.start.items() if recipe.start.get(name) != start}
        ours = [f"{name} = {recipe.start.get(name, '0')} at first" for name in new]
        yours = [f"{name} = {start} at first" for name, start in new.items()]
    if not ours and not yours:
        return None
    return Formula("; ".join(ours) or "-", "; ".join(yours) or "-")


def _stale(blocks: Parameters) -> Mistake:
    return Mistake(
        _STALE,
        Where("the step"),
        evidence="After a step what was handed in has the new numbers, and what is returned the old ones.",
        title=UPDATE_KINDS[_STALE],
    )


def _notes(held: Held, blocks: Parameters) -> Iterator[str]:
    """Yield what is to be said of how the step was run."""
    call = held.run.call
    if call.returns_moves:
        how = "subtracted from" if call.sign < 0 else "added to"
        why = "as in optax" if held.run.way.moves else "it is handed none"
        yield f"What your step returns was {how} the parameters: {why}."
    if held.run.looks_ahead:
        yield (
            "Your step asks for the gradient ahead of its parameters. Held against the reference are the "
            "points where it asks: it is the same method in other variables."
        )
    if held.taken.is_single:
        yield "Numbers are of float32, which keeps some six digits: so exact is the comparison."
