"""What a loop hands on from round to round: nothing flows back there, or not in all rounds."""

from collections.abc import Iterator, Sequence

from ...stepping.groups import Step
from ...stepping.sites import Site
from ..passes.contributions import Contribution, Contributions, united
from ..passes.forward import Forward
from ..passes.table import Extra
from .constant_factors import Factors
from .counts import one_by_one
from .suspects import Formula, Suspect

MANY = 12  # rounds that are tried one by one
_NEXT = "treated as a constant in the next round of the loop"


def cut_in_time(forward: Forward, contributions: Contributions, factors: Factors) -> Iterator[Suspect]:
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
        told = contributions.called(state.key) or f"the {state.primitive}{state.where}"
        cut = _constant(forward, state, f"{told} {_NEXT}", use.left_out, 1.6)
        yield cut
        yield from one_by_one(cut, factors)
    if not found:
        return
    every, last = united([use for _, use in found]), found[-1][0]
    if len(found) > 1:
        yield _constant(forward, last, f"each state {_NEXT}", every.left_out, 1.65)
    for k in range(1, min([MANY, *map(len, rounds)])):
        which = "last round" if k == 1 else f"last {k} rounds"
        for told, some in (
            (f"the {which} handing nothing back to the round before", slice(-k, -k + 1 or None)),
            (f"the {which} alone handing something back to the round before", slice(-k)),
        ):
            nodes = {i for steps in rounds for step in steps[some] for i in step.alive}
            yield _constant(forward, last, told, every.among(nodes).left_out, 1.75)


def _comes_before(site: Site, other: Site) -> bool:
    """Say whether an instruction stands before another one, as the next round of a loop does."""
    for call, of_other in zip(site.calls, other.calls):
        if call[:2] != of_other[:2]:
            return call.code is of_other.code and call.instruction < of_other.instruction
    return False


def _constant(forward: Forward, state: Step, told: str, cut: Extra, rank: float) -> Suspect:
    h = forward.steps.symbol(state, "h")
    return Suspect(
        "detached",
        f"with {told}",
        rank,
        cut,
        step=state,
        formula=Formula(f"d{h} = ... + what flows back from the next round", f"d{h} = ..."),
    )
