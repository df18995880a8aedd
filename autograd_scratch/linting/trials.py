"""What training does to the loss: tried on the model, which is given back as it was.

Losses of different targets and losses are compared as shares of what the best constant answer costs: that
is 1 where nothing is learned.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from operator import ne
from time import monotonic
from typing import Any

from .. import modes
from ..arrays.containers import arrange, entries
from ..errors import AutogradError, GraphError, NonFiniteError, ProgramError, RuleError, TracingError
from ..nn.batches import evaluating, outputs_of, takes_batches
from ..optim import Adam, Optimizer
from ..training import fit
from ..value import Value
from .borrowing import borrowed
from .case import Case, mean_of, numbers_in

EPOCHS = 300  # where nobody says how many
WORK = 300_000_000  # operands that a trial computes, as derived code
JUDGED = 500_000  # operands of the rows on which a model is judged
SLOW = 1_000_000  # and on Values
HUGE = 20_000  # operands of a row that are not recorded as code for a trial
SECONDS = 3.0  # after which a trial ends early, whatever it computes
DIVERGED = 1e4  # times the first loss
_UNDERIVED = (GraphError, ProgramError, RuleError, TracingError, NotImplementedError)


@dataclass(frozen=True)
class Trial:
    """A training: the loss before and after it, on all rows, and of each epoch; inf where it failed."""

    first: float
    last: float
    losses: Sequence[float]
    base: float  # what the best constant answer costs
    epochs: int
    is_whole: bool  # whether these are all epochs that were planned
    is_cut: bool = False  # by the clock
    fault: str = ""
    seen: Any = None  # by who looked at the trained model
    wrong: float = math.inf  # answers, as a share of those that are wrong if all are one class
    floor: float = 0.0  # what right answers cost: of probabilities their entropy

    @property
    def score(self) -> float:
        """The share that is left of what a constant answer costs more than right ones."""
        if not math.isfinite(self.last):
            return math.inf
        if 0.0 < self.floor < self.base:
            return max(0.0, self.last - self.floor) / (self.base - self.floor)
        return self.last / self.base if self.base > 0.0 else float(self.last > 0.0)

    @property
    def is_jumping(self) -> bool:
        """Whether steps are perhaps too long: the loss rises at first, or again and again, by much."""
        if max(self.losses, default=0.0) > 2.0 * max(self.first, self.base):
            return True
        changes = [
            after - before for before, after in pairwise(self.losses) if math.isfinite(after - before)
        ]
        rises, falls = (sum(max(0.0, sign * change) for change in changes) for sign in (1.0, -1.0))
        return rises > 0.5 * falls and max(changes, default=0.0) > 0.1 * self.base

    @property
    def told(self) -> str:
        """What happened, in words."""
        if self.fault:
            return self.fault
        return f"{self.first:.4g} to {self.last:.4g} in {self.epochs:,} epoch{'s' * (self.epochs != 1)}"

    @property
    def compared(self) -> str:
        """What the best constant answer costs, in words, if it is known."""
        return "" if self.base == self.first else f"; the best constant answer costs {self.base:.4g}"


Prepare = Callable[[Case], None]


def tried(
    case: Case,
    *,
    size: int,
    factor: float = 1.0,
    epochs: float = 1.0,
    prepare: Prepare | None = None,
    judged: Case | None = None,
    look: Callable[[Case], Any] | None = None,
) -> Trial:
    """Train the model of a case, with the rate and the epochs multiplied; give all back as it was.

    `size` is the operands of a row. `prepare` changes the model before, and `look` is asked about it after.
    What is measured at the end is the loss of another case, if one is `judged`.
    """
    optimizer = Adam(0.01) if case.optimizer is None else case.optimizer
    planned = max(1, round((case.epochs or EPOCHS) * epochs))
    count, some = _affordable(case, planned, size, WORK if epochs == 1.0 else WORK // 5)
    judge = (some if judged is None else judged).rows(max(16, JUDGED // size))
    fault, seen = "", None
    with borrowed(case.model, optimizer):
        watch = _Watch(count)
        first = measured(judge)
        try:
            if prepare is not None:
                prepare(some)
                first = measured(judge)
            _multiply(optimizer, factor)
            _train(some, optimizer, watch, size)
        except NonFiniteError:
            fault = "the loss, or a weight, became infinite or nan"
        except AutogradError as error:
            fault = str(error).partition("\n")[0]
        last = math.inf if fault else measured(judge)
        base = constant_loss(judge, first)
        base = base if base > 1e-9 * abs(first) else first  # all targets may be the same
        floor = right_loss(judge) if _are_shares(judge) else 0.0
        seen = look(some) if look is not None else None
        wrong = wrong_answers(judge)
    done = max(1, len(watch.losses))
    return Trial(
        first, last, watch.losses, base, done, done >= planned, watch.is_late, fault, seen, wrong, floor
    )


def _are_shares(case: Case) -> bool:
    """Say whether targets are unsure, so that even right answers cost something."""
    return all(0.0 < x < 1.0 for target in case.targets for x in numbers_in(target))


def _affordable(case: Case, epochs: int, size: int, work: int) -> tuple[int, Case]:
    """Return how many epochs on which rows can be paid: the first of all rows, or one of some."""
    cost = size * len(case.inputs)
    if cost <= work:
        return min(epochs, work // cost), case
    return 1, case.rows(max(2, case.size_of_batch, work // size))


class _Stop(Exception):  # noqa: N818 (it is no error)
    """A trial has told what it can."""


class _Watch:
    """Who looks on while a model is trained, and ends that when it has gone wrong or takes too long."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.losses: list[float] = []
        self.is_late = False
        self._until = monotonic() + SECONDS

    def __call__(self, epoch: int, loss: float) -> None:
        """Note a loss."""
        self.losses.append(loss)
        self.is_late = monotonic() > self._until
        if abs(loss) > DIVERGED * (abs(self.losses[0]) + 1.0) or self.is_late:
            raise _Stop


