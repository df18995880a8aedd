"""Is a hand-derived gradient right, and if not, which mistake is in it.

Three witnesses: the gradient that the engine derives from the person's own forward pass, the one written by
hand, and slopes that are measured on plain numbers. Derived and measured must agree before anything is
said of the third. What is wrong then is explained by running the derived backward pass again with one
deliberate mistake at a time.
"""

from collections.abc import Mapping, Sequence
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from ..errors import GradientError
from ..signatures import call_form
from . import progress
from .calls import Calls
from .conclusions import report_of
from .doubling import in_double
from .evaluation import forward_of, value_of
from .explaining import explained
from .findings import RIGHT, SHAPES, WRONG
from .inputs import Gradient, Problem, calls_of, problem_of
from .judgement import Comparison, likelier_order, of_one_precision
from .measurement import measurement_of
from .passes.activations import regions
from .passes.forward import Forward, ordered
from .passes.kinks import Interval, intervals
from .passes.rounding import rounding_of
from .report import Report
from .results import More, weighed
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
        problem = problem_of(calls, hand)
        problem = replace(problem, loss=calls.from_one_state(problem.loss))
        problem, value = in_double(problem, calls, value_of(problem))
        return _judged(problem, value, seed)
    finally:
        try:
            calls.leave()
        except KeyboardInterrupt:
            calls.leave()
            raise


def _judged(problem: Problem, value: float, seed: int) -> Report:
    """Judge the gradients, and explain what is wrong."""
    forward, observer = forward_of(problem, value)
    more = More(problem, observer, forward)
    notes = [*problem.notes, *more.notes(value)]
    sides = [forward_of(problem, value, tie)[0] for tie in (1, -1)] if observer.ties else []
    passes = _Passes(forward, sides, seed)
    compared = of_one_precision(passes.compared({**problem.hand, **more.of_blocks()}))
    if problem.by_columns:
        by_columns = of_one_precision(passes.compared({**problem.by_columns, **more.of_blocks()}))
        compared, order = likelier_order(compared, by_columns)
        blocks = ", ".join(problem.by_columns)
        notes.append(f"The one vector in hand is read as the gradients of {blocks}, {order}.")
    measured = measurement_of(problem, compared, seed, bool(observer.ties))
    unused = {name for name in compared if not passes.use(name)}
    measured = replace(measured, unseen=measured.unseen - unused)
    verdicts = {
        name: measured.corrected(name, each.verdict() if name not in unused else _unused(each))
        for name, each in compared.items()
    }
    results = weighed(passes.compared(more.of_results()), compared, verdicts)
    compared, verdicts = compared | results.compared, verdicts | results.verdicts
    found = explained(passes.all, compared, verdicts, results.doubtful)
    dropped = results.doubtful.intersection(found.left_out)
    told = {name: compared[name] for name in ordered(forward, compared) if name not in dropped}
    notes += results.notes(dropped)
    return report_of(forward, told, {name: verdicts[name] for name in told}, found, measured, value, notes)


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


class _Passes:
    """The forward pass and its like to both sides of ties, against which gradients are held."""

    def __init__(self, forward: Forward, sides: Sequence[Forward], seed: int) -> None:
        self.all = [forward, *sides]
        self._rounding = rounding_of(forward, regions(forward), seed)
        self._slopes = intervals(self.all) if sides else []

    def use(self, name: str) -> bool:
        """Say whether the loss depends on a block, on any side."""
        return any(each.uses(name) for each in self.all)

    def compared(self, gradients: Mapping[str, Gradient]) -> dict[str, Comparison]:
        """Return gradients held against those derived, in the order of the backward pass."""
        known = [name for name in gradients if all(name in each.blocks for each in self.all)]
        return {name: self._comparison(name, gradients[name]) for name in ordered(self.all[0], known)}

    def _comparison(self, name: str, hand: Gradient) -> Comparison:
        forward = self.all[0]
        block = forward.blocks[name]
        return Comparison(
            forward.gradient(block, forward.adjoints),
            hand,
            forward.gradient(block, self._rounding.bars),
            self._sides(name) if self._slopes else [],
            block.shape,
            forward.gradient(block, self._rounding.sizes),
        )

    def _sides(self, name: str) -> list[Interval]:
        """Return the slopes that each entry may have; passes to both sides may be of other operations."""
        own = [self._slopes[i] if i >= 0 else (0.0, 0.0) for i in self.all[0].blocks[name].nodes]
        of_passes = zip(*(each.gradient(each.blocks[name], each.adjoints) for each in self.all))
        return [(min(low, *each), max(high, *each)) for (low, high), each in zip(own, of_passes)]


def _unused(block: Comparison) -> str:
    """Return the verdict on a block that the loss does not use: its gradient is 0, and exactly so."""
    if block.verdict() == SHAPES:
        return SHAPES
    return WRONG if any(block.numbers) else RIGHT
