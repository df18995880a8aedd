"""How often a use counts: not at all, with the other sign, half, or once too often by a number of terms.

A backward pass is a sum of contributions: what flows back from each use of each array. A mistake may
multiply one of them by a constant. What is left out has the constant 0; which one it is otherwise is read
off the gradient that was written by hand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ...stepping.groups import Key, Step
from ..passes.contributions import Contribution, Contributions
from ..passes.forward import Forward
from ..passes.softmaxes import Softmax
from ..passes.table import Extra
from .constant_factors import Factors
from .constants import Lost, lost_constants
from .counts import one_by_one, times
from .recurrence import MANY
from .suspects import Formula, Lead, Suspect

_ORDER = ("first", "second", "last")
_STATISTICS = ("sum", "mean", "max", "min")


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The passes in which uses of the results of one instruction count with another constant."""

    forward: Forward
    contributions: Contributions
    factors: Factors
    softmaxes: Sequence[Softmax]

    def leads(self) -> Iterator[Lead]:
        """Yield the mistakes at each use of an array, and at each array."""
        reach, weights = self.forward.reach_below, {softmax.step.key for softmax in self.softmaxes}
        for key, steps in self.forward.steps.at.items():
            if self.forward.is_wide(steps):
                continue
            yield Lead(1.7, partial(self._of_uses, steps))
            yield Lead(2.3, partial(self._of_branches, steps))
            known = 1.25 if key in weights else 1.1 if _is_mean(self.forward, steps[0]) else 1.9
            for group in self.forward.steps.groups(steps):
                rank = known + 0.1 * (len(group) < len(steps))
                yield Lead(rank, partial(self._of_array, group, rank), reach(group))
        yield Lead(1.7, partial(_statistics, self.forward))

    def _of_uses(self, steps: Sequence[Step]) -> Iterator[Lead]:
        """Yield the mistakes in what one instruction hands back to each operand."""
        uses = self.contributions.uses(tuple(steps))
        for use in uses[:-1] or self.contributions.of(steps).values():
            users = self.contributions.users(use.origin)
            alike = sum(each.origin == use.origin for each in uses)
            is_only = len(users) == 1 and (len(uses) < 2 or (isinstance(use.origin, str) and alike < 2))
            told = self._use_left_out(use, users)
            yield Lead(
                1.7, partial(self._of_use, steps, use, told, is_only), self.forward.reach(use.parents)
            )

    def _of_use(
        self, steps: Sequence[Step], use: Contribution, told: Suspect, is_only: bool
    ) -> Iterator[Suspect]:
        """Yield passes without a use, or without it in some rounds alone."""
        is_nested = self.forward.steps.feed_each_other([*steps])
        groups = [steps] if isinstance(use.origin, str) else _groups(self.forward, steps)  # else of `uses`
        for group in groups:
            some = len(group) < len(steps)
            without = use.among({i for step in group for i in step.alive}).left_out
            if without and (some or not is_only):
                claim = told.claim + _which(group, steps)
                own = replace(told, claim=claim, rank=told.rank + 0.4 * some, more=without)
                yield from self._counted(own, group, is_nested)

    def _of_branches(self, steps: Sequence[Step]) -> Iterator[Suspect]:
        """Yield passes without what one of several users hands back through an array to another one."""
        told, is_nested = self.forward.steps.told, self.forward.steps.feed_each_other([*steps])
        branches = self.contributions.branches(tuple(steps))
        for user, use in (each for each in branches if not isinstance(each[1].origin, str)):
            a = self.contributions.called(use.origin) or "the rest"
            claim = f"with what {told(user)} hands back through {told(use.step)} to {a} left out"
            suspect = Suspect("path_missing", claim, 2.3, use.left_out, step=use.step, line=user.line)
            yield from self._counted(suspect, steps, is_nested)

    def _use_left_out(self, use: Contribution, users: Iterable[Key | None]) -> Suspect:
        """Tell of the pass without a use, but for the edges that it has not."""
        steps, user, origin = self.forward.steps, use.step, use.origin
        source = steps.at[origin][0] if isinstance(origin, tuple) else None
        a, b = self.contributions.called(origin).strip("`"), steps.called(user)
        inside = source is not None and source.site is user.site  # of one instruction: a variance's mean
        if a == b:  # x = x + f(x)
            a, b = "" if inside else a, steps.written(user)
        at = f"{_quoted(b, user)}{user.where if b else ''}"
        who = _quoted(a, source or user) if origin else f"its {_ORDER[use.sides[0]]} operand"
        below = steps.below(source.key) if source else ()
        again = [other for other in users if other in below]
        x = steps.symbol(source, f"({a or '...'})") if source else a or "(...)"
        return Suspect(
            "detached" if again == [user.key] else "path_missing",
            f"with what {who} does to {at} left out",
            1.8 - 0.1 * (user.key in again) + 0.2 * inside,
            step=source or user,
            line=user.line,
            formula=Formula(f"d{x} = ... + what flows back from {b or at}", f"d{x} = ..."),
        )

    def _of_array(self, steps: Sequence[Step], rank: float) -> Iterator[Suspect]:
        """Yield the passes in which an array is treated as a constant, or counts otherwise."""
        is_nested = self.forward.steps.feed_each_other([*steps])
        a = self.forward.steps.called(steps[0])
        x = self.forward.steps.symbol(steps[0], f"({a or '...'})")
        suspect = Suspect(
            "detached",
            f"with {self.forward.steps.told(steps[0])} treated as a constant",
            rank,
            -1.0 * self.forward.edges_from(i for step in steps for i in step.alive),
            step=steps[0],
            formula=Formula(f"d{x} = what flows back to it", f"d{x} = 0"),
        )
        yield from self._counted(suspect, steps, is_nested, lost_constants(self.forward, steps))

    def _counted(
        self, suspect: Suspect, steps: Sequence[Step], is_nested: bool, lost: Sequence[Lost] = ()
    ) -> Iterator[Suspect]:
        """Yield the family of passes in which what a suspect leaves out counts with any constant.

        Of what is computed again from its own results it is no family, as the constant counts several
        times: these are tried one by one.
        """
        if is_nested and len(steps) > 1:
            yield suspect
            yield from one_by_one(suspect, self.factors)
            return

        def named(constant: float) -> Suspect | None:
            if self.factors.alike(constant, 0.0):
                return suspect
            if self.factors.alike(constant, 1.0):
                return None
            more = (1.0 - constant) * suspect.more
            for each in lost:
                if self.factors.alike(constant, each.constant):
                    return each.suspect(self.forward, steps, more)
            return times(constant, suspect, more, self.factors)

        yield replace(suspect, more=Extra(), rest=suspect.more, named=named)


