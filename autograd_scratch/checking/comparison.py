"""Is a hand-derived gradient right, and if not, which mistake is in it.

Three witnesses: the gradient that the engine derives from the person's own forward pass, the one written by
hand, and slopes that are measured on plain numbers. Derived and measured must agree before anything is
said of the third. What is wrong then is explained by running the derived backward pass again with one
deliberate mistake at a time.
"""

import math
from collections.abc import Mapping, Sequence
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from ..errors import GradientError
from ..signatures import call_form
from . import progress
from .calls import Calls
from .conclusions import BAD, report_of
from .diagnosis import Explanation, Hand, explanations_of
from .evaluation import forward_of, value_of
from .findings import RIGHT, SHAPES, WRONG
from .inputs import Gradient, Problem, calls_of, check_names, problem_of
from .judgement import ROUNDED, SINGLE, Comparison, of_one_precision
from .measurement import measurement_of
from .passes.activations import regions
from .passes.forward import Forward, ordered
from .passes.kinks import Interval, intervals
from .passes.rounding import rounding_bars
from .report import Report
from .traces import OwnLines

__tracebackhide__ = True  # pytest shows the lines of people, not these


@call_form('compare(loss, {"W": W}, {"W": dW})')
def compare(loss: Any, at: Any, hand: Any, *, seed: int = 0) -> Report:
    """Return what is to be said of hand-written gradients of a loss.

    `loss` is a forward pass in NumPy or plain Python that returns one number; it is called as
    `loss(**at)`, on numbers and on Values. `at` has the arrays, nested lists or numbers by name, or is a
    model, with which the loss is called as `loss(model)`. `hand` has the gradients by the same names (also
    as dW1 for W1), for any of them, and for what the loss marks with `mark`; or it is a function that is
    called as the loss is, right after it, and returns them. What the loss's objects keep is as one call
    of it leaves them when all is done. `seed` draws the entries that are measured, where these are many.

    >>> def loss(w, b):
    ...     return sum((w * x + b - y) ** 2 for x, y in [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)]) / 3
    >>> report = compare(loss, at={"w": 0.5, "b": 0.0}, hand={"w": -16 / 3, "b": -7 / 3})
    >>> report.verdict, report.blocks["w"].verdict, report.mistakes[0].kind
    ('wrong', 'wrong', 'scale')

    The report is true if nothing is wrong; print it to see what is. A gradient of another shape has a
    verdict of its own; a name that is neither in `at` nor marked is an UnknownNameError, a loss of several
    numbers a ShapeError, and what is no number a DataError.
    """
    with OwnLines(), progress.shown():
        calls = calls_of(loss, at)
        return copy_context().run(_compared, calls, hand, seed)  # of modes that it sets, none outlives it


def _compared(calls: Calls, hand: Any, seed: int) -> Report:
    """Compare, and leave what keeps its last run as a call by hand would leave it."""
    try:
        problem = problem_of(calls, hand)
        problem = replace(problem, loss=calls.from_one_state(problem.loss))
        return _judged(problem, value_of(problem), seed)
    finally:
        try:
            calls.leave()
        except KeyboardInterrupt:
            calls.leave()
            raise


def _judged(problem: Problem, value: float, seed: int) -> Report:
    """Judge the gradients, and explain what is wrong."""
    forward, observer = forward_of(problem, value)
    gradients = check_names(problem, observer.marks)
    sides = [forward_of(problem, value, tie)[0] for tie in (1, -1)] if observer.ties else []
    bars = rounding_bars(forward, regions(forward), seed)
    slopes = intervals([forward, *sides]) if sides else []
    compared = of_one_precision(
        {
            name: _comparison([forward, *sides], name, gradients[name], bars, slopes)
            for name in ordered(forward, gradients)
        }
    )
    unused = {name for name in compared if not any(each.uses(name) for each in (forward, *sides))}
    measured = measurement_of(problem, compared, seed, bool(observer.ties))
    measured = replace(measured, unseen=measured.unseen - unused)
    verdicts = {
        name: measured.corrected(name, each.verdict() if name not in unused else _unused(each))
        for name, each in compared.items()
    }
    found = _explanations(forward, sides, compared, verdicts)
    return report_of(forward, compared, verdicts, found, measured, value)


@call_form('assert_gradients(loss, {"W": W}, {"W": dW})')
def assert_gradients(loss: Any, at: Any, hand: Any, *, seed: int = 0) -> None:
    """Do as `compare`, and raise GradientError with the report as its message unless all is right.

    >>> assert_gradients(lambda w: w * w, at={"w": 3.0}, hand={"w": 6.0})
    """
    report = compare(loss, at, hand, seed=seed)
    if not report.ok:
        raise GradientError(str(report))


def _comparison(
    passes: Sequence[Forward],
    name: str,
    hand: Gradient,
    bars: Sequence[float],
    slopes: Sequence[Interval],
) -> Comparison:
    forward = passes[0]
    block = forward.blocks[name]
    return Comparison(
        forward.gradient(block, forward.adjoints),
        hand,
        forward.gradient(block, bars),
        _sides(passes, name, slopes) if slopes else [],
        block.shape,
    )


def _unused(block: Comparison) -> str:
    """Return the verdict on a block that the loss does not use: its gradient is 0, and exactly so."""
    if block.verdict() == SHAPES:
        return SHAPES
    return WRONG if any(block.numbers) else RIGHT


def _sides(passes: Sequence[Forward], name: str, slopes: Sequence[Interval]) -> list[Interval]:
    """Return the slopes that each entry may have; the passes to both sides may be of other operations."""
    own = [slopes[i] if i >= 0 else (0.0, 0.0) for i in passes[0].blocks[name].nodes]
    of_passes = zip(*(each.gradient(each.blocks[name], each.adjoints) for each in passes))
    return [(min(low, *each), max(high, *each)) for (low, high), each in zip(own, of_passes)]


def _explanations(
    forward: Forward,
    sides: Sequence[Forward],
    compared: Mapping[str, Comparison],
    verdicts: Mapping[str, str],
) -> list[Explanation]:
    """Return what explains the wrong blocks; at a kink, whichever way it is decided."""
    if not BAD & set(verdicts.values()):
        return []
    if not all(math.isfinite(x) for each in compared.values() for x in each.numbers):
        return []  # nothing is a multiple of nan
    single = any(each.is_single for each in compared.values())
    hand = Hand(
        {name: each.numbers for name, each in compared.items()},
        {name: each.hand.shape for name, each in compared.items()},
        SINGLE if single else ROUNDED,
        {name: [each.bar(i) for i in range(len(each.derived))] for name, each in compared.items()},
    )
    for each in (forward, *sides):
        found = explanations_of(each, hand)
        if found:
            return found
    return []
