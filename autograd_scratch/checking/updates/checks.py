"""One check of a step from its start: it is run, held against what it should be, and run in other ways."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

from ...errors import NonFiniteError
from ...optim import Optimizer
from .blocks import Blocks
from .driving import Driven, driven, is_finite, run_in
from .families import USUAL, constants_of, every_family, has_single, meant
from .gradients import Gradients, drawn, gradients_of
from .holders import Holders
from .judgement import (
    Held,
    explained,
    fitting_settings,
    likened,
    nearest,
    recognized,
    taken_of,
    with_more,
)
from .person import Person
from .recipes import flagged, recipe_of, settings_of, with_rates
from .roles import Role
from .running import Runner, path_of
from .search import Explanation
from .ways import APART

_ZERO = (
    "At a gradient of 0 your step makes nan, where the reference goes on: is eps left out, or no part of "
    "the denominator? All else is told of gradients that are not 0."
)
_FOLDED = (
    "Your velocity has the learning rate in it. While lr stays, that is the same; when it changes, your "
    "velocity goes on with the old one, and that of the reference follows at once."
)


@dataclass(frozen=True)
class Given:
    """What a person gives to be checked."""

    step: Any
    blocks: Blocks | Holders
    gradients: Any
    steps: int
    state: Any
    seed: int


class Check:
    """The check of a step; `held` is what it comes to, and `notes` are what is to be said beside."""

    def __init__(self, given: Given, optimizer: Any) -> None:
        self._given = given
        has_own = getattr(given.blocks, "held", None) is not None
        settings = flagged(optimizer) if isinstance(optimizer, Optimizer) else None
        names = getattr(given.blocks, "names", ())
        self.person = Person(given.step, settings, [*given.blocks.starts], USUAL, has_own, names)
        given.blocks.is_single |= has_single(given.step)
        self._meant = meant(optimizer, given.step, self.person.given)
        self._known = constants_of(given.step)
        self.notes: list[str] = []
        gradients = gradients_of(
            given.gradients, given.blocks, given.steps, given.seed, self._meant.likely[0]
        )
        run = driven(self.person, given.blocks, gradients, given.steps, given.state)
        self.held = self._best(run, gradients)
        if not is_finite(run):
            self.held = self._confirmed(self.held)
            self.held = self.held if self.held.found else self._without_zeros(run)
        if self.held.is_right:
            self._note_sharing(gradients)
            self._note_rate(gradients)
            self._note_settings()
        elif not self.held.found:
            self.held = self._another()

    @property
    def is_given(self) -> bool:
        """Whether the optimizer was given that the step should be."""
        return self._meant.is_given

    def _best(self, run: Driven, gradients: Gradients) -> Held:
        """Hold a run against what it should be; if it is not that, call the step otherwise, too."""
        tried: list[tuple[Held, str]] = []
        for again, note in self._ways(run, gradients):
            taken = taken_of(again, self._given.blocks)
            tried.append((recognized(again, taken, self._meant, self._known), note))
            if tried[-1][0].is_right:
                break
        best, note = tried[-1] if tried[-1][0].is_right else self._likeliest(tried)
        if note:
            self.notes.append(note)
        return best

    def _likeliest(self, tried: Sequence[tuple[Held, str]]) -> tuple[Held, str]:
        """Explain what is wrong; of several ways of calling the step that one counts which is told best."""
        for look in (self._with_more, self._explained, self._explained_thoroughly):
            found = [(look(each), note) for each, note in tried]
            found = [pair for pair in found if pair[0].found or pair[0].is_right]
            if found:
                return min(found, key=lambda pair: pair[0].rank)
        return nearest(tried[0][0], self._meant), ""

    def _with_more(self, first: Held) -> Held:
        return first if self._meant.is_given else with_more(first, self._meant, self._known)

    def _explained(self, first: Held, thorough: bool = False) -> Held:
        if self._meant.is_given:
            return explained(first, self._known, thorough=thorough)
        return likened(first, self._meant, self._known, thorough=thorough)

    def _explained_thoroughly(self, first: Held) -> Held:
        return self._explained(first, thorough=True)

    def _run(self, way: Any, gradients: Gradients, rates: Sequence[float] = ()) -> Driven:
        given = self._given
        return run_in(way, self.person, given.blocks, gradients, given.steps, given.state, rates)

    def _ways(self, run: Driven, gradients: Gradients) -> Iterator[tuple[Driven, str]]:
        """Yield a run, and runs of the step called otherwise, with what is to be said of that."""
        yield run, ""
        others = []
        if Role.TIME in self.person.roles.values():
            name = next(name for name, role in self.person.roles.items() if role is Role.TIME)
            others.append((run.way._replace(first=0), f"{name} is handed from 0 on, as your step has it."))
        roles = [role for role in self.person.roles.values() if role is not Role.SETTING]
        if roles[:1] == [Role.GRADIENTS] and roles[-1] is Role.PARAMETERS:
            others.append((run.way._replace(moves=True), ""))
        if self._is_apart(run) and run.way.own:
            others.append((run.way._replace(own=False), f"One {self.person.owner} made all steps."))
        for way, note in others:
            with suppress(Exception):  # of a way that is not this step's
                again = self._run(way, gradients)
                if is_finite(again):
                    yield again, note

    def _is_apart(self, run: Driven) -> bool:
        return run.way.vessel == APART and len(self._given.blocks.starts) > 1

    def _note_sharing(self, gradients: Gradients) -> None:
        """Say what would be if one object made the steps of all parameters, where each has its own."""
        run = self.held.run
        if not (self._is_apart(run) and run.way.own and self.person.is_method):
            return
        told = f"Each parameter got its own {self.person.owner}; one for all of them would be wrong"
        try:
            shared = self._run(run.way._replace(own=False), gradients)
        except Exception:  # of shapes, most often
            self.notes.append(f"{told}: it remembers one array.")
            return
        again = replace(self.held, run=shared, taken=taken_of(shared, self._given.blocks))
        if not again.is_right:
            found = explained(again, self._known, thorough=False).found
            self.notes.append(f"{told}: {found[0].title}." if found else f"{told}.")

    def _note_rate(self, gradients: Gradients) -> None:
        """Say if a velocity has the learning rate in it, which makes a difference where that changes."""
        recipe = recipe_of(self.held.optimizer)
        if recipe is None or not re.search(r"^\w+ = momentum \*", "\n".join(recipe.lines), re.M):
            return
        half = self._given.steps // 2
        lr = recipe.settings["lr"]
        rates = [lr] * half + [0.1 * lr] * (self._given.steps - half)
        with suppress(Exception):  # of a step that has no learning rate to change
            run = self._run(self.held.run.way, gradients, rates)
            taken = taken_of(run, self._given.blocks)
            course = replace(taken.course, rates=rates)
            follows, folded = with_rates(recipe)
            if not taken.fits(Runner(follows).paths(course)) and taken.fits(Runner(folded).paths(course)):
                self.notes.append(_FOLDED)

    def _note_settings(self) -> None:
        """Say if a step, held against no given optimizer, has another learning rate than its code says."""
        found = self.held.optimizer
        own = next((each for each in self._meant.all if type(each) is type(found)), found)
        lr, said = (settings_of(each).get("lr", 0.0) for each in (found, own))
        if not self.is_given and said in self._known and not isclose(lr, said):
            self.notes.append(
                f"It is that of lr={lr:g}, and your code has {said:g}: hold it against what is meant, as "
                f"compare_update(step, at, {own!r})."
            )

    def _confirmed(self, first: Held) -> Held:
        """Leave out what explains nan alone: it must explain what is made of positive gradients, too."""
        given = self._given
        if given.gradients is not None:
            return first
        positive = drawn(given.blocks, given.steps, given.seed, zeros=False, signs=(1.0,))
        taken = taken_of(self._run(first.run.way, positive), given.blocks).of(first.wrong)
        found = [each for each in first.found if taken.fits(Runner(each.recipe).paths(taken.course))]
        return replace(first, found=found)

    def _without_zeros(self, run: Driven) -> Held:
        """Run a step that makes nan of gradients that are all but 0, or say where nan comes from."""
        given = self._given
        if given.gradients is None:
            gradients = drawn(given.blocks, given.steps, given.seed, zeros=False)
            again = self._best(self._run(run.way, gradients), gradients)
            if again.found or is_finite(again.run):
                self.notes.append(_ZERO)
                return again
        raise NonFiniteError(_told_of_nan(self.person.name, self.held))

    def _another(self) -> Held:
        """Say which other optimizer a step is, if it is one."""
        first = self.held
        for optimizer in every_family():
            found = fitting_settings(optimizer, first.taken, self._known)
            recipe = None if found is None else recipe_of(found)
            if found is not None and recipe is not None:
                error = max(
                    first.taken.error(each, path_of(found, each)) for each in first.taken.course.entries
                )
                claim = f"the step of {found!r}"
                known = Explanation(("other_optimizer",), 1.0, claim, recipe, error, (f"it is {claim}",))
                return replace(first, found=[known])
        return first


def _told_of_nan(name: str, found: Held) -> str:
    """Say at which step of which parameter the first number is not finite."""
    for t in range(found.taken.course.steps):
        for entry, path in zip(found.taken.course.entries, found.taken.paths):
            if path[t] - path[t] != 0.0:
                return (
                    f"step {t + 1} of {name} makes {entry.parameter} {path[t]}, with the gradient "
                    f"{entry.gradients[t]:.6g}; look for a division by 0, or the root of what is below 0"
                )
    return f"{name} makes numbers that are not finite"