def _quoted(name: str, step: Step) -> str:
    return f"`{name}`" if name else f"the {step.primitive}{step.where}"


def _groups(forward: Forward, steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Yield all steps of an instruction, those of each layer, each one, and all but the first or last.

    A loop that is left early has the first or last alone.
    """
    yield from forward.steps.groups(steps)
    if 1 < len(steps) <= MANY:
        yield from ([step] for step in steps)
        yield from (steps[1:], steps[:-1]) if len(steps) > 2 else ()


def _which(group: Sequence[Step], steps: Sequence[Step]) -> str:
    """Say in which rounds some of the steps of an instruction are."""
    if len(group) == len(steps):
        return ""
    if len(group) > 1:
        return ", not always"
    return f", in round {steps.index(group[0]) + 1} of {len(steps)}"


def _statistics(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which sums that meet every entry again, as mean and variance do, are constants."""
    found = [step for step in forward.steps.all if _is_statistic(forward, step)]
    if len({step.key for step in found}) > 1:
        lines = " and ".join(line.short for line in sorted({step.line for step in found if step.line}))
        first = next((step for step in found if step.primitive in ("sum", "mean")), found[0])
        yield Suspect(
            "detached",
            f"with the statistics of {lines} treated as constants",
            1.7,
            -1.0 * forward.edges_from(i for step in found for i in step.alive),
            step=first,
        )


def _is_statistic(forward: Forward, step: Step) -> bool:
    """Say whether a step adds up what it meets again, as means and variances do."""
    return step.primitive in _STATISTICS and _meets_entries_again(forward, step.alive[0])


def _is_mean(forward: Forward, step: Step) -> bool:
    """Say whether what a step adds up, or the squares of it, meets what becomes of the sum: x - mean."""
    node = step.alive[0]
    terms = {parent for parent, _ in forward.edges[node]}
    terms |= {parent for term in terms for parent, _ in forward.edges[term]}
    users = forward.consumers[_last_of_its_own(forward, node)]
    met = sum(any(parent in terms for parent, _ in forward.edges[user]) for user in users)
    return step.primitive in ("sum", "mean") and met > 1


def _meets_entries_again(forward: Forward, node: int) -> bool:
    """Say whether what is computed from a node alone goes into many entries of one step."""
    users = [forward.steps.key_of(user) for user in forward.consumers[_last_of_its_own(forward, node)]]
    return any(users.count(user) > 1 for user in users)


def _last_of_its_own(forward: Forward, node: int) -> int:
    """Return the last of the nodes that are computed one from the other, and from nothing else."""
    while len(forward.consumers[node]) == 1 and forward.sources[forward.consumers[node][0]] == node:
        node = forward.consumers[node][0]
    return node
