"""How often a use counts: not at all, with the other sign, half, or once too often by a number of terms.

A backward pass is a sum of contributions: what flows back from each use of each array. A mistake may
multiply one of them by a constant. What is left out has the constant 0; which one it is otherwise is read
off the gradient that was written by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ...stepping.groups import Key, Step
from ...stepping.sites import Site
from ...wording import number
from ..passes.contributions import Contribution, Contributions, united
from ..passes.forward import Forward
from ..passes.softmaxes import Softmax
from ..passes.table import Extra
from .constant_factors import Factors
from .constants import Lost, lost_constants
from .suspects import Formula, Lead, Suspect

_MANY = 12  # occurrences of one instruction that are tried one by one
_NEXT = "treated as a constant in the next round of the loop"
_STATISTICS = ("sum", "mean", "max", "min")


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The passes in which uses of the results of one instruction count with another constant."""

    forward: Forward
    contributions: Contributions
    factors: Factors
    softmaxes: Sequence[Softmax]

    def leads(self) -> Iterator[Lead]:
        """Yield the mistakes at each use of an array, at each array, and in what is handed on in time."""
        reach, weights = self.forward.reach_below, {softmax.step.key for softmax in self.softmaxes}
        for key, steps in self.forward.steps.at.items():
            if self.forward.is_wide(steps):
                continue
            for source in self.forward.steps.feeds.get(key, ()):
                yield Lead(1.7, partial(self._of_use, steps, source))
            yield Lead(1.9, partial(_of_sides, self.forward, steps), reach(steps))
            known = 1.25 if key in weights else 1.1 if _is_mean(self.forward, steps[0]) else 1.9
            for group in self.forward.steps.groups(steps):
                rank = known + 0.1 * (len(group) < len(steps))
                yield Lead(rank, partial(self._of_array, group, rank), reach(group))
        yield Lead(1.7, partial(_statistics, self.forward))
        yield Lead(1.6, partial(_cut_in_time, self.forward, self.contributions))

    def _of_use(self, steps: Sequence[Step], source: Key) -> Iterator[Suspect]:
        """Yield passes without the edges from one instruction back to another, or some of them."""
        forward = self.forward
        sources, user = forward.steps.feeds[steps[0].key], steps[0].key
        is_only = len(sources) < 2 and len(forward.steps.users[source]) < 2
        again = user in forward.steps.below(source)
        only = sum(other in forward.steps.below(source) for other in forward.steps.users[source]) == 1
        first = forward.steps.at[source][0]
        a = forward.steps.called(first)
        b = forward.steps.called(steps[0])
        is_nested = forward.steps.feed_each_other([*steps])
        whole = self.contributions.of(steps)[source]
        inside = source[0] is user[0] and source != user  # of one instruction, as the mean of a variance
        if a == b:  # x = x + f(x)
            a, b = "" if inside else a, forward.steps.written(steps[0])
        at = f"{_quoted(b, steps[0])}{steps[0].where if b else ''}"
        claim = f"with what {_quoted(a, first)} does to {at} left out"
        x = forward.steps.symbol(first, f"({a or '...'})")
        for group in _groups(forward, steps):
            some = len(group) < len(steps)
            without = whole.among({i for step in group for i in step.alive}).left_out
            if without and (some or not is_only):
                yield from self._counted(
                    Suspect(
                        "detached" if again and only else "path_missing",
                        claim + _which(group, steps),
                        1.8 + 0.4 * some - 0.1 * again + 0.2 * inside,
                        without,
                        step=first,
                        line=steps[0].line,
                        formula=Formula(f"d{x} = ... + what flows back from {b or at}", f"d{x} = ..."),
                    ),
                    group,
                    is_nested,
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
        times: that is left out, and has the other sign.
        """
        if is_nested and len(steps) > 1:
            yield suspect
            turned = self._otherwise(suspect, -1.0, 2.0 * suspect.more)
            yield from (turned,) if turned else ()
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
            return self._otherwise(suspect, constant, more)

        yield replace(suspect, more=Extra(), rest=suspect.more, named=named)

    def _otherwise(self, suspect: Suspect, constant: float, more: Extra) -> Suspect | None:
        """Return the pass with a likely constant, and None for one that stands for nothing."""
        kinds = self.factors.kinds(constant)
        if len(kinds) > 1 or not self.factors.is_simple(constant):
            return None
        times = f"{number(constant)} times"
        claim = suspect.claim.replace("treated as a constant", f"counted {times}")
        formula = suspect.formula and Formula(
            suspect.formula.derived, f"{suspect.formula.derived}, {times}"
        )
        return replace(
            suspect,
            kind=kinds[0],
            claim=claim.replace("left out", f"counted {times}"),
            rank=max(suspect.rank, 1.8) + 0.1,
            more=more,
            factor=constant,
            formula=formula,
        )


def _quoted(name: str, step: Step) -> str:
    return f"`{name}`" if name else f"the {step.primitive}{step.where}"


def _groups(forward: Forward, steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Yield all steps of an instruction, those of each layer, each one, and all but the first or last.

    A loop that is left early has the first or last alone.
    """
    yield from forward.steps.groups(steps)
    if 1 < len(steps) <= _MANY:
        yield from ([step] for step in steps)
        yield from (steps[1:], steps[:-1]) if len(steps) > 2 else ()


def _which(group: Sequence[Step], steps: Sequence[Step]) -> str:
    """Say in which rounds some of the steps of an instruction are."""
    if len(group) == len(steps):
        return ""
    if len(group) > 1:
        return ", not always"
    return f", in round {steps.index(group[0]) + 1} of {len(steps)}"


def _of_sides(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes without one operand of a sum or product, both of which come from one array."""
    nodes = [i for step in steps for i in step.alive]
    if steps[0].primitive not in ("add", "sub", "mul"):
        return
    sources = {forward.steps.key_of(parent) for i in nodes for parent, _ in forward.edges[i]}
    if len(sources) > 1 or any(len(forward.edges[i]) != 2 for i in nodes):
        return
    for side, left in ((0, "second"), (1, "first")):
        more = forward.changed({i: (forward.edges[i][side],) for i in nodes})
        claim = f"with the {left} operand{steps[0].where} left out"
        yield Suspect("path_missing", claim, 1.9, more, step=steps[0])


def _cut_in_time(forward: Forward, contributions: Contributions) -> Iterator[Suspect]:
    """Yield passes in which states that a loop hands on are constants: always, or in one of the rounds."""
    found: list[tuple[Step, Contribution]] = []
    rounds: list[Sequence[Step]] = []
    for key, users in forward.steps.users.items():
        again = [user for user in users if _comes_before(user[0], key[0])]
        if again and again[0] in forward.steps.below(key):
            rounds += (forward.steps.at[user] for user in again)
            uses = [contributions.of(forward.steps.at[user])[key] for user in again]
            found.append((forward.steps.at[key][0], united(uses)))
    for state, use in found:
        told = _quoted(forward.steps.called(state), state)
        yield _constant_in_time(forward, state, f"{told} {_NEXT}", use.left_out, 1.6)
    if not found:
        return
    every, last = united([use for _, use in found]), found[-1][0]
    if len(found) > 1:
        yield _constant_in_time(forward, last, f"each state {_NEXT}", every.left_out, 1.65)
    for k in range(1, min([_MANY, *map(len, rounds)])):
        which = "last round" if k == 1 else f"last {k} rounds"
        for told, some in (
            (f"the {which} handing nothing back to the round before", slice(-k, -k + 1 or None)),
            (f"the {which} alone handing something back to the round before", slice(-k)),
        ):
            nodes = {i for steps in rounds for step in steps[some] for i in step.alive}
            yield _constant_in_time(forward, last, told, every.among(nodes).left_out, 1.75)


def _comes_before(site: Site, other: Site) -> bool:
    """Say whether an instruction stands before another one, as the next round of a loop does."""
    for call, of_other in zip(site.calls, other.calls):
        if call[:2] != of_other[:2]:
            return call.code is of_other.code and call.instruction < of_other.instruction
    return False


def _constant_in_time(forward: Forward, state: Step, told: str, cut: Extra, rank: float) -> Suspect:
    h = forward.steps.symbol(state, "h")
    return Suspect(
        "detached",
        f"with {told}",
        rank,
        cut,
        step=state,
        formula=Formula(f"d{h} = ... + what flows back from the next round", f"d{h} = ..."),
    )


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
