"""A function run on Values in place of numbers: its loss, further outputs, and names of Values."""

from collections.abc import Callable, Mapping
from typing import Any

from .. import modes
from ..errors import AutogradError, TracingError
from ..ieee import describe, real
from ..stepping.examples import called
from ..stepping.recorder import Recorder
from ..value import Value
from ..wording import line_of
from .forms import Tree
from .repetition import traced_twice


def traced_loss(
    staged: Callable[..., Any],
    function: Callable[..., Any],
    arguments: dict[str, Tree],
    by_name: bool,
    recorder: Recorder | None,
) -> tuple[Value, dict[str, Any], dict[Value, str]]:
    """Trace a function, recording comparisons too; return loss, further outputs, names of Values."""
    args, kwargs = ((), arguments) if by_name else ([*arguments.values()], {})
    try:
        result, names = traced_twice(staged, args, kwargs, called(function), recorder)
    except (IndexError, TypeError, AttributeError) as fault:
        if isinstance(fault, AutogradError):
            raise
        line = line_of(fault)
        place = f" at {line}, `{line.source}`" if line else ""
        if "arrays used as indices" in str(fault):
            raise TracingError(
                f"{called(function)} chooses by a condition from an array of plain numbers{place}, and a "
                "Program cannot. Write np.where(condition, X, 0.0) for X[condition]"
            ) from fault
        raise TracingError(
            f"{called(function)} does what the nodes of a trace cannot{place}: {fault}. An index, a count "
            "or a label is no number to differentiate by: leave it to the closure, as y in "
            "derive(lambda w: f(w, y), ...)"
        ) from fault
    extras: Any = {}
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], Mapping):
        result, extras = result
    if hasattr(result, "__array__") and result.size == 1:
        result = result.item()
    if not isinstance(result, Value):
        if not isinstance(result, (int, float)):
            raise TracingError(
                "a function to derive returns one number, its loss, or that and a dict of outputs, "
                f"and {called(function)} returned {describe(result)}"
            )
        with modes.recording(), modes.tracing():
            result = Value.holding(real(result))
    return result, dict(extras), names
