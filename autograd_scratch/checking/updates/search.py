"""Which mistake makes the step of an optimizer come out as a person's does.

The step runs again with one deliberate mistake at a time; one that explains all entries at all steps is
named, and nothing else is. Two at a time are tried where none alone does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...wording import number
from .agreement import Taken, agreeing
from .kinds import FORMS, UPDATE_KINDS
from .mistakes import ROWS, USUAL, Suspect, additions, pairs, suspects
from .recipes import Recipe
from .running import Runner
from .solving import rate_of, solved, with_setting

_MOST = 4  # explanations that are told
_SETTING = 1.4  # the rank of another value of a setting


class Explanation(NamedTuple):
    """What a person's step does otherwise: a step that agrees with it, and how well."""

    kinds: tuple[str, ...]
    rank: float
    claim: str
    recipe: Recipe
    error: float
    titles: tuple[str, ...]
    of: tuple[str, ...] = ()  # the parameters with the mistake, where others are in another form alone

    @property
    def title(self) -> str:
        """What it is in words."""
        return "; ".join(self.titles)


def explanations(
    recipe: Recipe, taken: Taken, known: Sequence[float] = (), *, thorough: bool = True
) -> list[Explanation]:
    """Return what explains a person's numbers, likeliest first; `known` are numbers in that person's code.

    Two mistakes, or one beside another value of a setting, are looked for if it is to be `thorough`.
    """
    found = [*fitting(suspects(recipe), taken)]
    if not any(each.rank <= _SETTING for each in found):
        found += _settings(recipe, taken, known)
    if not found and thorough:
        found = [*fitting(pairs(recipe), taken)]
    if not found and thorough:
        found = [*_added(recipe, taken, known), *_beside_settings(recipe, taken, known)]
    return sorted(found, key=lambda each: each.rank)[:_MOST]


def in_another_form(recipe: Recipe, taken: Taken, known: Sequence[float]) -> Iterator[Explanation]:
    """Yield what explains some parameters, where all are in another form, and others in that alone."""
    names = [*dict.fromkeys(entry.parameter for entry in taken.course.entries)]
    for form in suspects(recipe, [row for row in ROWS if row.kind in FORMS]):
        runner = Runner(form.recipe)
        rest = [name for name in names if not _fits(taken.of([name]), runner)]
        for found in explanations(form.recipe, taken.of(rest), known) if 0 < len(rest) < len(names) else ():
            titles = (*found.titles, *(UPDATE_KINDS[kind] for kind in form.kinds))
            yield found._replace(kinds=(*found.kinds, *form.kinds), titles=titles, of=tuple(rest))


def _fits(taken: Taken, runner: Runner) -> bool:
    return taken.fits(runner.paths(taken.course))


def fitting(tried: Iterable[Suspect], taken: Taken) -> Iterator[Explanation]:
    """Yield those of the steps that agree with a person's numbers."""
    for suspect in tried:
        runner = Runner(suspect.recipe)
        error = agreeing(taken, lambda runner=runner: runner.paths(taken.course))  # type: ignore[misc]
        if error is not None:
            titles = tuple(UPDATE_KINDS[kind] for kind in suspect.kinds)
            yield Explanation(*suspect, error=error, titles=titles)


def _settings(recipe: Recipe, taken: Taken, known: Sequence[float]) -> Iterator[Explanation]:
    """Yield the values of single settings that make a step agree."""
    for name, value in solved(recipe, taken, [*recipe.settings], known):
        yield from _with_value(Suspect((), 0.0, "", recipe), name, value, taken)


def _with_value(
    suspect: Suspect, name: str, value: float, taken: Taken, kind: str = "setting"
) -> Iterator[Explanation]:
    """Yield a step in which a setting has another value, if it agrees."""
    other = with_setting(suspect.recipe, name, value)
    error = agreeing(taken, lambda: Runner(other).paths(taken.course))
    if error is not None:
        titles = [UPDATE_KINDS[each] for each in suspect.kinds]
        given, what = suspect.recipe.settings[name], f"{name} is {number(value)}"
        is_added = kind != "setting"
        titles.append(f"{UPDATE_KINDS[kind]}: {what}" if is_added else f"{what}, and not {number(given)}")
        claim = " and ".join(filter(None, (suspect.claim, f"{name} = {number(value)}")))
        rank = suspect.rank + _SETTING
        yield Explanation((*suspect.kinds, kind), rank, claim, other, error, tuple(titles))


def _added(recipe: Recipe, taken: Taken, known: Sequence[float]) -> Iterator[Explanation]:
    """Yield the step with more than is meant: weight decay, a rate that decays, clipped gradients."""
    for kind, name, off, lines in additions(recipe):
        if recipe.settings.get(name, off) == off:
            more = replace(recipe, lines=lines, settings={**recipe.settings, name: off})
            for _, value in solved(more, taken, [name], known):
                yield from _with_value(Suspect((), 0.0, "", more), name, value, taken, kind)


def _beside_settings(recipe: Recipe, taken: Taken, known: Sequence[float]) -> Iterator[Explanation]:
    """Yield mistakes beside which the learning rate, or eps, has another value."""
    for suspect in suspects(recipe, [row for row in ROWS if row.rank <= USUAL]):
        rate = rate_of(suspect.recipe, taken)
        if rate is not None:
            yield from _with_value(suspect, "lr", rate, taken)
        for name, value in solved(suspect.recipe, taken, ["eps"], known, roots=False):
            yield from _with_value(suspect, name, value, taken)