def _train(case: Case, optimizer: Optimizer, watch: _Watch, size: int) -> None:
    asked: dict[str, Any] = {
        "loss": case.loss,
        "optimizer": optimizer,
        "batch_size": case.batch_size,
        "seed": case.seed,
        "on_epoch": watch,
    }
    with suppress(_Stop):
        with suppress(*_UNDERIVED):
            fit(case.model, case.inputs, case.targets, epochs=watch.epochs, engine="derived", **asked)
            return
        epochs, some = _affordable(case, watch.epochs, size, SLOW)
        fit(some.model, some.inputs, some.targets, epochs=epochs, **asked)


def _multiply(optimizer: Optimizer, factor: float) -> None:
    if factor == 1.0:
        return
    for own in (vars(optimizer), *(held.own for held in optimizer._groups)):
        for name in own:
            if name in ("lr", "_lr"):
                own[name] = own[name] * factor


def measured(case: Case) -> float:
    """Return the loss of a case on its rows, as the model answers in eval mode; inf if there is none."""
    try:
        with modes.no_grad(), evaluating(case.model):
            outputs = outputs_of(case.model, case.inputs, takes_batches(case.model))
            return _number(case.loss_of(outputs, case.targets))
    except AutogradError:
        return math.inf


def wrong_answers(case: Case) -> float:
    """Return how many classes are mistaken, as a share of those that the commonest one does not answer.

    >>> wrong_answers(Case(lambda x: [x, 1.0], [0.5, 2.0, 0.1, 3.0], [1, 0, 1, 1], "cross_entropy"))
    1.0
    """
    targets = [numbers_in(target) for target in case.targets]
    if not all(x in (-1.0, 0.0) or (x > 0.0 and x.is_integer()) for row in targets for x in row):
        return math.inf
    try:
        with modes.no_grad(), evaluating(case.model):
            outputs = [
                numbers_in(o) for o in outputs_of(case.model, case.inputs, takes_batches(case.model))
            ]
    except AutogradError:
        return math.inf
    middle = 0.5 if all(0.0 <= x <= 1.0 for row in outputs for x in row) else 0.0
    answers = [_class_of(row, middle) for row in outputs]
    width = len(outputs[0])
    if {*map(len, targets)} == {width}:
        kinds = {x for row in targets for x in row}
        if len(kinds) != 2 or (width > 1 and any(row.count(max(kinds)) != 1 for row in targets)):
            return math.inf
        labels = [_class_of(row, math.fsum(kinds) / 2.0) for row in targets]
    elif width > 1 and {*map(len, targets)} == {1}:
        labels = [int(target) for (target,) in targets]
    else:
        return math.inf
    others = len(labels) - max(Counter(labels).values())
    return sum(map(ne, answers, labels)) / others if others else math.inf


