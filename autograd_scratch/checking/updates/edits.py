"""How a step is edited: each edit gives the steps with one deliberate mistake, and where that is in them.

A line is found by a pattern, so that one edit serves all optimizers that have such a line.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from .recipes import COUPLED, DECOUPLED, Recipe


class Edited(NamedTuple):
    """A step with a mistake, and what it is a mistake of: the names of what the edited lines set."""

    recipe: Recipe
    of: str = ""


Edit = Callable[[Recipe], Iterator[Edited]]

MEAN = r"^(\w+) = (\w+) \* \1 \+ \(1 - \2\) \* (.+)$"  # m = beta1 * m + (1 - beta1) * g
VELOCITY = r"^(\w+) = momentum \* \1 \+ (.+)$"
STEP = r"^w = w - (?!lr \* weight_decay)(.+)$"
CORRECTED = r"^(\w+_hat) = (\w+) / (\(1 - \w+\*\*t\))$"
DECAYS = (COUPLED, DECOUPLED)


def rewritten(pattern: str, *forms: str, whole: bool = False) -> Edit:
    r"""Return the edit that writes what fits a pattern in another form: in each line, then in all of them.

    >>> recipe = Recipe(("m = beta1 * m + (1 - beta1) * g", "w = w - lr * m"), {})
    >>> [(of, step.lines[1]) for step, of in rewritten(STEP, r"w = w + \1")(recipe)]
    [('w', 'w = w + lr * m')]
    """

    def edit(recipe: Recipe) -> Iterator[Edited]:
        for form in forms:
            new = [re.sub(pattern, form, line) for line in recipe.lines]
            changed = [i for i, line in enumerate(new) if line != recipe.lines[i]]
            for i in changed if not whole and len(changed) > 1 else ():
                yield with_lines(recipe, (*recipe.lines[:i], new[i], *recipe.lines[i + 1 :]), [i])
            if changed:
                yield with_lines(recipe, new, changed)

    return edit


def with_lines(recipe: Recipe, lines: Sequence[str], changed: Sequence[int]) -> Edited:
    """Return a step with other lines; what they set is told by the lines that were changed."""
    names = dict.fromkeys(recipe.lines[i].partition(" = ")[0] for i in changed)
    return Edited(replace(recipe, lines=tuple("\n".join(lines).split("\n"))), " and ".join(names))


def both(one: Edit, other: Edit) -> Edit:
    """Return the edit that makes two, one after the other."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        for step, of in one(recipe):
            yield from (edited._replace(of=of) for edited in other(step))

    return edit


def where(name: str, edit: Edit) -> Edit:
    """Return the edit of those steps alone in which a name stands."""
    return lambda recipe: edit(recipe) if name in recipe.settings else iter(())


def unless(name: str, edit: Edit) -> Edit:
    """Return the edit of those steps alone in which a name does not stand."""
    return lambda recipe: iter(()) if name in recipe.settings else edit(recipe)


def where_line(pattern: str, edit: Edit) -> Edit:
    """Return the edit of those steps alone that have a line which a pattern fits."""
    return lambda recipe: edit(recipe) if any(re.match(pattern, x) for x in recipe.lines) else iter(())


def begun_with(*lines: str) -> Edit:
    """Return the edit that puts a line before all others."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        for line in lines:
            yield Edited(replace(recipe, lines=(line, *recipe.lines)))

    return edit


def without(*unwanted: str) -> Edit:
    """Return the edit that leaves lines out."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        lines = tuple(line for line in recipe.lines if line not in unwanted)
        if lines != recipe.lines:
            yield Edited(replace(recipe, lines=lines))

    return edit


def exchanged(line: str, other: str) -> Edit:
    """Return the edit that puts a line at the beginning in the place of one that is left out."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        for step, _ in without(line)(recipe):
            yield Edited(replace(step, lines=(other, *step.lines)))

    return edit


def moved_last(*patterns: str) -> Edit:
    """Return the edit that moves lines behind all others: each of them, then all."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        found = [i for i, line in enumerate(recipe.lines) if any(re.match(p, line) for p in patterns)]
        for some in ([i] for i in found) if len(found) > 1 else ():
            yield _moved(recipe, some)
        if found:
            yield _moved(recipe, found)

    return edit


def moved_first(pattern: str) -> Edit:
    """Return the edit that moves the lines that a pattern fits before all others."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        places = [i for i, line in enumerate(recipe.lines) if re.match(pattern, line)]
        kept = [line for i, line in enumerate(recipe.lines) if i not in places]
        if places:
            yield with_lines(recipe, (*(recipe.lines[i] for i in places), *kept), places)

    return edit


def _moved(recipe: Recipe, places: Sequence[int]) -> Edited:
    kept = [line for i, line in enumerate(recipe.lines) if i not in places]
    return with_lines(recipe, (*kept, *(recipe.lines[i] for i in places)), places)


def renamed(pattern: str) -> Edit:
    """Return the edit that sets the second name of a pattern where the first is set, and read later."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        found = [i for i, line in enumerate(recipe.lines) if re.match(pattern, line)]
        for some in [*([i] for i in found), found] if len(found) > 1 else [found] if found else []:
            lines = [*recipe.lines]
            for i in some:
                new, old = re.match(pattern, recipe.lines[i]).groups()[:2]  # type: ignore[union-attr]
                lines = [re.sub(rf"\b{new}\b", old, line) for line in lines]
            yield with_lines(
                recipe, lines, [i for i, line in enumerate(lines) if line != recipe.lines[i]][:-1]
            )

    return edit


