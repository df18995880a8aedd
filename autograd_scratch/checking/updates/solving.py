"""Which value of a setting makes a step come out as a person's does: eps of another size, a longer step.

The value is read from one entry at one step, and counts only if all entries agree at all steps then.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from .agreement import Taken
from .recipes import Recipe
from .running import Entry, Runner

_SHARES = frozenset(("beta1", "beta2", "alpha", "rho", "momentum", "dampening"))
_USUAL = {
    **dict.fromkeys(_SHARES, (0.9, 0.99, 0.999, 0.95, 0.5, 0.8, 0.98)),
    "clip": (1.0, 5.0, 10.0, 0.5, 2.0, 0.1, 3.0),
    "gamma": (0.99, 0.9, 0.95, 0.999, 0.5),
    "eps": (1e-8, 1e-7, 1e-10, 1e-6, 1e-5, 1e-4, 1e-3, 1e-12),
}
_PROBES = 2
_HALVINGS = 60
_SECANTS = 6
_GRID = [10.0**k for k in range(-16, 5)]
_DIGITS = (1, 2, 3, 4, 6, 9)
COMBINATIONS = 1_000
_APART = 0.1  # of a constant: so much weight decay may move it on the way


def solved(
    recipe: Recipe, taken: Taken, names: Sequence[str], known: Sequence[float] = (), *, roots: bool = True
) -> Iterator[tuple[str, float]]:
    """Yield settings, each with the value with which the step agrees with a person's numbers.

    `known` are numbers that are tried first, as those that stand in the person's code; without `roots`
    no others are.
    """
    runner = Runner(recipe)
    text = " ".join((*recipe.lines, *recipe.start.values()))
    for name in names:
        if name in recipe.settings and name in text:
            value = _value(runner, recipe, taken, name, (*_USUAL.get(name, ()), *known), roots)
            if value is not None:
                yield name, value


def with_setting(recipe: Recipe, name: str, value: float) -> Recipe:
    """Return a step with another value of a setting."""
    return replace(recipe, settings={**recipe.settings, name: value})


def _value(
    runner: Runner, recipe: Recipe, taken: Taken, name: str, usual: Sequence[float], roots: bool
) -> float | None:
    """Return the value of a setting that fits, if one does."""
    given = recipe.settings[name]

    def fits(value: float) -> bool:
        runner.set(name, value)
        return taken.fits(runner.paths(taken.course))

    try:
        for value in usual:
            if value != given and fits(value):
                return value
        for entry, t in _probes(runner, taken) if roots else ():
            for root in _roots(runner, taken, entry, t, name, given):
                short = next((x for x in _shorter(root) if x != given and fits(x)), None)
                if short is not None:
                    return short
        return None
    finally:
        runner.set(name, given)


def _shorter(value: float) -> Iterator[float]:
    """Yield a number rounded to few digits, then to more, and then as it is."""
    yield from (float(f"{value:.{digits}g}") for digits in _DIGITS)
    yield value


def _probes(runner: Runner, taken: Taken) -> list[tuple[Entry, int]]:
    """Return entries and the steps at which they part from a person's numbers."""
    found = []
    for entry, path in runner.paths(taken.course):
        t = taken.parting(entry, path)
        if t is not None and math.isfinite(taken.path(entry)[t]):
            found.append((entry, t))
        if len(found) == _PROBES:
            break
    return found


def _roots(runner: Runner, taken: Taken, entry: Entry, t: int, name: str, given: float) -> Iterator[float]:
    """Yield values at which one entry has a person's number at one step."""
    only = taken.course.alone(taken.course.entries.index(entry))
    target = taken.path(entry)[t]

    def off(x: float) -> float:
        runner.set(name, 1.0 - x if name in _SHARES else x)
        ((_, path),) = runner.paths(only)
        return path[t] - target

    grid = [x for x in _GRID if x < 1.0] + [1.0] if name in _SHARES else [0.0, *_GRID]
    if name == "lr":  # a step is most often proportional to it
        one, two = off(given), off(2 * given)
        if one != two:
            yield given + given * one / (one - two)
    offs = [*map(off, grid)]
    for low, high, left, right in zip(grid, grid[1:], offs, offs[1:]):
        if left == 0.0 or left * right < 0.0:
            for _ in range(_HALVINGS if left else 0):
                middle = math.sqrt(low * high) if low else high / 1e3
                centre = off(middle)
                if left * centre <= 0.0:
                    high = middle
                else:
                    low, left = middle, centre
            root = low if left == 0.0 else high
            yield 1.0 - root if name in _SHARES else root


def fitted(
    recipe: Recipe, taken: Taken, known: Sequence[float], most: int = COMBINATIONS
) -> dict[str, float] | None:
    """Return all settings of a step with which it agrees with a person's numbers, if there are some.

    The learning rate is solved for; the others are those of the recipe, usual ones, or `known`.
    """
    runner = Runner(recipe)
    text = " ".join(recipe.lines)
    names = [name for name in recipe.settings if name in text and name != "lr"]
    values = [_choices(name, recipe.settings[name], known) for name in names]
    for combination in islice(product(*values), most):
        settings = dict(zip(names, combination))
        for name, value in settings.items():
            runner.set(name, value)
        rate = _rate(runner, recipe, taken)
        if rate is not None:
            return {**recipe.settings, **settings, "lr": rate}
    return None


def _is_multiple(start: float, yours: Sequence[float], path: Sequence[float], apart: float) -> bool:
    """Say whether an entry goes as far as another, but for a constant that nearly stays the same."""
    ratios = [(x - start) / (y - start) for x, y in zip(yours, path) if y != start]
    if not ratios or not all(map(math.isfinite, ratios)):
        return False
    half = ratios[len(ratios) // 2]
    return half > 0.0 and abs(ratios[-1] - half) <= apart * half


def _choices(name: str, given: float, known: Sequence[float]) -> list[float]:
    """Return the values that a setting may have, that of the recipe first."""
    most = 0.1 if name == "eps" else 1.0
    return [*dict.fromkeys((given, *(x for x in known if 0.0 <= x < most)))]


def rate_of(recipe: Recipe, taken: Taken) -> float | None:
    """Return the learning rate with which a step agrees with a person's numbers, if there is one."""
    return _rate(Runner(recipe), recipe, taken)


def _rate(runner: Runner, recipe: Recipe, taken: Taken) -> float | None:
    given = recipe.settings["lr"]
    only = taken.course.alone(min(1, len(taken.course.entries) - 1))
    ((entry, yours),) = zip(only.entries, [taken.path(each) for each in only.entries])
    rate, exact, off = 0.0, given, entry.start - yours[-1]
    for _ in range(_SECANTS):  # the first one is exact, but for weight decay
        runner.set("lr", exact)
        ((_, path),) = runner.paths(only)
        if exact == given and not _is_multiple(entry.start, yours, path, _APART):
            return None
        before, off = off, path[-1] - yours[-1]
        if not math.isfinite(off) or off in (0.0, before):
            break
        rate, exact = exact, exact - off * (exact - rate) / (off - before)
    for rate in (exact, *_shorter(exact)):
        runner.set("lr", rate)
        if not (rate > 0.0 and taken.fits(runner.paths(taken.course))):
            if rate == exact:
                return None
            continue
        if rate != exact:
            return rate
    return exact
