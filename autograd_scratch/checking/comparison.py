"""Is a hand-derived gradient right, and if not, which mistake is in it.

Three witnesses: the gradient that the engine derives from the person's own forward pass, the one written by
hand, and slopes that are measured on plain numbers. Derived and measured must agree before anything is
said of the third. What is wrong then is explained by running the derived backward pass again with one
deliberate mistake at a time.
"""

import math
from collections.abc import Collection, Mapping
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any

from ..errors import GradientError
from ..signatures import call_form
from . import progress
from .calls import Calls
from .conclusions import report_of
from .doubling import in_double
from .evaluation import forward_of, value_of
from .explaining import Explained, explained
from .findings import RIGHT, ROUNDING, SHAPES, WRONG
from .inputs import Gradient, Problem, calls_of, problem_of
from .judgement import Comparison, likelier_order, of_one_precision
from .measurement import Measurement, measurement_of
from .passes.backwards import ordered
from .reference import Passes
from .report import Report
from .results import More, Weighed, weighed
from .traces import OwnLines

__tracebackhide__ = True  # pytest shows the lines of people, not these


@call_form('compare(loss, {"W": W}, {"W": dW})')
def compare(loss: Any, at: Any = None, hand: Any = None, *, inputs: Any = (), seed: int = 0) -> Report:
    """Return what is to be said of hand-written gradients of a loss.

    `loss` is a forward pass in NumPy or plain Python that returns one number; it is called as
    `loss(**at)`, on numbers and on Values. `at` has the arrays, nested lists or numbers by name, in lists
    and dicts too, where each array is a block: `params['W1']`. Or it is a model, with which the loss is
    called as `loss(model)`. `seed` draws the entries that are measured, where these are many.

    `hand` has the gradients, of any of them and of what the loss marks with `mark`, or is a function that
    is called as the loss is, right after it, and returns them:

    - in a dict, by the names in `at` or W1 for `params['W1']`, also as dW1, dL_dW1, grad_W1 or W1_grad;
    - in lists and dicts as those in `at`, or in a row, in the order of the arrays in `at`;
    - in one vector of all numbers, row by row or column by column;
    - with the loss beside them, as `(loss, gradients)`.

    Further entries, such as dZ1, are held against what the loss calls Z1 if there is one such result; they
    show where a mistake is, and are none themselves.

    Or the loss finds its arrays itself: it is a network, an object whose method `loss` (or `cost`, or
    `forward`) gives the number, or a function that holds such, or uses global arrays. It is called with
    `inputs`. Then `at` names the arrays, as `at=["W1", "b1"]`, or has them by name, or is left out: those
    that `hand` has gradients of. `hand` may leave them where people do, in `net.dW1`, `net.grads["W1"]`,
    `layer.grads`; for an object, its method `backward` is the default.

    All of it runs in copies: when the check is over, nothing has changed, and nothing was counted or
    averaged. Each run starts from the same state, generators of random numbers included. Arrays of
    `np.zeros` and its like take Values there, so they can be filled by index, `+=` and `np.add.at`.

    >>> def loss(w, b):
    ...     return sum((w * x + b - y) ** 2 for x, y in [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]) / 3
    >>> report = compare(loss, at={"w": 0.5, "b": 0.0}, hand={"w": -16 / 3, "b": -7 / 3})
    >>> report.verdict, report.blocks["w"].verdict, report.mistakes[0].kind
    ('wrong', 'wrong', 'scale')

    >>> class Line:
    ...     def __init__(self):
    ...         self.w, self.b = 0.5, 0.0
    ...     def loss(self, x, y):
    ...         self.x, self.error = x, self.w * x + self.b - y
    ...         return self.error**2
    ...     def backward(self):
    ...         self.dw, self.db = 2 * self.error * self.x, 2 * self.error
    >>> compare(Line(), inputs=(2.0, 3.0)).verdict
    'right'

    The report is true if nothing is wrong; print it to see what is. A gradient of another shape has a
    verdict of its own, but axes of length 1 are told in a note. A misspelt name is an UnknownNameError,
    and so are two gradients for one array; a loss of several numbers is a ShapeError, and what is no
    number a DataError.
    """
    with OwnLines(), progress.shown():
        calls = calls_of(loss, at, inputs)
        return copy_context().run(_compared, calls, hand, seed)  # of modes that it sets, none outlives it


def _compared(calls: Calls, hand: Any, seed: int) -> Report:
    """Compare, and put back what has no copy."""
    try:
        while True:
            try:
                return _checked(calls, hand, seed)
            except ValueError as fault:
                if not calls.begin_anew(fault):
                    raise
    finally:
        try:
            calls.leave()
        except KeyboardInterrupt:
            calls.leave()
            raise