def swapped(one: str, other: str, pattern: str = "") -> Edit:
    """Return the edit that exchanges two names in the lines that a pattern fits."""
    names = {one: other, other: one}

    def exchange(found: re.Match[str]) -> str:
        return names[found[0]]

    def edit(recipe: Recipe) -> Iterator[Edited]:
        new = [
            re.sub(rf"\b({one}|{other})\b", exchange, line) if re.search(pattern, line) else line
            for line in recipe.lines
        ]
        changed = [i for i, line in enumerate(new) if line != recipe.lines[i]]
        for i in changed if pattern and len(changed) > 1 else ():
            yield with_lines(recipe, (*recipe.lines[:i], new[i], *recipe.lines[i + 1 :]), [i])
        if changed:
            yield with_lines(recipe, new, changed)

    return edit


def forgotten(recipe: Recipe) -> Iterator[Edited]:
    """Let a step remember nothing of one line, then of all: each step begins anew with them."""
    new = []
    for line in recipe.lines:
        name, _, formula = line.partition(" = ")
        start = recipe.start.get(name, "0")
        own = name not in ("w", "g") and re.sub(rf"\b{name}\b", start, formula)
        new.append(f"{name} = {own}" if own else line)
    changed = [i for i, line in enumerate(new) if line != recipe.lines[i]]
    for i in changed if len(changed) > 1 else ():
        yield with_lines(recipe, (*recipe.lines[:i], new[i], *recipe.lines[i + 1 :]), [i])
    if changed:
        yield with_lines(recipe, new, changed)


def one_array(recipe: Recipe) -> Iterator[Edited]:
    """Keep both running means in one array."""
    means = [i for i, line in enumerate(recipe.lines) if re.match(MEAN, line)]
    if len(means) == 2:
        one, other = (recipe.lines[i].partition(" = ")[0] for i in means)
        lines = [re.sub(rf"\b{other}\b", one, line) for line in recipe.lines]
        yield with_lines(recipe, lines, means)


def of_the_other_mean(recipe: Recipe) -> Iterator[Edited]:
    """Let one running mean go on from the other one, as when a line is copied."""
    means = [i for i, line in enumerate(recipe.lines) if re.match(MEAN, line)]
    names = [recipe.lines[i].partition(" = ")[0] for i in means]
    for i, name, other in zip(means, names, reversed(names)) if len(means) == 2 else ():
        lines = [*recipe.lines]
        lines[i] = re.sub(rf" \* {name} \+", f" * {other} +", lines[i])
        yield with_lines(recipe, lines, [i])
        if i != means[0]:  # from the other one of the step before
            before = [line for line in lines if line != lines[i]]
            yield with_lines(recipe, (lines[i], *before), [0])


def decayed_in_one(recipe: Recipe) -> Iterator[Edited]:
    """Leave weight decay out of one running mean, where it is added to the gradient of the other."""
    means = [i for i, line in enumerate(recipe.lines) if re.match(MEAN, line)]
    for i in means if COUPLED in recipe.lines and len(means) == 2 else ():
        lines = [line.replace("g = g +", "h = g +") for line in recipe.lines]
        (other,) = (each for each in means if each != i)
        lines[other] = re.sub(r"\bg\b", "h", lines[other])
        yield with_lines(recipe, lines, [i])


def started(*starts: str) -> Edit:
    """Return the edit that lets what is remembered start at something else."""

    def edit(recipe: Recipe) -> Iterator[Edited]:
        for line in recipe.lines:
            name, _, formula = line.partition(" = ")
            if (
                name not in ("w", "g", "product", "former")
                and recipe.start.get(name) != "lr"
                and re.search(rf"\b{name}\b", formula)
            ):
                for start in starts if "eps" in recipe.settings else (x for x in starts if x != "eps"):
                    if recipe.start.get(name, "0") != start:
                        yield Edited(replace(recipe, start={**recipe.start, name: start}), name)

    return edit


def shared(recipe: Recipe) -> Iterator[Edited]:
    """Remember the same for all parameters."""
    yield Edited(replace(recipe, shared=True))


def repeated(recipe: Recipe) -> Iterator[Edited]:
    """Take the step twice."""
    yield Edited(replace(recipe, repeats=True))


def stopped(recipe: Recipe) -> Iterator[Edited]:
    """Leave the parameter as it is."""
    yield Edited(replace(recipe, lines=()))


def after_the_moments(recipe: Recipe) -> Iterator[Edited]:
    """Add weight decay to the running mean of gradients, where it is divided."""
    for step, _ in without(*DECAYS)(recipe):
        yield from rewritten(r"^w = w - lr \* (\w+) /", r"w = w - lr * (\1 + weight_decay * w) /")(step)


def beside_eps(recipe: Recipe) -> Iterator[Edited]:
    """Add weight decay to eps, as when a parenthesis closes too late."""
    for step, _ in without(*DECAYS)(recipe):
        yield from rewritten(r"^(w = w - .*) \+ eps\)$", r"\1 + eps + weight_decay * w)")(step)


def efficient(recipe: Recipe) -> Iterator[Edited]:
    """Correct the bias in the learning rate, as the paper on Adam does at the end of its second section."""
    lines = [line for line in recipe.lines if not re.match(CORRECTED, line)]
    if len(lines) == len(recipe.lines) - 2:
        rate = r"w = w - lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(\1) + eps)"
        for step, of in rewritten(r"^w = .* \(sqrt\((\w+)_hat\) \+ eps\)$", rate)(
            replace(recipe, lines=tuple(lines))
        ):
            if "peak" in " ".join(lines):
                step = replace(
                    step, lines=(*step.lines[:-1], step.lines[-1].replace("sqrt(v)", "sqrt(peak)"))
                )
            yield Edited(step, of)
