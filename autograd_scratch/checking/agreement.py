"""Whether derivatives agree with what is measured: `gradcheck`.

PyTorch's function of this name, with one difference: agreement is as close as the measurement can tell,
unless you give an `atol` or `rtol`. A fixed tolerance passes anything that is small enough: PyTorch's
default calls the gradient of 1e-5 * sin(x) right when it is twice too large.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from numbers import Integral, Real
from typing import Any

from ..arrays.containers import arrange, arrange_blocks, blocks, entries, is_array, shape_of, unit
from ..arrays.conversion import number_of
from ..arrays.subclass import block_of
from ..errors import DataError, GradientError
from ..ieee import describe
from ..signatures import call_form
from ..transforms import jvp, vjp
from ..value import Value
from .differences import EPSILON, Flat, along, on_lists
from .tangents import Tangent, tangents

_SHARP = 1e-3  # of the derivatives: a larger error bar says nothing
_ROUNDINGS = 64.0  # of the largest derivative of an output
_REPEATS = 50


@call_form("gradcheck(f, (x, y))")
def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | None = None,
    atol: float = 0.0,
    rtol: float = 0.0,
    raise_exception: bool = True,
) -> bool:
    """Say whether the derivatives of `f` by all its inputs are the slopes that are measured.

    `inputs` is a tuple of arguments; anything else is the only one, but a list for a function that takes
    so many arguments and not one. Floats, Values and arrays of them are differentiated by, in nested
    containers too. All else is handed on as it is, as PyTorch does: text, None, booleans, and also ints and
    arrays of them, which may be counts or places; write 2.0 for a number that 2 stands for.

    Every output by every input is checked, derived in reverse mode and in forward mode, against
    differences of the values of `f`. They agree if they differ by no more than the error bar of the
    measurement, mostly 1e-11 of the slope; `rtol` times the largest derivative of that output and
    `atol` come on top. A bar above a thousandth of the derivatives, and of the slopes nearby, is too coarse
    and counts as disagreement. `eps` is the largest step that is taken.

    Where `f` jumps, as `sign` at 0, nothing agrees. At a kink, as that of `abs` at 0, there are two slopes,
    and the mean of them agrees, as in PyTorch: that is the derivative of `abs` and of ties of `max`, but
    not that of `relu`. A function that gives other numbers for the same input, as with dropout, has none.

    Raises GradientError that names the place and what is wrong, or with `raise_exception=False` returns
    False; DataError where there is nothing to differentiate.

    >>> from autograd_scratch import sign, tanh
    >>> gradcheck(lambda x, y: [x * y, tanh(x)], (0.5, 2.0))
    True
    >>> gradcheck(sign, 0.0)
    Traceback (most recent call last):
    autograd_scratch.errors.GradientError: the derivative of output 0 by inputs[0], in reverse mode, is \
derived as 0.0, but the function jumps there: it is -1.0 just below, 0.0 at the point and 1.0 just above; \
its slopes are 0.0 to the left and 0.0 to the right
    """
    __tracebackhide__ = True  # pytest shows the test's own line
    if not callable(f):
        raise DataError(f"a slope is measured of a function, not of {describe(f)}")
    args = _arguments(f, inputs)
    try:
        for fault in _faults(_Inputs(f, args), eps, atol, rtol):
            raise GradientError(fault)
    except GradientError:
        if raise_exception:
            raise
        return False
    return True


def _arguments(f: Callable[..., Any], inputs: Any) -> tuple[Any, ...]:
    """Return the arguments that `inputs` stands for."""
    if isinstance(inputs, tuple):
        return inputs
    if isinstance(inputs, list) and not _takes(f, 1) and _takes(f, len(inputs)):
        return tuple(inputs)
    return (inputs,)


def _takes(f: Callable[..., Any], count: int) -> bool:
    try:
        signature(f).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # a function that does not tell
        return count == 1
    return True


class _Inputs:
    """A function as one of the numbers among its arguments that are differentiated by."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self._f, self._args = f, args
        self._blocks = list(blocks(args, "inputs"))
        moving = [(place, block) for place, block in self._blocks if _is_differentiable(block)]
        found = [entry for place, block in moving for entry in entries(block, place)]
        self.places = [place for place, _ in found]
        self.numbers = [number_of(entry, place) for place, entry in found]
        if not found:
            raise DataError(
                f"gradcheck found nothing to differentiate by in {describe(args)}: ints, text and None are "
                "handed on as they are; write 2.0, not 2"
            )

    def __call__(self, *point: Any) -> Any:
        left = iter(point)
        parts = [
            block_of(shape_of(block), [next(left) for _ in entries(block)])
            if _is_differentiable(block)
            else block
            for _, block in self._blocks
        ]
        return self._f(*arrange_blocks(self._args, parts))


