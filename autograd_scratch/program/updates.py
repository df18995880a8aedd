"""An optimizer's step as equations: its `update` run once on symbols for each parameter."""

from collections.abc import Sequence
from typing import Any

from .. import modes
from ..errors import TracingError
from ..optim import Optimizer
from ..value import Value
from .equations import flat
from .loops import Move, Update
from .record import Lift
from .variables import Operand, Trace, Variable


def moves_parameter(slope: Any) -> bool:
    """Say whether a parameter with this derivative, an operand of a Program, is changed by a step."""
    return not (isinstance(slope, float) and slope == 0.0)


def recorded_update(optimizer: Optimizer, parameters: Sequence[Value]) -> Update:
    """Record the step of `optimizer` for these parameters."""
    trace = Trace()
    lift = Lift(trace)
    count = Value(1.0)
    step = lift.argument(count, "step")
    settings = repr(vars(optimizer))
    moves: list[tuple[Variable, Variable, list[Variable], Operand, list[Operand]]] = []
    for parameter in parameters:
        _, state = optimizer.recall(parameter)
        p, g, memory = Value(parameter._data), Value(1.0), [Value(number) for number in state]
        with modes.recording(), modes.tracing():
            moved, remembered = optimizer.update(p, g, tuple(memory), count)
        ins = [lift.argument(value, None) for value in (p, g, *memory)]
        lift.graph([moved, *remembered])
        outs = [lift.operand(number) for number in (moved, *remembered)]
        moves.append((ins[0], ins[1], ins[2:], outs[0], outs[1:]))
    if repr(vars(optimizer)) != settings:
        raise TracingError(
            f"{type(optimizer).__name__}.update changes the optimizer itself, which would happen once, and "
            "not in each step; keep what changes in the state, or use the count of steps"
        )
    known = [
        operand for p, g, memory, new, remembered in moves for operand in (p, g, *memory, new, *remembered)
    ]
    equations, at = flat(trace, [step, *known])
    return Update(
        equations,
        at(step),
        [
            Move(at(p), at(g), [*map(at, memory)], at(new), [*map(at, remembered)])
            for p, g, memory, new, remembered in moves
        ],
    )
