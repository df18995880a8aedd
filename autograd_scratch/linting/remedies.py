"""Which change makes training learn: each is tried, and told only if it helps.

A change that helps is the strongest evidence that there is: the same program, the same steps, one thing
different.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from .borrowing import borrowed
from .case import Case
from .change import Change
from .changes import WILD, after, groups
from .findings import Finding
from .floors import check_floor, costs_nothing, loss_of_no_row, prefers_a_constant
from .inputs import check_inputs, unlisted_parameters
from .layers import dead_relus, linear_stacks, saturated, slope_of_depth, stopped
from .outputs import LAST, last_activation
from .reading import Look
from .recording import look
from .relation import FEWEST, unrelated
from .trials import Trial, tried
from .variations import Uncovered

LEARNED = 0.15  # of what a constant answer costs: what is left is noise, or a matter of patience
POOR = 0.5
STILL = 0.9
WORSE = 1.1  # of a constant answer, on rows left out, is what chance alone was learned from
MUCH = 0.4  # is left where units that are dead are told although nothing that was tried helped
SECONDS = 15.0  # for all trials together
LARGER = ("no hidden layer", "too few units")
PATIENCE = ("learning rate too large", "learning rate too small", "too few epochs")
MORE = ("learning rate too small", "too few epochs")  # which a trial of fewer epochs hardly tells
LONGER = (*PATIENCE, *LARGER)  # which learn any rows by heart
OF_DEGREE = (  # which make a loss less, where classes may be told apart all the same
    *LONGER,
    "inputs not scaled",
    "targets not scaled",
    "vanishing gradients",
    "regression loss for classes",
)
OF_LAST = (
    "softmax before cross_entropy",
    "sigmoid before logits",
    "targets out of reach",
    "relu at the end",
)


@dataclass(frozen=True)
class Tried:
    """What training showed: findings, and the trials in words."""

    findings: list[Finding]
    notes: list[str]
    is_sure: bool = True


def check_training(case: Case, seen: Look, size: int) -> Tried:
    """Train as asked for; where that learns little, try what helps."""
    until = monotonic() + SECONDS
    base = tried(case, size=size, look=look)
    note = f"Tried on the model, which is as before: the loss went from {base.told}"
    notes = [f"{note}{base.compared}."]
    if min(base.first, base.last, *base.losses) < 0.0:
        endless = check_floor(case, size)
        if endless is not None:
            return Tried([endless], notes)
    with borrowed(case.model):
        is_for_nothing = case.has_own_loss and costs_nothing(case)
    if is_for_nothing:
        return Tried([loss_of_no_row(case)], notes)
    if base.score <= LEARNED or base.base <= 0.0:
        return Tried([], notes)
    if case.epochs is None and tried(case, size=size, epochs=10.0).score <= POOR:
        return Tried([], notes)
    wrong = prefers_a_constant(case) if base.score > STILL else None
    if wrong is None and base.score > POOR:
        wrong = check_inputs(case) or unlisted_parameters(case, seen)
    if wrong is not None:
        return Tried([wrong], notes)
    best: dict[str, tuple[float, Finding]] = {}
    is_all, is_told_apart = True, base.wrong <= LEARNED and base.score <= STILL
    for group in groups(case, seen, base):
        for change in group:
            is_good = base.score <= POOR and not (change.is_of_rate and base.last > STILL * base.first)
            is_idle = (change.only_if_poor and is_good) or (change.only_if_alone and best)
            is_idle = is_idle or (is_told_apart and change.name in OF_DEGREE)
            if is_idle or not _can_tell(change, base):
                continue
            is_all = is_all and monotonic() < until
            if not is_all or (change.name in PATIENCE and _is_enough(best)):
                break
            trial = tried(size=size, **{"case": case, **change.settings})
            is_best = _helps(trial, base) and trial.score < best.get(change.name, (math.inf, None))[0]
            if is_best and not _is_by_heart(change, base, case, size):
                best[change.name] = trial.score, _finding(change, trial, base)
            if change.name == MORE[0] and trial.score > max(base.score, WILD):
                break  # longer steps are too long
        if not is_all or _is_enough(best):
            break
    if not is_all:
        notes.append("Not all that might help was tried: it took too long.")
    if base.score > POOR and not {*best}.difference(LONGER):
        nothing = unrelated(case, lambda: _of_others({}, case, size) > WORSE)
        if nothing is not None:
            return Tried([nothing], notes)
    if best:
        least = min(score for score, _ in best.values())
        limit = max(2.0 * least, least + 0.1)
        return Tried([finding for score, finding in best.values() if score <= limit], notes)
    if base.score > STILL and is_all and (base.is_whole or base.fault):
        return Tried([_suspect(seen, base)], notes)
    idle = [each.finding for each in dead_relus(after(seen, base)) if each.share >= 0.5]
    return Tried(idle if is_all and base.score > MUCH else [], notes, base.score <= POOR)


def _is_by_heart(change: Change, base: Trial, case: Case, size: int) -> bool:
    """Say whether what helps is no better on rows that were left out: where a model can learn by heart."""
    if change.name not in LARGER and (change.name not in MORE or base.score > STILL):
        return False
    return len(case.inputs) >= FEWEST and _of_others(change.settings, case, size) >= 0.8 * _of_others(
        {}, case, size
    )


def _of_others(settings: Mapping[str, Any], case: Case, size: int) -> float:
    """Return the score of a trial on a quarter of the rows, which it was not trained on."""
    asked = {"case": case, **settings}
    trained, others = asked.pop("case").parted()
    return tried(trained, size=size, judged=others, **asked).score


def _is_enough(best: Mapping[str, tuple[float, Finding]]) -> bool:
    """Say whether something that was tried makes the model learn all there is."""
    return any(score <= LEARNED for score, _ in best.values())


def confirmed(case: Case, findings: list[Finding], size: int) -> list[Finding]:
    """Add to findings about the last activation what training does with it, and without."""
    if not any(finding.name in OF_LAST and finding.place == LAST for finding in findings):
        return findings
    with_it, without = tried(case, size=size), tried(case.but(model=Uncovered(case.model)), size=size)
    if math.isinf(without.last):
        return findings
    told = f" In a trial the loss goes from {with_it.told}; without it, from {without.told}."
    return [
        replace(finding, evidence=finding.evidence + told) if finding.name in OF_LAST else finding
        for finding in findings
    ]


def _can_tell(change: Change, base: Trial) -> bool:
    """Say whether a trial may have been long enough for what a change would mean."""
    if change.name not in MORE or base.is_whole:
        return True
    return change.name == MORE[0] and base.score > STILL and not base.is_cut


def _helps(trial: Trial, base: Trial) -> bool:
    before = min(base.score, 1.0)
    return trial.score <= (0.5 if before > POOR else 0.2) * before


def _finding(change: Change, trial: Trial, base: Trial) -> Finding:
    scaled = "" if trial.base == base.base else f", where a constant answer costs {trial.base:.4g}"
    evidence = f"As it is, the loss goes from {base.told}; {change.done}, from {trial.told}{scaled}."
    return Finding(change.name, change.place, evidence, change.remedy)


def _suspect(seen: Look, base: Trial) -> Finding:
    """Return what may be the cause where nothing that was tried helps."""
    trained = after(seen, base)
    evidence = f"The loss goes from {base.told}{base.compared}."
    if last_activation(seen) in ("relu", "relu6"):
        return Finding("relu at the end", LAST, evidence, "Leave the relu of the last layer out.")
    for first, second in linear_stacks(seen)[:1]:
        remedy = "Put an activation between them: two linear layers are one."
        return Finding("no activation between layers", f"{first} and {second}", evidence, remedy)
    for idle in [*dead_relus(trained), *saturated(seen)]:
        if idle.share >= 0.5:
            return idle.finding
    depth = slope_of_depth(seen)
    if depth is not None and depth[1] < 1e-3 * depth[3]:
        first, small, last, large = depth
        evidence = f"Their mean size is {small:.2g} in {first}, and {large:.2g} in {last}."
        return Finding(
            "vanishing gradients", first, evidence, "Take fewer layers, or normalize between them."
        )
    if depth is not None and depth[1] > 1e3 * depth[3]:
        first, small, last, large = depth
        evidence = f"Their mean size is {small:.2g} in {first}, and {large:.2g} in {last}."
        return Finding(
            "exploding gradients", first, evidence, "Draw smaller weights, or write clip_grad_norm."
        )
    ends = stopped(seen)
    if ends:
        evidence = f"All gradients are 0: {' and '.join(ends)} have a slope of 0 for all rows."
        remedy = "Leave it out in training, or begin with weights whose outputs are not at its ends."
        return Finding("no gradient passes", "the loss", evidence, remedy)
    if base.fault:
        return Finding("loss not finite", "training", f"{base.fault}.", "Print explain_nonfinite(loss).")
    return Finding(
        "loss stands still",
        "training",
        f"The loss goes from {base.told}{base.compared}. Other rates, more epochs and other scales did not "
        "help.",
        "Look at whether the targets can be told from the inputs; train on few rows first.",
    )
