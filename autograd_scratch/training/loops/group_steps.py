"""The step of all parameters at once, as operations on arrays: of each group with its own settings."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...optim.clipping import LEAST
from ...primitives.piecewise import equal, less_equal, select
from ...primitives.powers import sqrt
from ...program.rolled.structure import summed
from ...program.updates import recorded_update, replayed
from ...program.variables import Trace, Variable
from ...stepping.maps import spread
from ...value import Value
from .tuning import Tuner, Tuning


class Step(NamedTuple):
    """The arguments of a step, beside the parameters and their slopes, and what it gives.

    `groups` says which parameter is of which group, if there are several; `after` are the new parameters,
    and what is remembered then.
    """

    memory: list[Variable]
    constant: list[Variable]
    scheduled: list[Variable]
    groups: list[Variable]
    steps: Variable
    after: list[Any]


def step_of(
    trace: Trace,
    tuner: Tuner,
    tuning: Tuning,
    moving: Sequence[Value],
    p: Variable,
    slope: Variable,
    steps: Variable | None = None,
) -> Step:
    """Write the step of parameters that are an array, whose first entries are those that are moving.

    The count of steps is an argument, which may be there already.
    """
    first = dict(zip(reversed(tuning.places), reversed(moving)))  # of each group
    slope = _clipped(trace, slope, tuner.max_norm)
    _, state = tuner.optimizer.recall(moving[0])
    memory = [trace.leaf("memory", p.shape) for _ in state]
    constant = [trace.leaf(name) for _, name, _ in tuning.constant]
    scheduled = [trace.leaf(name) for _, name, _ in tuning.scheduled]
    steps = steps or trace.leaf("step")
    groups = [trace.leaf("groups", p.shape)] if len(first) > 1 else []
    after: list[Any] = []
    for place, parameter in first.items():
        update = recorded_update(tuner.optimizer, [parameter], tuning.settings)
        own = replayed(trace, update, [p, *memory, slope], steps, [*constant, *scheduled])
        is_own = trace.apply(equal, (groups[0], float(place))) if after else 1.0
        after = [
            one if one == other else trace.apply(select, (is_own, one, other))
            for one, other in zip(own, after or own, strict=True)
        ]
    return Step(memory, constant, scheduled, groups, steps, after)


def _clipped(trace: Trace, slope: Variable, max_norm: float | None) -> Any:
    """Return a gradient that is no longer than `max_norm`, if that is asked for.

    Of a norm that is not finite all becomes nan, so that who runs the step takes it otherwise.
    """
    if max_norm is None:
        return slope
    norm = trace.apply(sqrt, (summed(spread((), slope.shape, []), slope * slope),))
    scale = max_norm / (norm + LEAST) + (norm - norm)
    is_short = trace.apply(less_equal, (1.0, scale))
    return trace.apply(select, (is_short, 1.0, scale)) * slope
