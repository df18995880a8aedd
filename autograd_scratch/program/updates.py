"""An optimizer's step as equations: its `update` run once on symbols for each parameter."""

from collections.abc import Sequence

from .. import modes
from ..errors import TracingError
from ..optim import Optimizer
from ..value import Value
from .equations import flat
from .loops import Move, Update
from .operands import Operand
from .record import Lift
from .variables import Trace


def recorded_update(optimizer: Optimizer, parameters: Sequence[Value]) -> Update:
    """Record the step of `optimizer` for these parameters."""
    trace = Trace()
    lift = Lift(trace)
    count = Value(1.0)
    step = lift.argument(count, "step")
    settings = repr(vars(optimizer))
    moves: list[tuple[list[Operand], list[Operand]]] = []
    for parameter in parameters:
        _, state = optimizer.recall(parameter)
        p, g, memory = Value(parameter._data), Value(1.0), tuple(map(Value, state))
        with modes.recording(), modes.tracing():
            moved, remembered = optimizer.update(p, g, memory, count)
        before = [lift.argument(value, None) for value in (p, *memory, g)]
        lift.graph([moved, *remembered])
        moves.append((before, [lift.operand(number) for number in (moved, *remembered)]))
    if repr(vars(optimizer)) != settings:
        raise TracingError(
            f"{type(optimizer).__name__}.update changes the optimizer itself, which would happen once, and "
            "not in each step; keep what changes in the state, or use the count of steps"
        )
    equations, at = flat(trace, [step, *(operand for move in moves for part in move for operand in part)])
    return Update(
        equations, at(step), [Move([*map(at, before)], [*map(at, after)]) for before, after in moves]
    )