def _class_of(row: list[float], middle: float) -> int:
    """Return the place of the largest number, or of one whether it is above the middle."""
    return row.index(max(row)) if len(row) > 1 else int(row[0] > middle)


def constant_loss(case: Case, otherwise: float = math.inf) -> float:
    """Return the loss of the best answer that is the same for all rows, or something else if none is known.

    >>> constant_loss(Case(lambda x: 5.0, [1.0, 2.0], [1.0, 3.0], "mse"))
    1.0
    """
    targets = [numbers_in(target) for target in case.targets]
    found = []
    try:
        with modes.no_grad(), evaluating(case.model):
            (output,) = outputs_of(case.model, case.inputs[:1], takes_batches(case.model))
    except AutogradError:
        return otherwise
    width = len([*entries(output)])
    for candidate in _constants(targets, width):
        answers = [arrange(output, candidate)] * len(targets)
        with suppress(AutogradError), modes.no_grad():
            found.append(_number(case.loss_of(answers, case.targets)))
    return min(filter(math.isfinite, found), default=otherwise)


def right_loss(case: Case, otherwise: float = 0.0) -> float:
    """Return the loss of the targets as outputs, or of their logs or logits: the least, if it is known.

    >>> right_loss(Case(lambda x: [x, x], [1.0], [[0.5, 0.5]], "cross_entropy"))
    0.6931471805599453
    """
    targets = [numbers_in(target) for target in case.targets]
    try:
        with modes.no_grad(), evaluating(case.model):
            (output,) = outputs_of(case.model, case.inputs[:1], takes_batches(case.model))
    except AutogradError:
        return otherwise
    if {*map(len, targets)} != {len([*entries(output)])}:
        return otherwise
    found = []
    for right in (float, _log, lambda x: _log(x) - _log(1.0 - x)):
        answers = [arrange(output, [right(x) for x in target]) for target in targets]
        with suppress(AutogradError), modes.no_grad():
            found.append(_number(case.loss_of(answers, case.targets)))
    return min(filter(math.isfinite, found), default=otherwise)


def _log(x: float) -> float:
    return math.log(max(x, 1e-9))


def _constants(targets: list[list[float]], width: int) -> list[list[float]]:
    """Return answers that may be the best ones: means and medians, logits of these, logs of shares."""
    if {*map(len, targets)} == {width}:
        columns = [*zip(*targets)]
        means = [*map(mean_of, columns)]
        medians = [sorted(column)[len(column) // 2] for column in columns]
        found = [means, medians]
        if all(0.0 < mean < 1.0 for mean in means):
            found.append([math.log(mean / (1.0 - mean)) for mean in means])
            found.append([math.log(mean) for mean in means])
        return found
    if {*map(len, targets)} == {1} and all(t.is_integer() and 0 <= t < width for (t,) in targets):
        counts = [sum(t == k for (t,) in targets) for k in range(width)]
        shares = [max(count, 1e-9) / len(targets) for count in counts]
        return [[math.log(share) for share in shares], shares]
    return []


def _number(loss: Any) -> float:
    found = float(loss.data if isinstance(loss, Value) else loss)
    return found if math.isfinite(found) else math.inf
