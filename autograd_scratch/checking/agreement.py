"""Whether derivatives agree with what is measured: `gradcheck`.

PyTorch's function of this name, with one difference: agreement is relative to the size of the
derivatives themselves, unless you give an `atol`. An absolute tolerance passes anything that is small
enough: PyTorch's default calls the gradient of 1e-5 * sin(x) right when it is twice too large.
"""

from collections.abc import Callable
from typing import Any

from ..arrays.containers import arrange, entries, unit
from ..arrays.conversion import number_of
from ..errors import GradientError
from ..transforms import jvp, vjp
from .differences import Estimate, flattened, jacobian_by_differences


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | None = None,
    atol: float = 0.0,
    rtol: float = 1e-6,
    raise_exception: bool = True,
) -> bool:
    """Say whether the derivatives of `f` by all its inputs are the slopes that are measured.

    `inputs` is a tuple of arguments; anything else is the only one. Every output by every input is
    checked, derived in reverse mode and in forward mode, against Ridders' method, or with `eps` against
    central differences of that step. They agree if they differ by at most `rtol` times the largest
    derivative of that output, plus `atol`, plus the error bar of the measurement. Where that bar
    is above a thousandth of the derivatives, and of the function's slopes nearby, the measurement is too
    coarse, and that counts as disagreement. At a kink there is no slope to agree with.

    Raises GradientError that names the worst entry, or with `raise_exception=False` returns False.

    >>> from autograd_scratch import tanh
    >>> gradcheck(lambda x, y: [x * y, tanh(x)], (0.5, 2.0))
    True
    """
    args = inputs if isinstance(inputs, tuple) else (inputs,)
    function, numbers = flattened(f, args)
    places = [place for place, _ in entries(args, "inputs")]
    measured = jacobian_by_differences(function, numbers, eps)
    for mode, derived in (
        ("reverse", _by_reverse(f, args)),
        ("forward", _by_forward(f, args, len(numbers))),
    ):
        for i, row in enumerate(derived):
            tolerance = atol + rtol * max(map(abs, row), default=0.0)
            for place, slope, estimates in zip(places, row, measured, strict=True):
                fault = _fault(slope, estimates[i], tolerance)
                if fault and raise_exception:
                    raise GradientError(f"the derivative of output {i} by {place}, in {mode} mode, {fault}")
                if fault:
                    return False
    return True


def _fault(derived: float, measured: Estimate, tolerance: float) -> str:
    """Say how a derivative disagrees with its measurement, or nothing."""
    slope, bar, secant = measured
    if derived == slope:
        return ""
    if abs(derived - slope) > tolerance + bar:
        return f"is derived as {derived!r} and measured as {slope!r}, give or take {bar:.1g}"
    if slope != slope or bar > max(1e3 * tolerance, 1e-3 * secant):
        return (
            f"cannot be checked here: it is derived as {derived!r}, and measured as {slope!r} give or take "
            f"{bar:.1g}, which is too coarse"
        )
    return ""


def _by_reverse(f: Callable[..., Any], args: tuple[Any, ...]) -> list[list[float]]:
    """Return the derivatives of each output by all inputs, in reverse mode."""
    out, pull = vjp(f, *args)
    count = len(list(entries(out)))
    return [_numbers(pull(arrange(out, unit(i, count)))) for i in range(count)]


def _by_forward(f: Callable[..., Any], args: tuple[Any, ...], count: int) -> list[list[float]]:
    """Return the derivatives of each output by all inputs, in forward mode."""
    columns = [_numbers(jvp(f, args, arrange(args, unit(j, count)))[1]) for j in range(count)]
    return [list(row) for row in zip(*columns)]


def _numbers(tree: Any) -> list[float]:
    return [number_of(entry, place) for place, entry in entries(tree)]
