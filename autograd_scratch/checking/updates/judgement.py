"""A person's step held against optimizers: what agrees, and what explains the rest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from ...optim import Optimizer
from .agreement import Taken
from .blocks import Parameters
from .driving import Driven
from .families import Meant, with_settings
from .kinds import FORM, FORMS, RIGHT, ROUNDING, UPDATE_VERDICTS, WRONG
from .mistakes import suspects
from .recipes import recipe_of, settings_of
from .running import Course, Entry, Path, path_of
from .search import Explanation, explanations, in_another_form
from .solving import COMBINATIONS, fitted

_ENTRIES = 24  # of a parameter that are held against the reference
_FEW, _SOME = 20, 60  # combinations of settings that are tried beside a mistake, or beside others


@dataclass(frozen=True, eq=False)
class Held:
    """A run of a person's step, held against an optimizer."""

    run: Driven
    taken: Taken
    optimizer: Optimizer
    found: Sequence[Explanation] = ()

    @cached_property
    def reference(self) -> list[Path]:
        """What the optimizer makes of each entry."""
        return [path_of(self.optimizer, entry) for entry in self.taken.course.entries]

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each parameter."""
        found: dict[str, str] = {}
        for entry, path in zip(self.taken.course.entries, self.reference):
            verdict = self._verdict(entry, path)
            worst = max(verdict, found.get(entry.parameter, RIGHT), key=UPDATE_VERDICTS.index)
            found[entry.parameter] = worst
        return found

    def _verdict(self, entry: Entry, path: Path) -> str:
        if self.taken.parting(entry, path) is not None:
            best = self.found[0] if self.found else None
            is_spared = best is not None and bool(best.of) and entry.parameter not in best.of
            is_form = is_spared or (best is not None and {*best.kinds} <= FORMS)
            return FORM if is_form else WRONG
        exact = not self.taken.is_single and self.taken.parting(entry, path, exact=True) is None
        return RIGHT if exact else ROUNDING

    @property
    def verdict(self) -> str:
        """The worst verdict."""
        return max(self.verdicts.values(), key=UPDATE_VERDICTS.index)

    @property
    def is_right(self) -> bool:
        """Whether all parameters agree."""
        return self.verdict in (RIGHT, ROUNDING)

    @property
    def wrong(self) -> list[str]:
        """The parameters that do not agree."""
        return [name for name, verdict in self.verdicts.items() if verdict in (FORM, WRONG)]

    @property
    def paths(self) -> Iterator[tuple[Entry, Path, Path]]:
        """The entries, with the person's numbers and the optimizer's."""
        return zip(self.taken.course.entries, self.taken.paths, self.reference)

    @property
    def distance(self) -> float:
        """How far the person's numbers are from those of the optimizer."""
        return sum(min(self.taken.error(entry, own), 1.0) for entry, _, own in self.paths)

    @property
    def rank(self) -> float:
        """How unlikely what explains it is; nothing is to be explained of what is right."""
        return self.found[0].rank if self.found else 0.0


def taken_of(run: Driven, blocks: Parameters) -> Taken:
    """Return some entries of each parameter, with all that a person's step made of them."""
    entries, paths = [], []
    for name, start in blocks.starts.items():
        stride = max(1, len(start) // _ENTRIES)
        for i in [*range(len(start))][::stride][:_ENTRIES]:
            entries.append(Entry(name, i, start[i], [step[name][i] for step in run.gradients]))
            paths.append([step[name][i] for step in run.parameters])
    return Taken(Course(entries, run.gradients, len(run.parameters)), paths, blocks.is_single)


def explained(first: Held, known: Sequence[float], *, thorough: bool = True) -> Held:
    """Return a run with what explains that it differs from its optimizer."""
    recipe = recipe_of(first.optimizer)
    if recipe is None:
        return first
    taken = first.taken.of(first.wrong)
    found = explanations(recipe, taken, known, thorough=thorough)
    if not found and thorough:
        found = [*in_another_form(recipe, taken, known)]
    return replace(first, found=found)


def recognized(run: Driven, taken: Taken, meant: Meant, known: Sequence[float]) -> Held:
    """Hold a run against the optimizer that is given, or against that one of several which it is."""
    first = Held(run, taken, meant.likely[0])
    if meant.is_given or first.is_right:
        return first
    return _fitted(first, meant.likely, known) or first


def with_more(first: Held, meant: Meant, known: Sequence[float]) -> Held:
    """Hold a run against optimizers with weight decay or momentum beside, of the size of known numbers."""
    return _fitted(first, meant.with_more(known), known, _SOME) or first


def _fitted(
    first: Held, optimizers: Iterable[Optimizer], known: Sequence[float], most: int = COMBINATIONS
) -> Held | None:
    for optimizer in optimizers:
        own = fitting_settings(optimizer, first.taken, known, most)
        if own is not None:
            return replace(first, optimizer=own)
    return None


def nearest(first: Held, meant: Meant) -> Held:
    """Hold a run against that one of the likely optimizers whose numbers are the nearest."""
    if meant.is_given:
        return first
    likely = [replace(first, optimizer=optimizer) for optimizer in meant.likely]
    return min(map(_as_long, likely), key=lambda each: each.distance)


def _as_long(held: Held) -> Held:
    """Give an optimizer the learning rate with which its way is most like the person's."""
    ways = [(path[-1] - entry.start, own[-1] - entry.start) for entry, path, own in held.paths]
    along, size = sum(x * y for x, y in ways), sum(y * y for _, y in ways)
    if not (size > 0.0 and 0.0 < along / size < inf):
        return held
    rate = float(f"{settings_of(held.optimizer)['lr'] * along / size:.3g}")
    return replace(held, optimizer=with_settings(held.optimizer, {"lr": rate}))


def likened(first: Held, meant: Meant, known: Sequence[float], *, thorough: bool) -> Held:
    """Explain a run as one of several optimizers, with a mistake."""
    if thorough:
        return _with_its_settings(explained(nearest(first, meant), known), known)
    likely = [replace(first, optimizer=optimizer) for optimizer in meant.likely]
    tried = [_with_its_settings(explained(each, known, thorough=False), known) for each in likely]
    tried += [_beside_settings(each, known) for each in likely if not any(x.is_right for x in tried)]
    found = [each for each in tried if each.found or each.is_right]
    return min(found, key=lambda each: each.rank) if found else first


def _with_its_settings(held: Held, known: Sequence[float]) -> Held:
    """Take a setting with another value for one of the step's own: which were meant, nobody has said."""
    if not held.found or "setting" not in held.found[0].kinds:
        return held
    own = replace(held, optimizer=with_settings(held.optimizer, held.found[0].recipe.settings), found=())
    return own if own.is_right else explained(own, known, thorough=False)


def fitting_settings(
    optimizer: Optimizer, taken: Taken, known: Sequence[float], most: int = COMBINATIONS
) -> Optimizer | None:
    """Return an optimizer with the settings with which it makes a person's numbers, if there are some."""
    recipe = recipe_of(optimizer)
    settings = None if recipe is None else fitted(recipe, taken, known, most)
    return None if settings is None else with_settings(optimizer, settings)


def _beside_settings(first: Held, known: Sequence[float]) -> Held:
    """Explain a run by a mistake beside settings that are not known."""
    recipe = recipe_of(first.optimizer)
    for suspect in sorted(suspects(recipe), key=lambda each: each.rank) if recipe else ():
        settings = fitted(suspect.recipe, first.taken, known, _FEW)
        if settings is not None:
            optimizer = with_settings(first.optimizer, settings)
            return explained(Held(first.run, first.taken, optimizer), known, thorough=False)
    return first