def _checked(calls: Calls, hand: Any, seed: int) -> Report:
    """Bring what people give into one form, and judge it."""
    problem = problem_of(calls, hand)
    problem = replace(problem, loss=calls.from_one_state(problem.loss))
    problem, value = in_double(problem, calls, value_of(problem))
    report = _judged(problem, value, seed)
    if calls.model is None or report.kept is None:
        return report
    return report.keeping(report.kept.of_model(calls.model))


def _judged(problem: Problem, value: float, seed: int) -> Report:
    """Judge the gradients, and explain what is wrong."""
    forward, observer = forward_of(problem, value)
    more = More(problem, observer, forward)
    notes = [*problem.notes, *more.notes(value)]
    sides = [forward_of(problem, value, tie)[0] for tie in (1, -1)] if observer.ties else []
    passes = Passes.of(forward, sides, seed)
    hand = {**problem.hand, **more.of_blocks()}
    compared = of_one_precision(passes.compared(hand))
    if problem.by_columns:
        columns = {**problem.by_columns, **more.of_blocks()}
        by_columns = of_one_precision(passes.compared(columns))
        compared, order = likelier_order(compared, by_columns)
        hand = columns if compared == by_columns else hand
        blocks = ", ".join(problem.by_columns)
        notes.append(f"The one vector in hand is read as the gradients of {blocks}, {order}.")
    measured = measurement_of(problem, compared, seed, bool(observer.ties))
    unused = {name for name in compared if not passes.use(name)}
    measured = replace(measured, unseen=measured.unseen - unused)
    likeliest = [_held(each, hand, more, measured, unused) for each in passes.likeliest(hand)]
    held = min(likeliest, key=lambda each: each.rank)
    told = held.told(compared)
    verdicts = {name: held.verdicts[name] for name in told}
    notes += held.notes(compared)
    return report_of(held.passes.all[0], told, verdicts, held.explained, measured, value, notes, observer)


@dataclass(frozen=True)
class _Held:
    """Gradients held against passes: verdicts, and what explains the wrong ones."""

    passes: Passes
    compared: dict[str, Comparison]
    verdicts: dict[str, str]
    results: Weighed
    explained: Explained

    @property
    def rank(self) -> float:
        """How unlikely what explains them is."""
        return self.explained.found[0].rank if self.explained.found else math.inf

    @property
    def _dropped(self) -> frozenset[str]:
        return self.results.doubtful.intersection(self.explained.left_out)

    def told(self, own: Mapping[str, Comparison]) -> dict[str, Comparison]:
        """Return what is told of, held against the loss as it is, in the order of the backward pass."""
        names = ordered(self.passes.all[0], self.compared)
        held = {name: own.get(name, self.compared[name]) for name in names if name not in self._dropped}
        return {name: each.in_precision(self.compared[name].is_single) for name, each in held.items()}

    def notes(self, own: Mapping[str, Comparison]) -> list[str]:
        """Return what is to be said of gradients that are left out, or leave out something themselves."""
        said = self.results.notes(self._dropped)
        if self.passes.left_out:
            blocks = [name for name, each in own.items() if each.verdict() == WRONG]
            right = [name for name in blocks if self.verdicts[name] == ROUNDING]
            what = f" of {', '.join(right)}" if len(right) < len(own) and right else ""
            constants = " and ".join(map(str, self.passes.left_out))
            said.append(f"Your gradient{what} leaves out {constants}: it is that of the loss without.")
        return said


def _held(
    passes: Passes, hand: Mapping[str, Gradient], more: More, measured: Measurement, unused: Collection[str]
) -> _Held:
    """Hold gradients against passes; what is right but for a small constant is so up to rounding."""
    compared = of_one_precision(passes.compared(hand))
    right = ROUNDING if passes.left_out else RIGHT
    verdicts = {}
    for name, each in compared.items():
        verdict = _unused(each) if name in unused else each.verdict()
        verdicts[name] = measured.corrected(name, right if verdict == RIGHT else verdict)
    results = weighed(passes.compared(more.of_results()), compared, verdicts)
    compared, verdicts = compared | results.compared, verdicts | results.verdicts
    why = explained(passes.all, compared, verdicts, results.doubtful)
    return _Held(passes, compared, verdicts, results, why)


@call_form('assert_gradients(loss, {"W": W}, {"W": dW})')
def assert_gradients(
    loss: Any, at: Any = None, hand: Any = None, *, inputs: Any = (), seed: int = 0
) -> None:
    """Do as `compare`, and raise GradientError with the report as its message unless all is right.

    >>> assert_gradients(lambda w: w * w, at={"w": 3.0}, hand={"w": 6.0})
    """
    report = compare(loss, at, hand, inputs=inputs, seed=seed)
    if not report.ok:
        raise GradientError(str(report))


def _unused(block: Comparison) -> str:
    """Return the verdict on a block that the loss does not use: its gradient is 0, and exactly so."""
    if block.verdict() == SHAPES:
        return SHAPES
    return WRONG if any(block.numbers) else RIGHT
