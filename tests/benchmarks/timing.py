"""How the engines' steps are compared, and timed in turn."""

import gc
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from .peers import NotHereError

TURN = 0.03  # seconds that an engine's turn should take, so that a round sees one state of the machine
LONGEST = 0.5  # seconds of a turn that is to be as long as its preparations
MOST = 1_000_000  # steps a turn
LEAST = 5  # steps a turn: what an engine leaves to the garbage collector falls due in its own later steps
BUDGET = 6.0  # seconds for all the rounds of a workload, where that leaves enough of them
ROUNDS = range(3, 16)  # as many as the budget allows


@dataclass(frozen=True)
class Step:
    """What an engine does: `run(n)` does it n times, and `answer()` is what is compared with the others'.

    Each time counts `per` times, for what comes in dozens only. Where `marginal`, each call of `run` begins
    with preparations, such as compiling, which are to be left out: the time of `run(1)` is subtracted.
    Without an `answer` it is only looked at. `once` is for long steps that leave no garbage behind.
    """

    run: Callable[[int], Any]
    answer: Callable[[], Any] | None
    per: int = 1
    marginal: bool = False
    once: bool = False

    def seconds(self, count: int) -> float:
        """Return how long `run(count)` takes."""
        gc.collect()  # what one engine leaves behind is not to be collected in another's turn
        start = time.perf_counter()
        self.run(count)
        return time.perf_counter() - start


Engines = Mapping[str, Callable[[], Step]]


@dataclass(frozen=True)
class Work:
    """A workload: what is done, by which engines, and how closely their answers must agree.

    The engines that are `alone` are not measured in a former build: there they take too long to begin.
    """

    title: str
    engines: Engines
    tolerance: float = 1e-9
    remark: Callable[[dict[str, "Times"]], str] | None = None
    alone: tuple[str, ...] = ()


class Times(list[float]):
    """Seconds a step, round by round."""

    @property
    def middle(self) -> float:
        return median(self)

    def __str__(self) -> str:
        unit, scale = next(
            (unit, scale)
            for unit, scale, least in (("s", 1.0, 1.0), ("ms", 1e3, 1e-3), ("µs", 1e6, 0.0))
            if self.middle >= least
        )
        low, _, high = quantiles(self, n=4, method="inclusive")
        low, middle, high = (_digits(number * scale) for number in (low, self.middle, high))
        return f"{middle} {unit} ({low} to {high})"


def _digits(number: float) -> str:
    places = 2 - math.floor(math.log10(number)) if number > 0.0 else 0
    return f"{number:,.{max(0, min(places, 4))}f}"


def ratio(times: Times, reference: Times) -> float:
    """Return how often `reference` fits into `times`: the median over rounds, each of one moment."""
    return median(map(float.__truediv__, times, reference))


def repeated(step: Callable[[], Any], numbers: Callable[[Any], Any] = lambda result: result) -> Step:
    """Return the Step that calls `step` n times; `numbers` finds the answer in what one call returns.

    As in people's loops, the last result is alive while the next one is computed.
    """

    def run(n: int) -> None:
        result = None
        for _ in range(n):
            result = step()
        del result

    return Step(run, lambda: numbers(step()))


def prepared(work: Work) -> tuple[dict[str, Step], list[str]]:
    """Make the steps of all engines that are there, and compare their answers; name what is missing."""
    steps, missing = {}, []
    for name, make in work.engines.items():
        try:
            steps[name] = make()
        except NotHereError as what:
            missing.append(str(what))
    answers = {name: flat(step.answer()) for name, step in steps.items() if step.answer}
    for name, answer in answers.items():
        first, expected = next(iter(answers.items()))
        error = _error(answer, expected)
        if not error <= work.tolerance:
            raise AssertionError(f"{work.title}: {name} and {first} do different things, by {error:.1e}")
    return steps, missing


def flat(numbers: Any) -> list[float]:
    """List all numbers of nested sequences and of anybody's arrays."""
    if hasattr(numbers, "toarray"):  # CasADi's
        numbers = numbers.toarray()
    if hasattr(numbers, "tolist"):
        numbers = numbers.tolist()
    if isinstance(numbers, (list, tuple)):
        return [number for each in numbers for number in flat(each)]
    return [float(numbers)]


def _error(numbers: list[float], expected: list[float]) -> float:
    """Return the largest error, relative to the largest number."""
    if len(numbers) != len(expected):
        return math.inf
    return max(abs(a - b) for a, b in zip(numbers, expected)) / (max(map(abs, expected)) or 1.0)


def measure(steps: Mapping[str, Step]) -> dict[str, Times]:
    """Time the steps in turn.

    What is alive before is set apart from the garbage collector, which stays on: otherwise its work for
    one engine would grow with the modules of all the others.
    """
    settled()
    try:
        counts = {name: _count(step) for name, step in steps.items()}
        start = time.perf_counter()
        times = {name: Times([_turn(step, counts[name])]) for name, step in steps.items()}
        rounds = int(BUDGET / (time.perf_counter() - start))
        for _ in range(1, min(max(rounds, ROUNDS.start), ROUNDS.stop)):
            for name, step in steps.items():
                times[name].append(_turn(step, counts[name]))
        return times
    finally:
        gc.unfreeze()


def settled() -> None:
    """Set apart from the garbage collector what is alive."""
    gc.collect()
    gc.freeze()


def _count(step: Step) -> int:
    """Return how many steps fill a turn."""
    least = 1 if step.once else LEAST
    first = step.seconds(1)
    if first > TURN and not step.marginal:
        return least
    count = max(2, least)
    turn = max(TURN, min(step.seconds(1), LONGEST)) if step.marginal else TURN
    tries = 2 if step.marginal else 1  # one may be a fluctuation of the preparations
    while (seconds := min(_turn(step, count) for _ in range(tries)) * count * step.per) < turn / 2:
        if count == MOST:
            break
        count = min(math.ceil(count * turn / max(seconds, turn / 20)), MOST)
    return count


def _turn(step: Step, count: int) -> float:
    if not step.marginal:
        return step.seconds(count) / count / step.per
    least = 1e-9  # where preparations take so long that their fluctuation hides everything
    return max(least, (step.seconds(count) - step.seconds(1)) / (count - 1))