def _is_differentiable(block: Any) -> bool:
    if is_array(block):
        return block.dtype.kind in "fO"
    return isinstance(block, Value) or (isinstance(block, Real) and not isinstance(block, Integral))


class _Repeated:
    """A function of many numbers that is asked for its values at one point again and again."""

    def __init__(self, function: Flat, at: Sequence[float]) -> None:
        self._function, self._at = function, at
        self._first = function(at)
        self._calls = 0
        self.is_steady = True
        for _ in range(_REPEATS):
            self.again()

    def __call__(self, point: Sequence[float]) -> list[float]:
        out = self._function(point)
        self._calls += 1
        if self._calls % 4 == 0:
            self.again()
        return out

    def again(self) -> None:
        self.is_steady = self.is_steady and _same(self._function(self._at), self._first)


def _same(some: Sequence[float], others: Sequence[float]) -> bool:
    """Say whether numbers are equal, nan to nan."""
    return len(some) == len(others) and all(x == y or (x != x and y != y) for x, y in zip(some, others))


def _faults(function: _Inputs, eps: float | None, atol: float, rtol: float) -> Iterator[str]:
    """Yield what speaks against the derivatives, in words."""
    numbers = function.numbers
    repeated = _Repeated(on_lists(function, numbers), numbers)
    measured = []
    for i, x in enumerate(numbers):
        if repeated.is_steady:
            measured.append(tangents(along(repeated, numbers, i), x, eps))
    runs = [*_by_reverse(function), *_by_forward(function)]
    if not repeated.is_steady or not all(_same(out, runs[0][0]) for out, _ in runs):
        yield (
            "the function gives other numbers for the same input, so it has no slope; turn dropout off "
            "with model.eval(), or give it the same random numbers in each call"
        )
    count = len(runs[0][0])
    if not count:
        raise DataError("gradcheck needs a function that gives numbers, and the result has none")
    for mode, derived in (
        ("reverse", [slopes for _, slopes in runs[:count]]),
        ("forward", list(zip(*(slopes for _, slopes in runs[count:])))),
    ):
        for i, row in enumerate(derived):
            scale = max(filter(math.isfinite, map(abs, row)), default=0.0)
            for place, slope, at_place in zip(function.places, row, measured, strict=True):
                fault = _fault(slope, at_place[i], scale, atol + rtol * scale)
                if fault:
                    yield f"the derivative of output {i} by {place}, in {mode} mode, {fault}"


def _fault(derived: float, measured: Tangent, scale: float, tolerance: float) -> str:
    """Say how a derivative disagrees with its measurement, or nothing."""
    slope, bar, left, right = measured.slope, measured.bar, measured.left.slope, measured.right.slope
    sides = f"{left!r} to the left and {right!r} to the right"
    said, is_known = f"is derived as {derived!r}", slope == slope
    seen = f"measured as {slope!r}, give or take {bar:.1g}" if is_known else "no slope could be measured"
    if measured.jump:
        below, at, above = measured.jump
        return (
            f"{said}, but the function jumps there: it is {below!r} just below, {at!r} at the point and "
            f"{above!r} just above; its slopes are {sides}"
        )
    if not math.isfinite(derived):
        return f"{said}, and {seen}"
    if not measured.agrees_with(derived, tolerance + _ROUNDINGS * EPSILON * scale) and is_known:
        if measured.is_kink:
            return f"{said}, but the function has a kink there, with two slopes: {sides}"
        return f"{said} and {seen}"
    if derived != slope and not bar <= max(tolerance, _SHARP * max(scale, measured.secant)):
        return f"cannot be checked here: it {said}, and {seen}{', which is too coarse' * is_known}"
    return ""


def _by_reverse(function: _Inputs) -> list[tuple[list[float], list[float]]]:
    """Return the outputs, and the derivatives of each output by all inputs, in reverse mode: a run each."""
    out, pull = vjp(function, *function.numbers)
    numbers = _numbers(out)
    return [(numbers, _numbers(pull(arrange(out, unit(i, len(numbers)))))) for i in range(len(numbers))]


def _by_forward(function: _Inputs) -> list[tuple[list[float], list[float]]]:
    """Return the outputs, and the derivatives of all outputs by each input, in forward mode: a run each."""
    numbers = tuple(function.numbers)
    runs = (jvp(function, numbers, tuple(unit(i, len(numbers)))) for i in range(len(numbers)))
    return [(_numbers(out), _numbers(slopes)) for out, slopes in runs]


def _numbers(tree: Any) -> list[float]:
    return [number_of(entry, place) for place, entry in entries(tree)]
